"""Why events cannot be counted by their kind and age alone: what in a rule looks beyond the single event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..model import (
    AtMost,
    Bound,
    CalendarWindow,
    Const,
    Cooldown,
    Each,
    EventAggregate,
    EventAttr,
    Expr,
    Field,
    InstantWindow,
    Length,
    Line,
    Near,
    Often,
    Part,
    PeriodAggregate,
    Points,
    Prop,
    Result,
    Selection,
)
from ..model.base import inside

_COUNTED = ("count", "days_since")
"""Functions that ask for nothing but how many events there are, and when."""


def reasons(parts: Iterable[Expr | Part]) -> tuple[str, ...]:
    """The reasons in these parts of the model, in the order in which they are written, in the words of the rules."""
    return tuple(dict.fromkeys(reason for part in parts for reason in _reasons(part, in_selection=False)))


def _reasons(item: Expr | Part, in_selection: bool) -> Iterator[str]:
    yield from _own(item, in_selection)
    is_bound = isinstance(item, Length | InstantWindow)  # whose reason says it already
    for below in inside(item):
        yield from _reasons(below, (in_selection or isinstance(item, Selection)) and not is_bound)


def _own(item: Expr | Part, in_selection: bool) -> Iterator[str]:
    match item:
        case Line(each=Each(unit="event"), effect=Points(value=value)) if any(map(_is_of_the_event, value.walk())):
            yield "points that differ from event to event"
        case Each(unit="day" | "week" | "month" as unit):
            yield f"`each {unit}`: groups of events"
        case Each(unit="value"):
            yield "`each … of`: groups of events"
        case AtMost():
            yield "`at most … per …`: events are ranked"
        case Cooldown():
            yield "a cooldown: one event decides on the next"
        case Bound(per=str() as per):
            yield f"`{item.kind} … per {'…' if per == 'value' else per}`: points of single events"
        case Near(relation="since"):
            yield "`counting since`: only events after another"
        case Near(relation=relation):
            yield f"`{relation}`: other events beside each event"
        case Often(unit=unit) if unit != "times":
            yield f"counts {unit}"
        case Often(stretch=Length()) | Often(group=Expr()):
            yield "`times` within a stretch of time or a group"
        case Selection(which=(end, _)):
            yield f"the {end} of its events"
        case EventAggregate(function=function) if function not in _COUNTED:
            yield f"`{function}` over values of events"
        case PeriodAggregate():
            yield "counts period by period"
        case CalendarWindow():
            yield "a window of the calendar"
        case Length(count=count) if not isinstance(count, Const):
            yield "a window that is not equally long for all"
        case InstantWindow(start=start, end=end) if not all(isinstance(each, Const | None) for each in (start, end)):
            yield "a window that is not the same for all"
        case EventAttr(name="session"):
            yield "sessions"
        case Field() | Result() if in_selection:
            yield "fields or results inside a selection"


def _is_of_the_event(expr: Expr) -> bool:
    return isinstance(expr, Prop | Field)
