"""Tests of single events by type and time, and by the events near them (decisions 21 to 26, 30)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from ..instants import day_start, period_bounds
from ..model import AgeWindow, CalendarWindow, Const, Expr, InstantWindow, Length, Near, OfType
from .people import Event, Timeline
from .rows import Context, Row


def micros(context: Context, length: Length, row: Row) -> int | None:
    """A duration of the owner in microseconds, rounded half away from zero; None where it is missing or negative."""
    count = context.number(length.count, row if isinstance(length.count, Const) else row.owner())
    if count is None or count < 0 or math.isinf(count * length.unit):
        return None
    return math.floor(count * length.unit + 0.5)


def of_type(context: Context, expr: OfType, row: Row) -> bool:
    return _event(row).type in expr.types


def age_window(context: Context, expr: AgeWindow, row: Row) -> bool:
    age = context.as_of - _event(row).at
    if expr.low is not None:
        low = micros(context, expr.low, row)
        if low is None or age < low:
            return False
    if expr.high is not None:
        high = micros(context, expr.high, row)
        return high is not None and age < high
    return True


def instant_window(context: Context, expr: InstantWindow, row: Row) -> bool:
    at = _event(row).at
    if expr.start is not None:
        start = instant(context, expr.start, row)
        if start is None or at < start:
            return False
    if expr.end is not None:
        end = instant(context, expr.end, row)
        return end is not None and at < end
    return True


def instant(context: Context, moment: Expr, row: Row) -> int | None:
    """A moment of the row's owner: an instant, or a date's first one."""
    value = context.value(moment, row if isinstance(moment, Const) else row.owner())
    if isinstance(value, date):
        return day_start(value, context.zone)
    return value if isinstance(value, int) else None


def calendar_window(context: Context, expr: CalendarWindow, row: Row) -> bool:
    start, end = context.remembered(
        expr, "bounds", lambda: period_bounds(context.as_of, context.zone, expr.unit, -expr.offset)
    )
    return bool(start <= _event(row).at < end)


def near(context: Context, expr: Near, row: Row) -> bool:
    event = _event(row)
    length = None
    if expr.length is not None:
        length = micros(context, expr.length, row)
        if length is None:
            return False
    anchors = context.select(expr.anchor, row.owner())
    if expr.same_contact and expr.anchor.scope == "account":
        anchors = anchors.of_contact(event.lead)
    return RELATIONS[expr.relation](context, event, anchors, length)


def _after(context: Context, event: Event, anchors: Timeline, length: int | None) -> bool:
    """An anchor t with 0 <= s − t < length."""
    return anchors.has_other(event, None if length is None else event.at - length + 1, event.at + 1)


def _before(context: Context, event: Event, anchors: Timeline, length: int | None) -> bool:
    """An anchor t with 0 <= t − s < length."""
    return anchors.has_other(event, event.at, None if length is None else event.at + length)


def _without(context: Context, event: Event, anchors: Timeline, length: int | None) -> bool:
    """The time for an anchor is over, and it brought none."""
    over = length is None or event.at + length <= context.as_of
    return over and not _before(context, event, anchors, length)


def _since(context: Context, event: Event, anchors: Timeline, length: int | None) -> bool:
    """All anchors are earlier, and the event is none itself."""
    return not anchors.times or anchors.times[-1] < event.at


RELATIONS: Mapping[str, Callable[[Context, Event, Timeline, int | None], bool]] = {
    "after": _after,
    "before": _before,
    "without": _without,
    "since": _since,
}


def _event(row: Row) -> Event:
    assert row.event is not None
    return row.event


HANDLERS: Mapping[type[Expr], Callable[[Context, Any, Row], bool]] = {
    OfType: of_type,
    AgeWindow: age_window,
    InstantWindow: instant_window,
    CalendarWindow: calendar_window,
    Near: near,
}
