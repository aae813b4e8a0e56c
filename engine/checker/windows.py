"""The pieces of a selection: windows, sequences, how often; lengths of time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ...grammar import nodes as n
from .. import model as m
from ..instants import parse_instant
from .conditions import quantity
from .names import EVENT_ATTRIBUTES, grouped_by
from .scope import Scope
from .wording import POSITIVE, SHORTER

PERIODS = {"day": "date", "week": "week", "month": "month"}
"""What an event has by which calendar periods are told apart."""
Anchor = Callable[[n.Expr, Scope], m.Selection]


def filter_test(node: n.Window | n.Sequence, scope: Scope, anchor: Anchor) -> m.Expr:
    """A window or a sequence as a test of single events; `anchor` reads the other side of a sequence."""
    if not isinstance(node, n.Sequence):
        return replace(_window(node, scope), origin=node)
    span = some_length(node.duration, scope) if node.duration is not None else None
    return m.Near(node.relation, anchor(node.anchor, scope), span, node.same_contact or scope.ignoring, origin=node)


# --- lengths of time ----------------------------------------------------------------


def length(node: n.Duration, scope: Scope) -> m.Length:
    """A duration of so many units: a number, a param, or a value of the lead or account, where the text fixes it not
    negative."""
    found = m.Length(scope.number(node.count), m.MICROS[node.unit])
    size = _size(found)
    if size is not None and size < 0:
        scope.refuse("T120", "a length of time is not negative", node.span, "below 0", POSITIVE)
    if size is not None and size > m.LONGEST:
        scope.refuse("T120", "a length of time is at most 10,000 years", node.span, "longer than that", SHORTER)
    return found


def some_length(node: n.Duration, scope: Scope) -> m.Length:
    """A length in which something can happen; a param may be 0, as one way to switch a line off."""
    found = length(node, scope)
    if isinstance(found.count, m.Const) and found.count.value == 0 and found.count.param is None:
        scope.refuse("T120", "nothing happens within no time", node.span, "selects nothing", "write a length above 0")
    return found


def _size(span: m.Length) -> int | None:
    """The length in microseconds where the text fixes it."""
    return micros(span) if isinstance(span.count, m.Const) and isinstance(span.count.value, float) else None


def micros(span: m.Length) -> int:
    """The length in microseconds; the text must fix it."""
    assert isinstance(span.count, m.Const) and isinstance(span.count.value, float)
    size = int(abs(span.count.value) * span.unit + 0.5)
    return -size if span.count.value < 0 else size


# --- windows ------------------------------------------------------------------------


def _window(node: n.Window, scope: Scope) -> m.Expr:
    if isinstance(node, n.Within):
        return m.AgeWindow(None, some_length(node.duration, scope))
    if isinstance(node, n.MoreThanAgo):
        return m.AgeWindow(length(node.duration, scope), None)
    if isinstance(node, n.BetweenAgo):
        return _between_ago(node, scope)
    if isinstance(node, n.SinceMoment):
        return m.InstantWindow(_instant(node.moment, scope), None)
    if isinstance(node, n.BeforeMoment):
        return m.InstantWindow(None, _instant(node.moment, scope))
    if isinstance(node, n.BetweenMoments):
        return _between_moments(node, scope)
    assert isinstance(node, n.Calendar)
    return _calendar(node, scope)


def _between_ago(node: n.BetweenAgo, scope: Scope) -> m.Expr:
    nearer = n.Duration(node.low, node.high.unit, span=node.low.span)
    low, high = scope.every((nearer, node.high), lambda item: length(item, scope))
    sizes = _size(low), _size(high)
    if sizes[0] is not None and sizes[1] is not None and sizes[0] >= sizes[1]:
        scope.refuse(
            "T132",
            "this window is empty: it goes from the farther to the nearer",
            node.span,
            "the wrong way round",
            "write the smaller number first: `between 30 and 60 days ago`",
        )
    return m.AgeWindow(low, high)


def _between_moments(node: n.BetweenMoments, scope: Scope) -> m.Expr:
    start, end = scope.every((node.low, node.high), lambda item: _instant(item, scope))
    if _is_backwards(start, end):
        scope.refuse(
            "T132",
            "this window is empty: it ends before it begins",
            node.span,
            "the wrong way round",
            "write the earlier date first",
        )
    return m.InstantWindow(start, end)


def _instant(node: n.Expr, scope: Scope) -> m.Expr:
    """A date or an instant that the text or a param fixes, as an instant; or a field of the lead or account."""
    found = scope.value(node, "date", "timestamp")
    if not isinstance(found, m.Const) or found.kind == "timestamp":
        return found
    return replace(found, kind="timestamp", value=parse_instant(str(found.value), scope.book.zone))


def _is_backwards(start: m.Expr, end: m.Expr) -> bool:
    """Whether the text fixes that a window ends before it begins."""
    ends = [item.value for item in (start, end) if isinstance(item, m.Const)]
    return len(ends) == 2 and isinstance(ends[0], int) and isinstance(ends[1], int) and ends[0] >= ends[1]


def _calendar(node: n.Calendar, scope: Scope) -> m.Expr:
    assert node.unit in ("day", "week", "month", "quarter", "year")
    return m.CalendarWindow(node.unit, 0 if node.which == "this" else -1)


# --- how often ----------------------------------------------------------------------


def often(node: n.Often, scope: Scope, types: tuple[str, ...]) -> m.Often:
    """`at least 3 times`, `at least 3 times in one day`, … of events of these types."""
    if node.unit == "contacts" and scope.selects == "lead":
        scope.refuse(
            "G104",
            "a lead rule sees the events of one contact",
            node.span,
            "contacts counted in a lead rule",
            "count contacts in an account rule, or over `account.` and the signal",
        )
    least = 1 if node.op in ("at least", "fewer than") else 0
    count = scope.whole(node.count, "how often", least)
    group = _group(node.group, scope, types) if node.group is not None else None
    _refuse_more_than_fit(node, count, scope)
    stretch = some_length(node.stretch, scope) if node.stretch is not None else None
    return m.Often(quantity(node.op), count, node.unit, group, stretch)


def _group(node: n.Name, scope: Scope, types: tuple[str, ...]) -> m.Expr:
    """What `in one …` stands for: a calendar period, a session, or a property of the events."""
    if str(node) in PERIODS:
        return EVENT_ATTRIBUTES[PERIODS[str(node)]]
    refuse_hour(node, "write `in any 1 hour`", scope)
    return grouped_by(node, scope.on_events(types))


def refuse_hour(node: n.Name, hint: str, scope: Scope) -> None:
    """Refuse `in one hour`, `max 5 per hour`: hours are not told apart by date (decision 128)."""
    if str(node) == "hour":
        message = "`hour` is the hour of the day, the same on all days"
        scope.refuse("T121", message, node.span, "not a stretch of time", hint)


FIT = {
    "day": {"days": 1, "weeks": 1, "months": 1},
    "week": {"days": 7, "weeks": 1, "months": 2},
    "month": {"days": 31, "weeks": 6, "months": 1},
    "session": {"sessions": 1, "contacts": 1},
    "contact": {"contacts": 1},
}
"""How many of what is counted one group can have at most."""


def _refuse_more_than_fit(node: n.Often, count: m.Expr, scope: Scope) -> None:
    """Refuse `on at least 3 days in one day`, where the text fixes the number."""
    fit = FIT.get(str(node.group), {}).get(node.unit)
    if fit is None or not isinstance(count, m.Const) or count.param is not None or not isinstance(count.value, float):
        return
    needed = {"at least": count.value, "exactly": count.value, "more than": count.value + 1}.get(node.op, 0)
    if needed > fit:
        unit = node.unit if fit > 1 else node.unit.removesuffix("s")
        message = f"one {node.group} has at most {fit} {unit}"
        scope.refuse("T120", message, node.span, "never so many", f"ask for fewer, or leave `in one {node.group}` out")
