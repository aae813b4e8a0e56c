"""Sets of values that a field, a count or any other value of a row can still have under some conditions.

A domain may be larger than the truth, never smaller: an empty one is then a proof that the conditions exclude
each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from ..model import Comparison


@dataclass(frozen=True, order=True)
class Stretch:
    """Numbers from low to high; an end belongs to it where it is closed."""

    low: float
    high: float
    low_closed: bool = True
    high_closed: bool = True

    @property
    def is_empty(self) -> bool:
        return self.low > self.high or (self.low == self.high and not (self.low_closed and self.high_closed))

    def overlap(self, other: Stretch) -> Stretch:
        """What both have in common; it may be empty."""
        low, low_open = max((self.low, not self.low_closed), (other.low, not other.low_closed))
        high, high_closed = min((self.high, self.high_closed), (other.high, other.high_closed))
        return Stretch(low, high, not low_open, high_closed)


@dataclass(frozen=True)
class Numbers:
    """A union of stretches; dates and instants are numbers too."""

    stretches: tuple[Stretch, ...]

    @property
    def is_empty(self) -> bool:
        return not self.stretches

    @property
    def low(self) -> float:
        return min((item.low for item in self.stretches), default=inf)

    @property
    def high(self) -> float:
        return max((item.high for item in self.stretches), default=-inf)

    def overlap(self, other: Numbers) -> Numbers:
        """What both have in common."""
        pairs = (one.overlap(two) for one in self.stretches for two in other.stretches)
        return Numbers(tuple(item for item in pairs if not item.is_empty))

    def rest(self) -> Numbers:
        """All other numbers.

        >>> numbers("<", 5).rest() == numbers(">=", 5)
        True
        """
        left = EVERY_NUMBER
        for item in self.stretches:
            outside = (
                Stretch(-inf, item.low, high_closed=not item.low_closed),
                Stretch(item.high, inf, low_closed=not item.high_closed),
            )
            left = left.overlap(Numbers(tuple(side for side in outside if not side.is_empty)))
        return left


EVERY_NUMBER = Numbers((Stretch(-inf, inf, False, False),))


def numbers(op: Comparison, bound: float) -> Numbers:
    """The numbers that compare so with a bound."""
    match op:
        case "<":
            return Numbers((Stretch(-inf, bound, False, False),))
        case "<=":
            return Numbers((Stretch(-inf, bound, False, True),))
        case ">":
            return Numbers((Stretch(bound, inf, False, False),))
        case ">=":
            return Numbers((Stretch(bound, inf, True, False),))
        case "==":
            return Numbers((Stretch(bound, bound),))
    return numbers("==", bound).rest()


@dataclass(frozen=True)
class Names:
    """Texts, truths or other single values: those listed, or (`others`) all but those listed."""

    items: frozenset[object]
    others: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.items and not self.others

    def overlap(self, other: Names) -> Names:
        """What both have in common."""
        if self.others and other.others:
            return Names(self.items | other.items, others=True)
        if self.others:
            return Names(other.items - self.items)
        return Names(self.items - other.items if other.others else self.items & other.items)

    def rest(self) -> Names:
        """All other values."""
        return Names(self.items, not self.others)


def names(items: Iterable[object]) -> Names:
    """Just these values."""
    return Names(frozenset(items))


ANYTHING = Names(frozenset(), others=True)
NOTHING = Names(frozenset())

Values = Numbers | Names


@dataclass(frozen=True)
class Domain:
    """The values that are possible, and whether `missing` is."""

    values: Values
    missing: bool = False

    @property
    def is_empty(self) -> bool:
        return self.values.is_empty and not self.missing

    def overlap(self, other: Domain) -> Domain:
        """What both allow."""
        return Domain(_overlap(self.values, other.values), self.missing and other.missing)


def _overlap(one: Values, two: Values) -> Values:
    if isinstance(one, Numbers) and isinstance(two, Numbers):
        return one.overlap(two)
    if isinstance(one, Names) and isinstance(two, Names):
        return one.overlap(two)
    if one.is_empty or two.is_empty:
        return NOTHING
    return two if one == ANYTHING else one  # values of two sorts: nothing is proved


UNKNOWN = Domain(ANYTHING, missing=True)
KNOWN = Domain(ANYTHING)
ABSENT = Domain(NOTHING, missing=True)
TRUE = Domain(names([True]))
FALSE = Domain(names([False]))
NOT_TRUE = Domain(names([False]), missing=True)
