"""Sequences: for each event, whether an anchor lies beside it in time.

Events and anchors of one group (a lead, an account) are put in one order of time; windows over this order find the
nearest anchor before or after each event. No event is its own anchor: where an event could be one, anchors strictly
before or after it are told from those at the same instant, and among these the event itself is not counted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, Protocol

from ..model import Compare, Const, Expr, Missing, Not, Or
from .adapter import AS_OF
from .rowsets import Beside, EventSet, Rows
from .scalars import FALSE, Frame, Over, Ref, both, call, event, integer, is_known, only_if
from .selects import EVENT_ROW, Selects, wanted
from .steps import Query, Source, Union

LEAD = event("lead")
ACCOUNT = event("account")


class MakesQueries(Protocol):
    def query(self, rows: Rows, names: list[str]) -> Query: ...


def add_beside(flows: MakesQueries, selects: Selects, rows: EventSet, query: Query, mark: Beside, name: str) -> Query:
    """The rows of `query` with one more column: whether the mark holds."""
    strict = may_be_its_own(rows, mark.anchor)
    partition, mixed = _in_one_order(flows, selects, rows, query, mark, "at")
    carried = {column: event(column) for column in query.names}
    columns = {**carried, "own": event("own"), **_neighbours(mark, partition, strict)}
    placed = selects.select(Source(mixed), EVENT_ROW, columns)
    return selects.select(Source(placed), EVENT_ROW, {**carried, name: _holds(mark, strict)}, [is_known(event("own"))])


def add_since(
    flows: MakesQueries, selects: Selects, rows: EventSet, query: Query, mark: Beside, name: str, seen: str
) -> Query:
    """The rows of `query` with one more column: since when the mark holds. `seen` is the column of events that says
    since when an anchor is there; the mark must be one that `holds_on`."""
    partition, mixed = _in_one_order(flows, selects, rows, query, mark, seen)
    carried = {column: event(column) for column in query.names}
    start: Expr | Literal["unbounded"] = "unbounded"
    if mark.length is not None:
        start = call("subtract", mark.length, integer(1))
    first = Over(
        item=call("min", event("anchor_at")),
        partition=partition,
        order=((event("at"), False),),
        frame=Frame("RANGE", start, "PRECEDING", "current", "FOLLOWING"),
    )
    placed = selects.select(Source(mixed), EVENT_ROW, {**carried, "own": event("own"), name: first})
    return Query((*carried.items(), (name, event(name))), Source(placed), where=(is_known(event("own")),))


def holds_on(rows: EventSet, mark: Beside) -> bool:
    """Whether a mark that holds at an instant holds ever after: its anchors lie before the events, and are others."""
    is_constant = mark.length is None or isinstance(mark.length, Const)
    return mark.relation == "after" and is_constant and not may_be_its_own(rows, mark.anchor)


def _in_one_order(
    flows: MakesQueries, selects: Selects, rows: EventSet, query: Query, mark: Beside, anchor_at: str
) -> tuple[tuple[Expr, ...], Union]:
    """The events and their anchors in one relation, and by what it falls into groups."""
    carried = {column: event(column) for column in query.names}
    groups = _groups(rows, mark)
    events = selects.select(
        Source(query),
        EVENT_ROW,
        {
            **carried,
            **{f"group {i}": group for i, group in enumerate(groups)},
            "anchor_at": integer(None),
            "own": integer(1),
        },
    )
    anchors = [_anchors(flows, selects, *found, query.names, anchor_at) for found in _anchor_groups(mark)]
    return tuple(event(f"group {i}") for i in range(len(groups))), Union((events, *anchors))


def may_be_its_own(rows: EventSet, anchor: EventSet) -> bool:
    """Whether an event can be in both sets."""
    from .flows import types_of

    mine, theirs = types_of(rows.test), types_of(anchor.test)
    return mine is None or theirs is None or bool(mine & theirs)


def _groups(rows: EventSet, mark: Beside) -> tuple[Expr, ...]:
    """The group of an event: whose anchors count for it."""
    anchor = mark.anchor
    if rows.raw and anchor.scope == "lead":
        return LEAD, only_if(Missing(item=LEAD), ACCOUNT)
    if rows.raw:
        return (ACCOUNT,)
    if anchor.scope == "lead" or anchor.key == "lead":
        group: Expr = event("owner") if rows.key == "lead" else LEAD
    elif rows.key == "account" or rows.scope == "account":
        group = ACCOUNT
    else:
        group = Ref(level="lead", name="account", via="contact", kind="timestamp")
    return (group, LEAD) if mark.same_contact else (group,)


def _anchor_groups(mark: Beside) -> list[tuple[EventSet, tuple[Expr, ...]]]:
    """The same for anchors. In `ignore` they count for their contact and, for events without one, for their account."""
    anchor, owner = mark.anchor, event("owner")
    if anchor.raw and anchor.scope == "lead":
        of_account = replace(anchor, key="account", scope="account")
        return [(anchor, (owner, integer(None))), (of_account, (integer(None), owner))]
    return [(anchor, (owner, LEAD) if mark.same_contact else (owner,))]


def _anchors(
    flows: MakesQueries,
    selects: Selects,
    anchor: EventSet,
    groups: tuple[Expr, ...],
    names: tuple[str, ...],
    anchor_at: str,
) -> Query:
    found = flows.query(anchor, list(dict.fromkeys(("at", "id", anchor_at, *wanted(groups)))))
    columns: dict[str, Expr] = {name: event(name) if name in ("at", "id") else Const(value=None) for name in names}
    columns |= {f"group {i}": group for i, group in enumerate(groups)}
    known = [is_known(group) for group in groups if not isinstance(group, Const)]
    return selects.select(
        Source(found), EVENT_ROW, {**columns, "anchor_at": event(anchor_at), "own": integer(None)}, known
    )


def _neighbours(mark: Beside, partition: tuple[Expr, ...], strict: bool) -> dict[str, Expr]:
    """The instant of the nearest anchor on the side that counts, and how many others are at the same instant."""
    back = mark.relation == "after"
    end: Expr | Literal["current"] = integer(1) if strict else "current"
    if back:
        frame = Frame("RANGE", "unbounded", "PRECEDING", end, "PRECEDING")
    else:
        frame = Frame("RANGE", end, "FOLLOWING", "unbounded", "FOLLOWING")
    nearest = Over(
        item=call("max" if back else "min", event("anchor_at")),
        partition=partition,
        order=((event("at"), False),),
        frame=frame,
    )
    if not strict:
        return {"nearest": nearest}
    count = call("count", event("anchor_at"))
    peers = Over(item=count, partition=(*partition, event("at")))
    itself = Over(item=count, partition=(*partition, event("at"), event("id", "text")))
    return {"nearest": nearest, "peers": call("subtract", peers, itself)}


def _holds(mark: Beside, strict: bool) -> Expr:
    known = is_known(event("nearest"))
    some = Or(items=(known, Compare(op=">", left=event("peers"), right=integer(0)))) if strict else known
    if mark.length is None:
        return Not(item=some) if mark.relation == "without" else some
    apart = ("at", "nearest") if mark.relation == "after" else ("nearest", "at")
    distance = call("subtract", event(apart[0]), event(apart[1]))
    near: Expr = Compare(op="<", left=distance, right=mark.length)
    if strict:
        together = both(
            Compare(op=">", left=event("peers"), right=integer(0)),
            Compare(op=">", left=mark.length, right=integer(0)),
        )
        near = Or(items=(together, near))
    if mark.relation != "without":
        return near
    if mark.length == integer(None):
        return FALSE
    over = Compare(op=">=", left=call("subtract", AS_OF, event("at")), right=mark.length)
    return both(over, Not(item=near))
