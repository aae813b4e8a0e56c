"""Lines that cannot hold together: `role == 'champion'` and `role == 'user'` give one or the other, never both.

Of such lines only those that hold for one value of what they ask about add up.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import inf

from ..model import And, Block, Expr, Field, Line, Not, Or, Result, SomeOf
from .domains import Names, Numbers, Values
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
    sums = []
    for value in _samples(members):
        sums.append(total([hull([points, ZERO]) for values, points in members if _has(values, value)]))
    return hull([ZERO, *sums])


def _samples(members: list[tuple[Values, Interval]]) -> Iterator[object]:
    """One value of each kind: every name, and of numbers the ends and one between each two."""
    ends: set[float] = set()
    for values, _ in members:
        if isinstance(values, Names):
            yield from values.items
        else:
            ends |= {end for item in values.stretches for end in (item.low, item.high) if abs(end) < inf}
    marks = sorted(ends)
    yield from marks
    yield from ((one + two) / 2 for one, two in pairwise(marks))
    if marks:
        yield from (marks[0] - 1, marks[-1] + 1)


def _has(values: Values, value: object) -> bool:
    if isinstance(values, Names):
        return value in values.items
    return isinstance(value, float) and any(
        (item.low < value or (item.low == value and item.low_closed))
        and (value < item.high or (value == item.high and item.high_closed))
        for item in values.stretches
    )
