"""Arithmetic of intervals: the least and the largest that a value can be, and whether it may be missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import ceil, floor, inf, isfinite, log, sqrt

from ...grammar.late_methods import dataclass
from ..rounding import UNITS

HAIR = 1e-12
"""How far doubles may be from what they stand for, as a part of it."""


@dataclass(frozen=True)
class Interval:
    """All numbers from low to high; the lower end is never +∞, the upper never −∞."""

    low: float = -inf
    high: float = inf
    may_miss: bool = True

    def clamped(self, low: float | None, high: float | None) -> Interval:
        """The interval pressed into bounds, the lower one last."""
        lowest = -inf if low is None else low
        highest = inf if high is None else high
        return replace(self, low=max(lowest, min(self.low, highest)), high=max(lowest, min(self.high, highest)))

    @property
    def single(self) -> float | None:
        """The only number that it can be."""
        return self.low if self.low == self.high else None


ANY = Interval()
ZERO = Interval(0, 0, may_miss=False)
ONE = Interval(1, 1, may_miss=False)


def exactly(value: object) -> Interval:
    """The interval of one known value; of no number: any."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return Interval(float(value), float(value), may_miss=False)
    return Interval(may_miss=value is None)


def hull(items: Iterable[Interval]) -> Interval:
    """The smallest interval around all; of nothing: missing."""
    known = list(items)
    if not known:
        return ANY
    return Interval(
        min(item.low for item in known), max(item.high for item in known), any(item.may_miss for item in known)
    )


def times(one: float, other: float) -> float:
    """A product of ends: 0 × ∞ is 0 here, because the ∞ is never reached."""
    return 0.0 if one == 0 or other == 0 else one * other


def total(items: Iterable[Interval]) -> Interval:
    """The interval of a sum."""
    known = list(items)
    return Interval(sum(item.low for item in known), sum(item.high for item in known), any(i.may_miss for i in known))


def product(one: Interval, other: Interval) -> Interval:
    """The interval of a product."""
    ends = [times(a, b) for a in (one.low, one.high) for b in (other.low, other.high)]
    return Interval(min(ends), max(ends), one.may_miss or other.may_miss)


def in_units(item: Interval) -> Interval:
    """The interval of a value once it is rounded to units of points; at a half, or a hair from it, to either side."""
    low, high = item.low * UNITS, item.high * UNITS
    return replace(
        item,
        low=ceil(low - 0.5 - abs(low) * HAIR) / UNITS if isfinite(low) else item.low,
        high=floor(high + 0.5 + abs(high) * HAIR) / UNITS if isfinite(high) else item.high,
    )


def negated(item: Interval) -> Interval:
    """The interval of −x."""
    return Interval(-item.high, -item.low, item.may_miss)


def arithmetic(op: str, left: Interval, right: Interval) -> Interval:
    """The interval of a sum, difference, product or quotient."""
    match op:
        case "+":
            return total([left, right])
        case "-":
            return total([left, negated(right)])
        case "*":
            return product(left, right)
    if right.low <= 0 <= right.high:
        return ANY
    inverse = Interval(1 / right.high, 1 / right.low, right.may_miss)
    return product(left, inverse)


def function(name: str, args: Sequence[Interval]) -> Interval:
    """The interval of a function of numbers."""
    match name, args:
        case "min" | "max", _:
            return _extreme(name, args)
        case "abs", (item,):
            low = 0.0 if item.low <= 0 <= item.high else min(abs(item.low), abs(item.high))
            return replace(item, low=low, high=max(abs(item.low), abs(item.high)))
        case "floor", (item,):
            return Interval(_whole(floor, item.low), _whole(floor, item.high), item.may_miss)
        case "ceil", (item,):
            return Interval(_whole(ceil, item.low), _whole(ceil, item.high), item.may_miss)
        case "round", (item,):
            return Interval(_whole(floor, item.low), _whole(ceil, item.high), item.may_miss)
        case "round", (item, _):
            return Interval(item.low - 1, item.high + 1, item.may_miss)
        case "sqrt", (item,):
            return Interval(sqrt(max(0.0, item.low)), sqrt(max(0.0, item.high)), item.may_miss or item.low < 0)
        case "log", (item,):
            low = log(item.low) if item.low > 0 else -inf
            return Interval(low, log(item.high) if 0 < item.high < inf else inf, item.may_miss or item.low <= 0)
        case "count", _:
            return Interval(0, inf, any(item.may_miss for item in args))
    return ANY


def _whole(rounding: object, end: float) -> float:
    return float(rounding(end)) if abs(end) < inf else end  # type: ignore[operator]


def _extreme(name: str, args: Sequence[Interval]) -> Interval:
    """`min` and `max` skip what is missing, and are missing only if all is."""
    sure = [item for item in args if not item.may_miss]
    low, high = min(item.low for item in args), max(item.high for item in args)
    if name == "max":
        low = max((item.low for item in sure), default=low)
    else:
        high = min((item.high for item in sure), default=high)
    return Interval(low, high, not sure)


def aggregated(name: str, what: Interval, most: float) -> Interval:
    """The interval of an aggregate of at most so many values."""
    match name:
        case "sum":
            return Interval(min(0.0, times(what.low, most)), max(0.0, times(what.high, most)), may_miss=False)
        case "avg" | "median" | "min" | "max" | "newest" | "earliest" | "most_common":
            return replace(what, may_miss=True)
        case "any" | "all" | "count" | "distinct":
            return Interval(0, most, may_miss=False)
    return ANY
