"""What takes little room: numbers of events that are small for certain, up to the edge, and others as wide as ever."""

from __future__ import annotations

import pytest

from scoreline.engine.data import Dataset
from scoreline.engine.instants import Zone, parse_instant
from scoreline.engine.interpreter import interpret
from scoreline.engine.plan import plan
from scoreline.engine.plan.scalars import Call
from scoreline.engine.plan.steps import Query, Step
from scoreline.engine.records import Event, Population
from scoreline.engine.runners import run

from .building import DAY, NOON
from .test_kinds import CODED, model


def narrowed(rules: str) -> set[str]:
    """The columns of events that take little room."""
    (step,) = (step for step in plan(model(rules)).steps if step.name == "event")
    assert isinstance(step, Step)
    assert isinstance(step.relation, Query)
    return {name for name, made in step.relation.columns if isinstance(made, Call) and made.name == "narrow"}


def rules_for_lengths(count: int) -> str:
    """Rules that tell apart 2^count lengths of talks."""
    lines = (f"    long{number}: each talk(where minutes > {number}) => +0.1\n" for number in range(count))
    return f"score interest for lead:\n{''.join(lines)}"


@pytest.mark.parametrize("count", [29, 30, 31, 32, 40])
def test_kinds_of_which_there_are_too_many_stay_wide(count: int) -> None:
    rules = rules_for_lengths(count)
    assert ("slot" in narrowed(rules)) == (count <= 30)  # one bit more says that it is a talk
    found = model(rules)
    lengths = (0.5, 29.5, 99.0)
    talks = [Event(f"e{minutes}", "talk", NOON - DAY, "c1", None, {"minutes": minutes}) for minutes in lengths]
    people = Population((), (), talks)
    with run(found, Dataset.from_population(people, found.schema), NOON) as made:
        assert made.outcome() == interpret(found, people, NOON)


def test_what_no_event_can_exceed_takes_little_room() -> None:
    assert narrowed(CODED) == {"slot", "lead", "age in days", "day"}


@pytest.mark.parametrize("contributions", [True, False])
def test_the_first_and_the_last_instant(contributions: bool) -> None:
    first, last = (parse_instant(text, Zone.named("UTC")) for text in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"))
    assert first is not None
    assert last is not None
    found = model(CODED.replace(" within 30 days", "").replace(" within 7 days", ""))
    instants = [first, first + DAY, NOON, last - 1]
    events = [
        Event(f"{type_} {at}", type_, at, "c1", None, values)
        for at in instants
        for type_, values in (("view", {"page": "a", "site": "b"}), ("form", {"form": "a"}))
    ]
    people = Population((), (), events)
    with run(found, Dataset.from_population(people, found.schema), last, contributions) as made:
        outcome = interpret(found, people, last)
        assert made.outcome().leads == outcome.leads
