"""How often: events counted by times, days, contacts …, in all, in one group, or in one stretch of time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from ..model import EventAttr, Expr, Happened, Often
from .conditions import COMPARISONS
from .keys import key_of, period_key
from .people import Event, Timeline
from .rows import Context, Row
from .windows import micros


def happened(context: Context, expr: Happened, row: Row) -> bool:
    found = context.select(expr.selection, row)
    if expr.often is None:
        return bool(found.events)
    return often_enough(context, expr.often, row, found.events)


def often_enough(context: Context, often: Often, row: Row, events: Sequence[Event]) -> bool:
    """Whether events in the order of time come as often as said."""
    return bool(qualifying(context, often, row, events))


def qualifying(context: Context, often: Often, row: Row, events: Sequence[Event]) -> list[Sequence[Event]]:
    """The portions of the events that are as many as said, the oldest first.

    Without a group or a stretch there is one portion, all events.
    """
    count = context.number(often.count, row)
    if count is None:
        return []
    compare = COMPARISONS[often.op]
    return [part for part in portions(context, often, row, events) if compare(counted(context, often, part), count)]


def portions(context: Context, often: Often, row: Row, events: Sequence[Event]) -> list[Sequence[Event]]:
    """The portions that are counted each by itself: all events, those of each group, or those of each stretch."""
    if often.stretch is not None:
        length = micros(context, often.stretch, row)
        return [] if length is None else _stretches(Timeline(events), length)
    if often.group is None:
        return [events]
    groups: dict[Hashable, list[Event]] = {}
    for event in events:
        key = _group_key(context, often.group, row.at_event(event))
        if key is not None:
            groups.setdefault(key, []).append(event)
    return list(groups.values())


def _group_key(context: Context, group: Expr, row: Row) -> Hashable | None:
    """`in one month` means a calendar month, not its number in the year."""
    assert row.event is not None
    if isinstance(group, EventAttr) and group.name == "month":
        return period_key(context, "month", row.event.at)
    return key_of(context, group, row)


def _stretches(timeline: Timeline, length: int) -> list[Sequence[Event]]:
    """The stretches of that length that end with an event: e.at − length < at <= e.at."""
    times = timeline.times
    ends = [(bisect_right(times, at - length), bisect_right(times, at)) for at in times] if length else []
    return [timeline.events[start:end] for start, end in ends]


def counted(context: Context, often: Often, events: Sequence[Event]) -> int:
    """How many times, days, contacts … the events make."""
    if often.unit == "times":
        return len(events)
    return len({COUNTED[often.unit](context, event) for event in events} - {None})


COUNTED: Mapping[str, Callable[[Context, Event], Hashable]] = {
    "days": lambda context, event: period_key(context, "day", event.at),
    "weeks": lambda context, event: period_key(context, "week", event.at),
    "months": lambda context, event: period_key(context, "month", event.at),
    "sessions": lambda context, event: context.session(event),
    "contacts": lambda context, event: None if event.lead is None else event.lead.id,
}

HANDLERS: Mapping[type[Expr], Callable[[Context, Any, Row], bool]] = {Happened: happened}
