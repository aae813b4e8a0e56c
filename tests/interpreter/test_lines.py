"""What one line gives: once or for each, at most, decay, rounding, bounds, in this order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scoreline.engine.model import (
    Arith,
    AtMost,
    Bound,
    Compare,
    Conditional,
    Cooldown,
    Decay,
    Expr,
    Line,
    Lookup,
    Not,
    Often,
    Table,
    TableEntry,
)

from .build import (
    ALWAYS,
    ANN,
    AS_OF,
    DAY,
    MISSING,
    VISIT,
    ago,
    attr,
    const,
    contact,
    days,
    each,
    events,
    happened,
    instant,
    is_,
    once,
    over,
    population,
    prop,
    run,
    score,
    visit,
    within,
    worth,
)

MINUTES = prop("minutes", "number")
PAGE = prop("page")


def thrice(days_apart: float = 1, **properties: object) -> list:  # type: ignore[type-arg]
    """Visits 1, 1 + n and 1 + 2n days ago."""
    return [visit(f"v{index}", ago(1 + index * days_apart), **properties) for index in range(3)]


def test_a_line_pays_once_however_often_its_events_came() -> None:
    assert worth(once("line", happened(VISIT), 20), data=population(ANN, *thrice())) == 20
    assert worth(each("line", VISIT, 20), data=population(ANN, *thrice())) == 60


def test_points_are_rounded_half_away_from_zero_for_each_event() -> None:
    data = population(ANN, *thrice())
    assert worth(each("line", VISIT, 0.00005), data=data) == 0.0003
    assert worth(each("line", VISIT, -0.00005), data=data) == -0.0003
    assert worth(once("line", ALWAYS, 1 / 3), data=data) == 0.3333


def test_a_line_with_zero_points_is_listed_and_one_with_missing_points_is_not() -> None:
    lines = (once("zero", ALWAYS, 0), once("missing", ALWAYS, MISSING, bounds=(Bound("min", const(5)),)))
    ran = run(score(*lines), data=population(ANN))
    assert ran.entries() == [("zero", "line", 0)]


def test_an_event_with_missing_points_gives_none_and_is_still_counted() -> None:
    data = population(ANN, visit("a", ago(1), minutes=4.0), visit("b", ago(2)), visit("c", ago(3), minutes=2.5))
    ran = run(score(each("line", VISIT, MINUTES)), data=data)
    assert ran.entries() == [("line", "line", 6.5)]
    assert ran.contributions()[0].events == 3


# --- groups ---


def test_each_day_is_a_local_one_with_the_age_of_its_newest_event() -> None:
    """In Berlin the first two are one day; in UTC they are two."""
    records = [
        visit("late", instant("2026-02-20T23:30:00")),
        visit("early", instant("2026-02-21T08:00:00")),
        visit("other", instant("2026-02-24T08:00:00")),
    ]
    data = population(ANN, *records)
    assert run(score(each("line", VISIT, 1, "day")), data=data).score() == 3
    assert run(score(each("line", VISIT, 1, "day")), data=data, timezone="Europe/Berlin").score() == 2
    assert run(score(each("line", VISIT, 1, "week")), data=data).score() == 2
    assert run(score(each("line", VISIT, 1, "month")), data=data).score() == 1
    fading = Decay("fades", "day", 10.0)
    ran = run(score(each("line", VISIT, 10, "day", decay=fading)), data=data, timezone="Europe/Berlin")
    assert ran.score() == 10 * (10 - 7) / 10 + 10 * (10 - 4) / 10


def test_each_distinct_value_ignores_case_and_missing_values() -> None:
    records = [
        visit("a", ago(3), page="b"),
        visit("b", ago(2), page="B"),
        visit("c", ago(1), page="x"),
        visit("d", ago(1)),
    ]
    line = each("line", VISIT, 5, "value", prop=PAGE)
    assert worth(line, data=population(ANN, *records)) == 10


def test_in_the_points_of_a_value_stands_its_smallest_spelling() -> None:
    exact = Compare("==", PAGE, const("B"), exact=True)
    records = [visit("a", ago(3), page="B"), visit("b", ago(2), page="b")]
    conditional = Lookup(Table("t", (TableEntry(("b",), 3.0),), None), (PAGE,), kind="number")
    line = each("line", VISIT, conditional, "value", prop=PAGE)
    assert worth(line, data=population(ANN, *records)) == 3
    spelled = each("line", VISIT, Conditional(const(7), exact, const(1), kind="number"), "value", prop=PAGE)
    assert worth(spelled, data=population(ANN, *records)) == 7


def test_a_group_counts_if_it_has_as_many_events_as_said() -> None:
    records = [visit("a", ago(2)), visit("b", ago(2)), visit("c", ago(1))]
    often = Often(">=", const(2), "times")
    ran = run(score(each("line", VISIT, 5, "day", often=often)), data=population(ANN, *records))
    assert ran.score() == 5
    entry = ran.contributions()[0]
    assert (entry.events, entry.first, entry.last) == (2, ago(2), ago(2))


# --- at most ---


def test_at_most_keeps_those_worth_most_then_the_newest_then_the_smaller_id() -> None:
    records = [
        visit("cheap", ago(1), page="x", minutes=1.0),
        visit("dear", ago(9), page="X", minutes=9.0),
        visit("b", ago(5), page="y", minutes=5.0),
        visit("a", ago(5), page="y", minutes=5.0),
        visit("none", ago(1), page="y"),
        visit("without", ago(1), minutes=2.0),
        visit("another", ago(1), minutes=3.0),
    ]
    line = each("line", VISIT, MINUTES, at_most=(AtMost(const(1), "value", PAGE),))
    ran = run(score(line), data=population(ANN, *records))
    assert ran.score() == 9 + 5 + 3
    assert ran.contributions()[0].events == 3


def test_several_at_most_filter_one_after_the_other() -> None:
    """One per page leaves two of the same day; one per day then leaves the dearer of them."""
    records = [
        visit("a", instant("2026-02-20T10:00:00"), page="x", minutes=9.0),
        visit("b", instant("2026-02-20T11:00:00"), page="y", minutes=8.0),
        visit("c", instant("2026-02-21T10:00:00"), page="x", minutes=7.0),
    ]
    per_page, per_day = AtMost(const(1), "value", PAGE), AtMost(const(1), "day")
    data = population(ANN, *records)
    assert worth(each("line", VISIT, MINUTES, at_most=(per_page, per_day)), data=data) == 9
    assert worth(each("line", VISIT, MINUTES, at_most=(per_day, per_page)), data=data) == 9
    assert worth(each("line", VISIT, MINUTES, at_most=(per_day,)), data=data) == 16
    assert worth(each("line", VISIT, MINUTES, at_most=(AtMost(const(2), "contact"),)), data=data) == 17


@pytest.mark.parametrize(("count", "expected"), [(const(1.9), 1), (const(0.5), 0), (contact("n", "number"), 0)])
def test_at_most_a_number_rounded_down(count: Expr, expected: float) -> None:
    ran = run(score(each("line", VISIT, 1, at_most=(AtMost(count, "month"),))), data=population(ANN, *thrice()))
    assert ran.score() == expected
    assert len(ran.entries()) == (1 if expected else 0)


def test_negative_points_are_worth_most_when_they_take_least() -> None:
    data = population(ANN, visit("a", ago(1), minutes=-10.0), visit("b", ago(1), minutes=-5.0))
    assert worth(each("line", VISIT, MINUTES, at_most=(AtMost(const(1), "month"),)), data=data) == -5


def test_a_cooldown_looks_at_all_time_and_the_window_comes_after_it() -> None:
    """Of visits 100, 60, 10 and 5 days ago, the first and the third count; the second is too soon after the first."""
    records = [visit(f"v{age}", ago(age)) for age in (100, 60, 10, 5)]
    recent = events("visit", where=(within(70),))
    line = each("line", recent, 5, at_most=(Cooldown(90 * DAY),))
    ran = run(score(line), data=population(ANN, *records))
    assert ran.score() == 5
    assert ran.contributions()[0].first == ago(10)


def test_a_cooldown_counts_again_after_exactly_its_length_and_filters_first() -> None:
    data = population(ANN, visit("a", ago(90), minutes=1.0), visit("b", ago(0), minutes=1.0))
    assert worth(each("line", VISIT, 5, at_most=(Cooldown(90 * DAY),)), data=data) == 10
    tied = population(ANN, visit("b", ago(1), minutes=9.0), visit("a", ago(1), minutes=1.0))
    limits = (AtMost(const(1), "day"), Cooldown(90 * DAY))
    assert worth(each("line", VISIT, MINUTES, at_most=limits), data=tied) == 1


def test_a_cooldown_of_days() -> None:
    records = [visit("a", ago(10)), visit("b", ago(9)), visit("c", ago(5))]
    line = each("line", VISIT, 1, "day", at_most=(Cooldown(3 * DAY),))
    assert worth(line, data=population(ANN, *records)) == 2


# --- decay ---


@pytest.mark.parametrize(
    ("decay", "age", "expected"),
    [
        (Decay("halves", "day", 30.0), 30, 10),
        (Decay("halves", "day", 30.0), 30.99, 10),
        (Decay("halves", "day", 30.0), 15, 14.1421),
        (Decay("halves", "hour", 12.0), 1, 5),
        (Decay("fades", "day", 90.0), 30, 13.3333),
        (Decay("fades", "day", 90.0), 90, 0),
        (Decay("fades", "day", 90.0), 500, 0),
        (Decay("loses percent", "day", 30.0, 25.0), 29, 20),
        (Decay("loses percent", "day", 30.0, 25.0), 60, 10),
        (Decay("loses percent", "day", 30.0, 25.0), 200, 0),
        (Decay("loses percent", "day", 30.0, 25.0, compounding=True), 60, 11.25),
        (Decay("loses points", "day", 30.0, 5.0), 89, 10),
        (Decay("loses points", "day", 30.0, 5.0), 300, 0),
        (Decay("fades", "day", 90.0, floor=4.0), 500, 4),
        (Decay("fades", "day", 90.0, floor=25.0), 500, 20),
        (Decay("fades", "day", 90.0, grace=60), 60, 20),
        (Decay("fades", "day", 90.0, grace=60), 105, 10),
    ],
)
def test_decay_by_whole_units_of_age(decay: Decay, age: float, expected: float) -> None:
    data = population(ANN, visit("a", ago(age)))
    assert worth(each("line", VISIT, 20, decay=decay), data=data) == expected
    assert worth(each("line", VISIT, -20, decay=decay), data=data) == -expected


def test_a_line_that_pays_once_ages_by_the_newest_event_of_its_selection() -> None:
    decay = Decay("halves", "day", 30.0, ages_by=VISIT)
    data = population(ANN, visit("old", ago(90)), visit("new", ago(30)))
    ran = run(score(once("line", happened(VISIT), 20, decay=decay)), data=data)
    assert ran.entries() == [("line", "line", 10)]
    assert (ran.contributions()[0].events, ran.contributions()[0].first) == (2, ago(90))


def test_a_decay_since_something_that_never_came_does_not_decay() -> None:
    decay = Decay("halves", "day", 30.0, ages_by=events("call"))
    assert worth(once("line", ALWAYS, 20, decay=decay), data=population(ANN)) == 20


def test_a_stretch_of_time_ages_by_its_newest_event() -> None:
    """Three visits within 7 days were last seen 30 days ago; the single one of yesterday is no such stretch."""
    ages = (33, 32, 30, 1)
    condition = happened(VISIT, ">=", 3, stretch=days(7))
    assert condition.often is not None
    decay = Decay("halves", "day", 30.0, ages_by=replace(VISIT, portion=condition.often))
    data = population(ANN, *[visit(f"v{age}", ago(age)) for age in ages])
    assert worth(once("line", condition, 20, decay=decay), data=data) == 10


def test_points_beyond_the_range_are_missing() -> None:
    assert worth(once("line", ALWAYS, 2e9), once("other", ALWAYS, 1), data=population(ANN)) == 1


# --- bounds ---


def capped(line: Line, *records: object) -> list[tuple[str | None, str, float]]:
    return run(score(line), data=population(ANN, *records)).entries()  # type: ignore[arg-type]


def test_bounds_work_on_decayed_points_and_are_an_entry_of_their_own() -> None:
    decay = Decay("fades", "day", 4.0)
    line = each("line", VISIT, 20, decay=decay, bounds=(Bound("max", const(12)),))
    assert capped(line, *thrice()) == [("line", "line", 15 + 10 + 5), ("line", "cap", -18)]


def test_a_minimum_applies_only_when_the_line_fired() -> None:
    line = each("line", VISIT, 1, bounds=(Bound("min", const(10)),))
    assert capped(line, visit("a", ago(1))) == [("line", "line", 1), ("line", "cap", 9)]
    assert capped(line) == []


def test_bounds_of_a_missing_value_do_not_bound_and_equal_ones_leave_no_entry() -> None:
    assert capped(each("line", VISIT, 5, bounds=(Bound("max", MISSING),)), *thrice()) == [("line", "line", 15)]
    assert capped(each("line", VISIT, 5, bounds=(Bound("max", const(15)),)), *thrice()) == [("line", "line", 15)]


def test_bounds_per_period_come_before_the_lines_own() -> None:
    """Two days with 2 and 1 visits of 5 points: at most 8 a day, 12 in all."""
    records = [visit("a", ago(3)), visit("b", ago(3)), visit("c", ago(1))]
    per_day = Bound("max", const(8), "day")
    assert capped(each("line", VISIT, 5, bounds=(per_day,)), *records) == [("line", "line", 15), ("line", "cap", -2)]
    both = (Bound("max", const(12)), per_day)
    assert capped(each("line", VISIT, 5, bounds=both), *records) == [("line", "line", 15), ("line", "cap", -3)]
    per_page = Bound("max", const(6), "value", PAGE)
    assert capped(each("line", VISIT, 5, bounds=(per_page,)), *records)[1] == ("line", "cap", -9)
    raised = Bound("min", const(9), "week")
    assert capped(each("line", VISIT, 5, bounds=(raised,)), visit("a", ago(1)), visit("b", ago(9)))[1][2] == 8


def test_a_later_bound_per_period_sees_what_the_earlier_one_left() -> None:
    """At most 5 a day leaves 5 + 5 of 20 + 5; at most 8 a week takes 2 more, not 17."""
    records = [visit(f"v{index}", instant("2026-02-17T10:00:00") + index) for index in range(4)]
    records.append(visit("next", instant("2026-02-18T10:00:00")))
    bounds = (Bound("max", const(5), "day"), Bound("max", const(8), "week"))
    assert capped(each("line", VISIT, 5, bounds=bounds), *records) == [("line", "line", 25), ("line", "cap", -17)]


# --- the events of an entry ---


def test_entries_name_their_events_where_there_is_one_selection() -> None:
    records = thrice()
    several = is_(over("count", VISIT), ">=", 2)
    lines = (
        once("one", happened(VISIT), 1),
        once("counted", several, 1),
        once("two", happened(VISIT), 1, bounds=()),
        once("none", ALWAYS, 1),
        once("silence", Not(happened(events("call"))), 1),
        once("both", is_(Arith("-", over("count", VISIT), over("count", events("call"))), ">", 0), 1),
    )
    ran = run(score(*lines), data=population(ANN, *records))
    seen = {entry.line: (entry.events, entry.first, entry.last) for entry in ran.contributions()}
    three = (3, ago(3), ago(1))
    assert seen == {
        "one": three,
        "counted": three,
        "two": three,
        "none": (None, None, None),
        "silence": (0, None, None),
        "both": (None, None, None),
    }


def test_points_may_use_the_age_of_the_event() -> None:
    line = each("line", VISIT, Arith("-", const(10), attr("age"), kind="number"))
    assert worth(line, data=population(ANN, visit("a", ago(2.5)), visit("b", AS_OF))) == 8 + 10
