"""Lines that exclude each other: the sum is that of the best and the worst value, whichever way it is found."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoreline.engine.lints.domains import EVERY_NUMBER, Names, Numbers, Values, names, numbers
from scoreline.engine.lints.exclusive import _one_value
from scoreline.engine.lints.intervals import ZERO, Interval, hull, total
from scoreline.engine.model import Comparison

ENDS = st.integers(-3, 3).map(float)
OPS: tuple[Comparison, ...] = ("<", "<=", ">", ">=", "==", "!=")
ONE = st.builds(numbers, st.sampled_from(OPS), ENDS)
RANGES = st.builds(lambda one, two: one.overlap(two), ONE, ONE) | st.just(EVERY_NUMBER)
TEXTS = st.sets(st.sampled_from("abc"), min_size=1).map(names)
PARTS = st.builds(
    lambda one, two: Interval(min(one, two), max(one, two), may_miss=False),
    st.integers(-8, 8).map(lambda part: part / 4) | st.just(-inf),
    st.integers(-8, 8).map(lambda part: part / 4) | st.just(inf),
)


def has(values: Values, value: float | str) -> bool:
    if isinstance(values, Names):
        return value in values.items
    return isinstance(value, float) and not values.overlap(numbers("==", value)).is_empty


MEMBERS = st.lists(st.tuples(RANGES | TEXTS, PARTS), max_size=6)


@settings(max_examples=100, deadline=None)
@given(MEMBERS)
def test_the_sum_is_that_of_some_value_or_of_none(members: list[tuple[Numbers | Names, Interval]]) -> None:
    every: list[float | str] = [*"abc", *(step / 2 for step in range(-9, 10))]
    sums = [total([hull([part, ZERO]) for values, part in members if has(values, value)]) for value in every]
    assert _one_value(members) == hull([ZERO, *sums])


@pytest.mark.soak
def test_the_sum_is_that_of_some_value_for_long() -> None:
    long = settings(max_examples=20_000, deadline=None)
    long(given(MEMBERS)(test_the_sum_is_that_of_some_value_or_of_none.hypothesis.inner_test))()
