"""Which events a selection has for a lead or an account."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from ...grammar.late_methods import dataclass
from ..instants import FIRST, LAST
from ..model import (
    AgeWindow,
    And,
    CalendarWindow,
    Compare,
    Const,
    EventAttr,
    Expr,
    InRange,
    InSet,
    InstantWindow,
    Length,
    Matches,
    Missing,
    Near,
    Not,
    Often,
    OfType,
    Or,
    Prop,
    Result,
    Selection,
    TextTest,
)
from .often import qualifying
from .people import Event, Timeline, newest_first, oldest_first
from .rows import Context, Row
from .windows import micros

_EVER = LAST - FIRST + 1
"""More than any age."""

PASSING = "passing"
"""What events pass, by their id: a purpose for which is kept what holds at every instant."""

_WINDOWS = (AgeWindow, InstantWindow, CalendarWindow)


@dataclass(frozen=True)
class Reading:
    """What can be known of a selection before it meets any event.

    `types` are those that can pass its test (None: any); `by_lead` is whether its events depend on the lead in
    whose row it stands, even where it selects events of the account. Its test is that `own`, which asks nothing
    but the event itself, the `windows` of constant lengths, and `rest` hold. `names` are the properties for which `own`
    asks; None where it asks for anything else but these and the type.
    """

    types: frozenset[str] | None
    by_lead: bool
    own: And
    windows: tuple[AgeWindow, ...]
    rest: And
    names: tuple[str, ...] | None

    @staticmethod
    def of(selection: Selection) -> Reading:
        own: list[Expr] = []
        windows: list[AgeWindow] = []
        rest: list[Expr] = []
        for part in conjuncts(selection.test):
            if isinstance(part, AgeWindow) and _is_fixed(part.low) and _is_fixed(part.high):
                windows.append(part)
            else:
                (own if is_lasting(part) else rest).append(part)
        by_lead = selection.scope == "lead" or reads_lead(selection)
        asked = And(tuple(own))
        return Reading(types_of(selection.test), by_lead, asked, tuple(windows), And(tuple(rest)), _asked(asked))


def _asked(test: Expr) -> tuple[str, ...] | None:
    """The properties for which a test of an event asks; None where it asks for anything else but its type."""
    parts = list(test.walk())
    if any(isinstance(part, EventAttr) for part in parts):
        return None
    return tuple({part.name for part in parts if isinstance(part, Prop)})


_LASTING = (OfType, Prop, Const, And, Or, Not, Compare, InSet, InRange, Missing, TextTest, Matches)
_LASTING_ATTRIBUTES = ("id", "type", "hour", "weekday", "date", "week", "month")


def selected(context: Context, selection: Selection, reading: Reading, row: Row, timeline: Timeline) -> Timeline:
    """The events of a timeline that pass the test, then the newest or earliest of them, then those of a portion."""
    passing: dict[str, bool] = context.lasting.remembered(selection, PASSING, dict)
    own, rest = reading.own, reading.rest
    found: list[Event] = []
    for event in _in_windows(context, selection, reading, row, timeline.of_types(reading.types)):
        passes = passing.get(event.id)
        if passes is None:
            passes = passing[event.id] = context.holds(own, row.at_event(event))
        if passes and (not rest.items or context.holds(rest, row.at_event(event))):
            found.append(event)
    kept = Timeline.in_order(found) if selection.which is None else Timeline(_which(context, selection, row, found))
    return kept if selection.portion is None else Timeline(_portion(context, selection.portion, row, kept.events))


def _in_windows(
    context: Context, selection: Selection, reading: Reading, row: Row, events: Sequence[Event]
) -> Sequence[Event]:
    """Those of some events, oldest first, whose age is in all the windows of constant lengths."""
    if not reading.windows:
        return events
    low, high = ages(context, selection, reading, row)
    start = bisect_right(events, context.as_of - high, key=_at)
    return events[start : bisect_right(events, context.as_of - low, key=_at)]


def ages(context: Context, selection: Selection, reading: Reading, row: Row) -> tuple[int, int]:
    """The ages that the windows of constant lengths let pass: low <= age < high."""
    if not reading.windows:
        return 0, _EVER
    found: tuple[int, int] = context.lasting.remembered(selection, "ages", lambda: _ages(context, reading.windows, row))
    return found


def _ages(context: Context, windows: Sequence[AgeWindow], row: Row) -> tuple[int, int]:
    """low <= age < high for all of them; where a length is missing, no age."""
    lows = [micros(context, window.low, row) for window in windows if window.low is not None]
    highs = [micros(context, window.high, row) for window in windows if window.high is not None]
    if None in lows or None in highs:
        return 0, 0
    return max(filter(None, lows), default=0), min((end for end in highs if end is not None), default=_EVER)


def _at(event: Event) -> int:
    return event.at


def _which(context: Context, selection: Selection, row: Row, events: Sequence[Event]) -> Sequence[Event]:
    assert selection.which is not None
    end, count = selection.which
    order = newest_first if end == "newest" else oldest_first
    return sorted(events, key=order)[: 1 if count is None else whole(context, count, row)]


def _portion(context: Context, often: Often, row: Row, events: Sequence[Event]) -> Sequence[Event]:
    """The newest group or stretch that has as many as said."""
    return max(qualifying(context, often, row, events), key=lambda part: part[-1].at, default=())


def whole(context: Context, count: Expr, row: Row) -> int:
    """How many are kept: a number rounded down; none where it is missing or below one."""
    number = context.number(count, row)
    return 0 if number is None else max(0, math.floor(number))


def is_lasting(test: Expr) -> bool:
    """Whether a test of an event gives the same at every instant and for everybody."""
    return all(
        part.name in _LASTING_ATTRIBUTES if isinstance(part, EventAttr) else isinstance(part, _LASTING)
        for part in test.walk()
    )


def types_of(test: Expr) -> frozenset[str] | None:
    """The event types that can pass a test, as far as its text says; None for any. It saves looking at the others."""
    if isinstance(test, OfType):
        return frozenset(test.types)
    if isinstance(test, And):
        known = [types for item in test.items if (types := types_of(item)) is not None]
        return frozenset.intersection(*known) if known else None
    if isinstance(test, Or):
        branches = [types_of(item) for item in test.items]
        known = [types for types in branches if types is not None]
        return frozenset().union(*known) if len(known) == len(branches) else None
    return None


def without_windows(selection: Selection) -> Selection:
    """The same selection over all time, as a cooldown sees it (decision 5)."""
    kept = tuple(item for item in conjuncts(selection.test) if not isinstance(item, _WINDOWS))
    test = And(kept) if kept else Const(True)
    return replace(selection, test=test, which=None)


def conjuncts(test: Expr) -> list[Expr]:
    """The conditions of which all must hold."""
    if isinstance(test, And):
        return [part for item in test.items for part in conjuncts(item)]
    return [test]


def reads_lead(selection: Selection) -> bool:
    """Whether the events of an account that are selected in a lead's row depend on which lead it is."""
    tests = (part for part in selection.test.walk())
    return _varies(selection) or any(_of_lead(part) for part in tests)


def _of_lead(expr: Expr) -> bool:
    """Whether a test reads the lead; one that reads its account is taken for such a test too, as it may be derived."""
    if isinstance(expr, Near):
        return expr.anchor.scope == "lead" or _varies(expr.anchor) or not _is_fixed(expr.length)
    if isinstance(expr, AgeWindow):
        return not (_is_fixed(expr.low) and _is_fixed(expr.high))
    if isinstance(expr, InstantWindow):
        return not all(end is None or isinstance(end, Const) for end in (expr.start, expr.end))
    return isinstance(expr, Result) and expr.level == "lead"


def _varies(selection: Selection) -> bool:
    """Whether how many are kept is a value of the owner."""
    count = None if selection.which is None else selection.which[1]
    return selection.portion is not None or not (count is None or isinstance(count, Const))


def _is_fixed(length: Length | None) -> bool:
    return length is None or isinstance(length.count, Const)
