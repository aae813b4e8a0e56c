"""Disqualification, grades and stages."""

from __future__ import annotations

from typing import Any

import pytest

from scoreline.engine.model import (
    Axis,
    Disqualification,
    Expr,
    Grade,
    HeldFor,
    InStageFor,
    Length,
    Measure,
    Missing,
    Stage,
    Stages,
)
from scoreline.engine.records import Contact

from .build import (
    ALWAYS,
    ANN,
    DAY,
    VISIT,
    ago,
    const,
    contact,
    days,
    evaluate,
    event,
    events,
    happened,
    is_,
    once,
    population,
    result,
    run,
    score,
    visit,
)

NEVER = const(False)


def out(id: str, condition: Expr, position: int = 0, **more: Any) -> Disqualification:
    return Disqualification("lead", id, id, condition, position=position, **more)


# --- disqualification ---


def test_the_first_line_in_file_order_gives_the_reason() -> None:
    ran = run(out("late", ALWAYS, 3), out("off", NEVER, 1), out("early", ALWAYS, 2), data=population(ANN))
    assert ran.entity("ann").disqualified == "early"
    assert ran.entity("ann").stage is None


def test_a_disqualified_lead_keeps_its_results_and_stands_at_a_stage_of_its_own() -> None:
    ladder = Stages("lead", (Stage("MQL", ALWAYS),))
    read = Measure("lead", "reason", result("", what="disqualified", kind="text"))
    ran = run(out("student", ALWAYS), score(once("a", ALWAYS, 5)), ladder, read, data=population(ANN))
    ann = ran.entity("ann")
    assert (ann.stage, ran.score(), ann.measures) == ("disqualified", 5, {"reason": "student"})


@pytest.mark.parametrize(("age", "expected"), [(179.9, "quit"), (180, None)])
def test_for_a_time_counts_from_the_newest_event(age: float, expected: str | None) -> None:
    quit_ = events("quit")
    line = out("quit", happened(quit_), lasting=days(180), ages_by=quit_)
    ran = run(line, data=population(ANN, event("a", "quit", ago(400)), event("b", "quit", ago(age))))
    assert ran.entity("ann").disqualified == expected


def test_an_account_does_not_disqualify_its_leads() -> None:
    line = Disqualification("account", "x", "competitor", ALWAYS)
    ran = run(line, data=population(ANN))
    assert (ran.accounts["acme"].disqualified, ran.leads["ann"].disqualified) == ("competitor", None)


# --- grades ---


def axis(value: Expr, *cuts: tuple[str, float], rest: str | None = None) -> Axis:
    return Axis(value, tuple((label, const(cut)) for label, cut in cuts), rest)


@pytest.mark.parametrize(
    ("fit", "expected"), [(75.0, "A1"), (74.9, "B1"), (50.0, "B1"), (49.0, "C1"), (-1.0, "C1"), (None, "C1")]
)
def test_a_grade_takes_the_first_cut_at_or_below_the_value(fit: float | None, expected: str) -> None:
    axes = (axis(contact("fit", "number"), ("A", 75), ("B", 50), rest="C"), axis(const(9), ("1", 5)))
    ran = run(Grade("lead", "rating", axes), data=population(Contact("ann", None, {"fit": fit})))
    assert ran.entity("ann").grades == {"rating": expected}


def test_without_a_rest_an_uncut_value_makes_the_whole_grade_missing() -> None:
    axes = (axis(const(9), ("A", 5)), axis(const(1), ("1", 5)))
    ran = run(Grade("lead", "rating", axes), data=population(ANN))
    assert ran.entity("ann").grades == {"rating": None}


# --- stages ---


def stage_of(*conditions: Expr, in_order: bool = False, data: Any = None) -> str | None:
    steps = tuple(Stage(f"S{index}", condition) for index, condition in enumerate(conditions, 1))
    return run(Stages("lead", steps, in_order), data=data or population(ANN)).entity("ann").stage


def test_a_ladder_takes_the_last_stage_that_holds() -> None:
    assert stage_of(ALWAYS, NEVER, ALWAYS, NEVER) == "S3"
    assert stage_of(ALWAYS, NEVER, ALWAYS, in_order=True) == "S1"
    assert stage_of(NEVER, ALWAYS, in_order=True) is None
    assert stage_of(NEVER, NEVER) is None


def test_rules_read_the_stage() -> None:
    ladder = Stages("lead", (Stage("MQL", happened(VISIT)),))
    none = Measure("lead", "none", Missing(result("", what="stage", kind="text")))
    data = population(ANN, Contact("bob"), visit("a", ago(1)))
    ran = run(ladder, none, data=data)
    assert (ran.measure("ann", "none"), ran.measure("bob", "none")) == (False, True)


def test_conditions_over_the_past_are_false() -> None:
    held = HeldFor(is_(const(1), "==", 1), Length(const(7), DAY))
    assert evaluate(held, ANN) is False
    assert evaluate(InStageFor("MQL", Length(const(30), DAY)), ANN) is False
