"""Lines that cannot hold together: `role == 'champion'` and `role == 'user'` give one or the other, never both.

Of such lines only those that hold for one value of what they ask about add up.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from math import inf

from ..model import And, Block, Expr, Field, Line, Not, Or, Result, SomeOf
from .domains import Numbers, Values
from .facts import Subject, facts
from .intervals import ZERO, Interval, hull, total

Addend = tuple[Line | Block, Interval]
"""A line or a block that may hold or not, and what it gives."""


def sum_of(addends: Iterable[Addend]) -> Interval:
    """The interval of a sum of points, of which those that exclude each other do not all count."""
    sums: list[Interval] = []
    by_subject: dict[Subject, list[tuple[Values, Interval]]] = defaultdict(list)
    asked = [(_asked(item), points) for item, points in addends]
    popular = Counter(subject for values, _ in asked for subject in values)
    for values, points in asked:
        if values:
            subject = max(values, key=lambda item: popular[item])
            by_subject[subject].append((values[subject], points))
        else:
            sums.append(points)
    return total([*sums, *(_one_value(members) for members in by_subject.values())])


def _asked(item: Line | Block) -> dict[Subject, Values]:
    """The values of fields and results for which alone an item can hold."""
    asked: dict[Subject, Values] = {}
    for test in _tests(item.condition) if item.condition is not None else ():
        for subject, domain in facts(test, True):
            if isinstance(subject, Field | Result) and not domain.missing and _is_limited(domain.values):
                asked.setdefault(subject, domain.values)
    return asked


def _tests(condition: Expr) -> Iterator[Expr]:
    """The tests that must all hold."""
    if isinstance(condition, And):
        for item in condition.items:
            yield from _tests(item)
    elif not isinstance(condition, Or | Not | SomeOf):
        yield condition


def _is_limited(values: Values) -> bool:
    return isinstance(values, Numbers) or not values.others


def _one_value(members: list[tuple[Values, Interval]]) -> Interval:
    """What the members give together for whichever value the subject has, or where it is missing."""
    named: dict[object, list[Interval]] = defaultdict(list)
    ranges: list[tuple[Numbers, Interval]] = []
    for values, points in members:
        part = hull([points, ZERO])
        if isinstance(values, Numbers):
            ranges.append((values, part))
        else:
            for value in values.items:
                named[value].append(part)
    marks = _marks([values for values, _ in ranges])
    at_marks = [total([one, *named.get(mark, ())]) for mark, one in zip(marks, _sums(marks, ranges), strict=True)]
    return hull([ZERO, *map(total, named.values()), *at_marks])


def _marks(ranges: Iterable[Numbers]) -> list[float]:
    """One number of each kind, in order: the ends, one between each two, and one on either side."""
    found = {end for values in ranges for item in values.stretches for end in (item.low, item.high)}
    ends = sorted(end for end in found if abs(end) < inf) or [0.0]
    return sorted([ends[0] - 1, *ends, *((one + two) / 2 for one, two in pairwise(ends)), ends[-1] + 1])


def _sums(marks: Sequence[float], ranges: Iterable[tuple[Numbers, Interval]]) -> Iterator[Interval]:
    """At each mark the sum of what is given there; what begins and ends on the way is added and taken off again."""
    begin: list[list[Interval]] = [[] for _ in range(len(marks) + 1)]
    end: list[list[Interval]] = [[] for _ in range(len(marks) + 1)]
    for values, points in ranges:
        for item in values.stretches:
            begin[(bisect_left if item.low_closed else bisect_right)(marks, item.low)].append(points)
            end[(bisect_right if item.high_closed else bisect_left)(marks, item.high)].append(points)
    low, high = _Sum(), _Sum()
    for number in range(len(marks)):
        for points in begin[number]:
            low.change(points.low, 1)
            high.change(points.high, 1)
        for points in end[number]:
            low.change(points.low, -1)
            high.change(points.high, -1)
        yield Interval(low.value, high.value, may_miss=False)


class _Sum:
    """A sum from which parts can be taken again without a trace: exact, with the infinite ones counted."""

    def __init__(self) -> None:
        self._exact = Fraction(0)
        self._infinite: dict[float, int] = {inf: 0, -inf: 0}

    def change(self, part: float, times: int) -> None:
        if abs(part) == inf:
            self._infinite[part] += times
        else:
            self._exact += times * Fraction(part)

    @property
    def value(self) -> float:
        return next((end for end, count in self._infinite.items() if count), float(self._exact))
