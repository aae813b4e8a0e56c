"""Sessions as a column of events: what the data say, or else runs of one contact's events (or of an account's own) with
pauses below the gap. All events that are left after `ignore` make up the runs, whatever rules select."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Compare, Const, Expr, Missing, Or
from .book import Sessions
from .scalars import Column, Frame, Over, call, event, integer, only_if
from .steps import Query, Source


def wanted_by(sessions: Sessions) -> list[str]:
    """The columns of events from which the session is made."""
    columns = [sessions.contact_id, sessions.account_id, *([sessions.given] if sessions.given else [])]
    return ["at", "id", *(column.name for column in columns)]


def with_sessions(relation: str, names: Iterable[str], sessions: Sessions) -> Query:
    """The events of a relation with these columns and `session`."""
    kept = list(dict.fromkeys(name for name in names if name != "session"))
    carried = list(dict.fromkeys((*kept, *wanted_by(sessions))))
    runs = _runs(sessions)
    in_time = ((event("at"), False), (event("id", "text"), False))
    last = Over(
        item=call("max", event("at")),
        partition=runs,
        order=in_time,
        frame=Frame("ROWS", "unbounded", "PRECEDING", integer(1), "PRECEDING"),
    )
    apart = Query((*_same(carried), ("before", last)), Source(relation))
    pause = Compare(op=">=", left=call("subtract", event("at"), event("before")), right=integer(sessions.gap))
    begins = only_if(Or(items=(Missing(item=event("before")), pause)), event("at"))
    begun = Query((*_same(carried), ("start", begins)), Source(apart))
    start = Over(
        item=call("max", event("start")),
        partition=runs,
        order=in_time,
        frame=Frame("ROWS", "unbounded", "PRECEDING", "current", "FOLLOWING"),
    )
    started = Query((*_same(carried), ("start", start)), Source(begun))
    return Query((*_same(kept), ("session", _name(sessions))), Source(started))


def _runs(sessions: Sessions) -> tuple[Expr, ...]:
    """Whose runs: the contact's, or the account's own; events with a session of their own are in none."""
    own_of_account = only_if(Missing(item=sessions.contact_id), sessions.account_id)
    given: tuple[Expr, ...] = (Missing(item=sessions.given),) if sessions.given else ()
    return (sessions.contact_id, own_of_account, *given)


def _name(sessions: Sessions) -> Expr:
    """A text that no two sessions share: its owner, and what the data say or the instant when it began."""
    start: Expr = call("as_text", event("start"), kind="text")
    which = start if sessions.given is None else call("first_known", sessions.given, start, kind="text")
    of_contact = call("concat", _text("contact "), sessions.contact_id, _text(" "), which, kind="text")
    of_account = call("concat", _text("account "), sessions.account_id, _text(" "), which, kind="text")
    return only_if(Missing(item=sessions.contact_id), of_account, of_contact)


def _text(value: str) -> Const:
    return Const(value=value, kind="text")


def _same(names: Iterable[str]) -> tuple[tuple[str, Column], ...]:
    return tuple((name, event(name)) for name in names)
