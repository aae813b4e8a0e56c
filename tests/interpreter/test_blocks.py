"""Groups, first of, best of, when; multipliers, set, bounds and the range of a score."""

from __future__ import annotations

from typing import Any

import pytest

from scoreline.engine.model import Block, Bound, Expr, Line, Points, SetTo, Times

from .build import (
    ALWAYS,
    ANN,
    MISSING,
    VISIT,
    ago,
    const,
    each,
    event,
    events,
    happened,
    once,
    population,
    run,
    score,
    visit,
)

NEVER = const(False)


def times(id: str, factor: float | Expr, condition: Expr = ALWAYS) -> Line:
    return Line(id, Times(factor if isinstance(factor, Expr) else const(factor)), condition=condition)


def set_to(id: str, value: float | Expr, condition: Expr = ALWAYS) -> Line:
    return Line(id, SetTo(value if isinstance(value, Expr) else const(value)), condition=condition)


def plus(id: str, value: float, condition: Expr = ALWAYS) -> Line:
    return once(id, condition, value)


def group(id: str, *items: Any, **more: Any) -> Block:
    return Block("group", items, id, **more)


def first(*items: Any) -> Block:
    return Block("first", items)


def best(*items: Any) -> Block:
    return Block("best", items)


def when(condition: Expr, *items: Any) -> Block:
    return Block("when", items, condition=condition)


def entries(*items: Any, data: Any = None, **more: Any) -> list[tuple[str | None, str, float]]:
    ran = run(score(*items, **more), data=data or population(ANN))
    found = ran.entries()
    assert round(sum(points for _, _, points in found), 4) == ran.score()
    return found


# --- multipliers and set ---


def test_multipliers_multiply_the_sum_one_after_the_other() -> None:
    assert entries(plus("a", 10), times("half", 0.5), plus("b", 5), times("third", 1 / 3)) == [
        ("a", "line", 10),
        ("b", "line", 5),
        ("half", "multiplier", -7.5),
        ("third", "multiplier", -5.0002),
    ]


@pytest.mark.parametrize(
    ("points", "factor", "expected"), [(0.0001, 0.5, 0.0001), (-0.0001, 0.5, -0.0001), (0.0003, 0.5, 0.0002)]
)
def test_products_are_rounded_half_away_from_zero(points: float, factor: float, expected: float) -> None:
    assert run(score(plus("a", points), times("x", factor)), data=population(ANN)).score() == expected


def test_a_missing_or_negative_factor_does_nothing_and_zero_takes_all() -> None:
    assert entries(plus("a", 10), times("none", MISSING), times("minus", -2), times("one", 1)) == [("a", "line", 10)]
    assert entries(plus("a", 10), times("zero", 0)) == [("a", "line", 10), ("zero", "multiplier", -10)]
    assert entries(plus("a", 10), times("off", 3, NEVER)) == [("a", "line", 10)]


def test_the_last_set_that_holds_wins_after_the_multipliers() -> None:
    lines = (set_to("first", 50), plus("a", 10), set_to("second", 40), times("double", 2), set_to("off", 1, NEVER))
    assert entries(*lines) == [("a", "line", 10), ("double", "multiplier", 10), ("second", "set", 20)]
    assert entries(plus("a", 10), set_to("known", 30), set_to("unknown", MISSING))[-1] == ("known", "set", 20)


def test_multipliers_and_set_act_on_the_innermost_group() -> None:
    inner = group("inner", plus("a", 10), when(ALWAYS, first(times("half", 0.5))), bounds=(Bound("max", const(4)),))
    assert entries(inner, plus("b", 7), times("double", 2)) == [
        ("a", "line", 10),
        ("half", "multiplier", -5),
        ("inner", "cap", -1),
        ("b", "line", 7),
        ("double", "multiplier", 11),
    ]


# --- blocks ---


def test_a_group_is_bounded_after_its_lines_and_inner_groups() -> None:
    inner = group("inner", plus("a", 10), plus("b", 10), bounds=(Bound("max", const(12)),))
    outer = group(
        "outer", inner, once("c", ALWAYS, 9, bounds=(Bound("max", const(6)),)), bounds=(Bound("max", const(15)),)
    )
    assert entries(outer) == [
        ("a", "line", 10),
        ("b", "line", 10),
        ("inner", "cap", -8),
        ("c", "line", 9),
        ("c", "cap", -3),
        ("outer", "cap", -3),
    ]


def test_a_group_that_did_not_fire_has_no_minimum() -> None:
    least = (Bound("min", const(5)),)
    assert entries(group("g", plus("a", 1, NEVER), bounds=least)) == []
    assert entries(group("g", plus("a", 1), bounds=least)) == [("a", "line", 1), ("g", "cap", 4)]
    assert entries(group("g", once("a", ALWAYS, MISSING), bounds=least)) == [("g", "cap", 5)]


def test_first_of_takes_the_first_item_that_holds() -> None:
    assert entries(first(plus("a", 25, NEVER), plus("b", 15), plus("c", 9))) == [("b", "line", 15)]
    assert entries(first(once("missing", ALWAYS, MISSING), plus("b", 15))) == []
    inner = group("g", plus("x", 1, NEVER))
    assert entries(first(inner, when(NEVER, plus("y", 2)), plus("b", 15))) == [("b", "line", 15)]
    assert entries(first(when(ALWAYS, plus("y", 2)), plus("b", 15))) == [("y", "line", 2)]


def test_first_of_each_line_needs_an_event_that_counts() -> None:
    block = first(each("visits", VISIT, 5), plus("else", 1))
    assert entries(block) == [("else", "line", 1)]
    assert entries(block, data=population(ANN, visit("a", ago(1)))) == [("visits", "line", 5)]


def test_best_of_takes_the_largest_total_after_caps_and_the_first_of_equal_ones() -> None:
    capped = once("capped", ALWAYS, 50, bounds=(Bound("max", const(8)),))
    assert entries(best(plus("a", 3), capped, plus("b", 8), plus("off", 99, NEVER))) == [
        ("capped", "line", 50),
        ("capped", "cap", -42),
    ]
    assert entries(best(plus("a", -3), plus("b", -5))) == [("a", "line", -3)]
    assert entries(best(plus("a", 3, NEVER))) == []


def test_when_adds_its_condition_to_each_line() -> None:
    assert entries(when(ALWAYS, plus("a", 1), times("x", 3)), when(NEVER, plus("b", 5), times("y", 9))) == [
        ("a", "line", 1),
        ("x", "multiplier", 2),
    ]


# --- bounds per period over several lines ---

DAYS = (Bound("max", const(8), "day"),)


def two_kinds() -> Any:
    return population(
        ANN, visit("v1", ago(3)), event("c1", "call", ago(3)), event("c2", "call", ago(3)), visit("v2", ago(1))
    )


def test_a_group_bounds_the_points_of_a_day_over_all_its_lines() -> None:
    lines = (each("visits", VISIT, 5), each("calls", events("call"), 4))
    assert entries(group("g", *lines, bounds=DAYS), data=two_kinds()) == [
        ("visits", "line", 10),
        ("calls", "line", 8),
        ("g", "cap", -5),
    ]
    assert entries(*lines, bounds=DAYS, data=two_kinds())[-1] == ("points", "cap", -5)


def test_what_a_line_already_lost_is_not_taken_again() -> None:
    """Calls give 8 on one day, 5 of them are kept: the day has 5 + 5, and loses 2 more."""
    lines = (each("visits", VISIT, 5), each("calls", events("call"), 4, bounds=(Bound("max", const(5)),)))
    assert entries(group("g", *lines, bounds=DAYS), data=two_kinds()) == [
        ("visits", "line", 10),
        ("calls", "line", 8),
        ("calls", "cap", -3),
        ("g", "cap", -2),
    ]


def test_a_cap_can_never_make_points_negative() -> None:
    line = each("visits", VISIT, 5, bounds=(Bound("max", const(1)),))
    assert entries(group("g", line, bounds=(Bound("max", const(3), "day"),)), data=two_kinds()) == [
        ("visits", "line", 10),
        ("visits", "cap", -9),
    ]


# --- the range ---


def test_the_range_is_the_last_word() -> None:
    assert entries(plus("a", 130), low=0.0, high=100.0) == [("a", "line", 130), (None, "clamp", -30)]
    assert entries(plus("a", -5), low=0.0) == [("a", "line", -5), (None, "clamp", 5)]
    assert entries(low=10.0, high=100.0) == [(None, "clamp", 10)]
    assert entries(plus("a", -5)) == [("a", "line", -5)]
    assert entries() == []


def test_a_multiplier_depends_on_its_condition() -> None:
    quiet = Line("quiet", Times(const(0.5)), condition=happened(VISIT))
    assert entries(plus("a", 10), quiet, data=population(ANN, visit("v", ago(1))))[-1] == ("quiet", "multiplier", -5)
    assert isinstance(plus("a", 1).effect, Points)
