"""Numbers made of events (decisions 27, 29, 35, 54)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..instants import age_in
from ..model import LONGEST, EventAggregate, Expr, PeriodAggregate
from ..records import Value
from .keys import Comparable, comparable, is_id, smallest_spelling
from .numbers import SUMMARIES, most_common
from .people import newest, newest_first, oldest_first
from .rows import Context, Row
from .selections import whole


def event_aggregate(context: Context, expr: EventAggregate, row: Row) -> Value:
    events = context.select(expr.selection, row).events
    if expr.function == "days_since":
        last = newest(events)
        return None if last is None else float(age_in(last.at, context.as_of))
    if expr.what is None:
        return float(len(events))
    ordered = sorted(events, key=newest_first if expr.function == "newest" else oldest_first)
    return summary(expr.function, expr.what, known(context, expr.what, [row.at_event(event) for event in ordered]))


def known(context: Context, what: Expr, rows: Sequence[Row]) -> list[Value]:
    """The known values of an expression for each row."""
    return [value for row in rows if (value := context.value(what, row)) is not None]


def summary(function: str, what: Expr, values: Sequence[Any]) -> Value:
    """One value made of many known ones; `newest` and `earliest` take the first of those given."""
    if function in SUMMARIES:
        return SUMMARIES[function](values)
    if function in ("newest", "earliest"):
        return values[0] if values else None
    if function == "count":
        return float(len(values))
    keys = [comparable(value, is_id(what)) for value in values]
    if function == "distinct":
        return float(len(set(keys)))
    if function == "most_common":
        chosen = most_common([key for key in keys if key is not None])
    else:
        chosen = _extreme(function, keys)
    return _spelled(chosen, keys, values)


def _extreme(function: str, keys: Sequence[Any]) -> Comparable | None:
    found: Comparable | None = (min if function == "min" else max)(keys, default=None)
    return found


def _spelled(chosen: Comparable | None, keys: Sequence[Comparable | None], values: Sequence[Value]) -> Value:
    """The value of a chosen key, for texts in its smallest spelling."""
    spellings = [value for key, value in zip(keys, values, strict=True) if key == chosen]
    return smallest_spelling(spellings) if spellings else None


def period_aggregate(context: Context, expr: PeriodAggregate, row: Row) -> Value:
    """A summary of how many events each rolling period before the newest one had; one without events counts 0."""
    size = whole(context, expr.periods, row)
    if size * expr.unit > LONGEST:
        size = 0
    periods = [(context.as_of - event.at) // expr.unit for event in context.select(expr.selection, row).events]
    counts = Counter(period for period in periods if 1 <= period <= size)
    if size == 0:
        return 0.0 if expr.function == "sum" else None
    return PERIOD_SUMMARIES[expr.function](sorted(counts.values()), size)


def _median_count(counts: Sequence[int], size: int) -> float:
    low, high = (_ranked_count(counts, size, rank) for rank in ((size - 1) // 2, size // 2))
    return (low + high) / 2.0


def _ranked_count(counts: Sequence[int], size: int, rank: int) -> int:
    """The count at a rank, the smallest first: the empty periods come before the others."""
    empty = size - len(counts)
    return 0 if rank < empty else counts[rank - empty]


def _deviation(counts: Sequence[int], size: int) -> float:
    """The standard deviation of a population: one root and one division of exact sums."""
    return math.sqrt(size * sum(count * count for count in counts) - sum(counts) ** 2) / size


PERIOD_SUMMARIES: Mapping[str, Callable[[Sequence[int], int], float]] = {
    "sum": lambda counts, size: float(sum(counts)),
    "avg": lambda counts, size: sum(counts) / size,
    "min": lambda counts, size: float(_ranked_count(counts, size, 0)),
    "max": lambda counts, size: float(_ranked_count(counts, size, size - 1)),
    "median": _median_count,
    "stddev": _deviation,
}
"""Summaries of `size` periods, of which `counts` are those with events, sorted."""

HANDLERS: Mapping[type[Expr], Callable[[Context, Any, Row], Value]] = {
    EventAggregate: event_aggregate,
    PeriodAggregate: period_aggregate,
}
