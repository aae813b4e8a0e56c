"""What is taken over, from day to day or for a trial, is what is worked out from nothing."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest

from scoreline.engine.instants import DAY, Zone, day_end, local_date
from scoreline.engine.interpreter import Evaluation
from scoreline.engine.interpreter.course import Course
from scoreline.engine.interpreter.evaluation import memories
from scoreline.engine.interpreter.made import Made
from scoreline.engine.interpreter.memory import Memory
from scoreline.engine.interpreter.outcome import entity_result, evaluate_in_order
from scoreline.engine.interpreter.reach import reaches
from scoreline.engine.interpreter.steady import Steady
from scoreline.engine.memory import remembers
from scoreline.engine.model import Model
from scoreline.engine.records import Contact, Event, Population
from scoreline.engine.steps.step import Step, with_steps
from scoreline.engine.steps.trials import Trials

from . import records
from .models import TYPES, model_of
from .test_parity import Dice


def told(evaluation: Evaluation) -> list[object]:
    """Everything that an evaluation says of everybody."""
    rows = [*evaluation.rows("lead"), *evaluation.rows("account")]
    entries = evaluate_in_order(evaluation, rows)
    return [*(entity_result(evaluation, row) for row in rows), *entries.values()]


def unsteady(chances: random.Random, population: Population) -> Population:
    """The same with events that came late, and contacts whose fields changed, or who went to another account."""
    times = [event.at for event in population.events] or [0]
    late = [
        replace(event, received_at=event.at + chances.choice([0, 3, 6]) * DAY) if chances.random() < 0.2 else event
        for event in population.events
    ]
    others = [
        replace(chances.choice(population.contacts), id=contact.id, valid_from=max(times) - chances.randint(0, 9) * DAY)
        for contact in population.contacts
        if chances.random() < 0.3
    ]
    return replace(population, contacts=[*population.contacts, *others], events=late)


def situation(seed: int) -> tuple[random.Random, Model, Population, list[Memory]]:
    chances = random.Random(seed)
    zone = chances.choice(["UTC", "Europe/Berlin", "America/St_Johns"])
    model = model_of(Dice(seed).ruleset(), zone)
    population = unsteady(chances, records.population(records.crowd(chances), Zone.named(zone), TYPES))
    as_of = max((event.at for event in population.events), default=0) + chances.randint(0, 10**12)
    if remembers(model):
        alone = partial(Evaluation, model, population)
        return chances, model, population, [*memories(model, population, as_of, alone)][-8:]
    days = random.Random(seed).sample(range(14), 8)
    return (
        chances,
        model,
        population,
        [Memory(local_date(as_of, Zone.named(zone)) - timedelta(days=day)) for day in days],
    )


def check_days(seed: int) -> int:
    """How many lines were kept for other days; days are taken in any order."""
    chances, model, population, days = situation(seed)
    zone = Zone.named(model.timezone)
    course = Course(model, population)
    alone = {memory.day: Evaluation(model, population, day_end(memory.day, zone), memory) for memory in days}
    for memory in chances.sample(days, len(days)):
        day = course.day(day_end(memory.day, zone), memory)
        check_since(day, alone.values())
        assert told(day) == told(alone[memory.day]), memory.day
    return sum(len(period.works) for period in course.periods)


def check_since(day: Steady, others: Iterable[Evaluation]) -> None:
    """What is said to be so since an instant was so on all days from then on."""
    for row in [*day.rows("lead"), *day.rows("account")]:
        stage, since = day.since_when(partial(day.stage, row))
        reason, free = day.since_when(partial(day.disqualified, row.entity))
        for other in others:
            there = other.row(row.level, row.entity.id)
            if since <= other.as_of <= day.as_of:
                assert there is not None and other.stage(there) == stage, (row.entity.id, local_date(since, day.zone))
            if free <= other.as_of <= day.as_of:
                assert there is not None and other.disqualified(there.entity) == reason, row.entity.id


def check_trials(seed: int) -> int:
    """How many lines have a reach; somebody does something more, at once or for the second time."""
    chances, model, population, days = situation(seed)
    memory = max(days, key=lambda memory: memory.day)
    as_of = day_end(memory.day, Zone.named(model.timezone))
    trials = Trials(Evaluation(model, population, as_of, memory), population)
    leads = [lead.id for lead in trials.base.world.leads.values()]
    for _ in range(4 if leads else 0):
        steps = tuple(Step(chances.choice(sorted(TYPES)), chances.choice(leads)) for _ in range(chances.randint(1, 2)))
        anew = Evaluation(model, with_steps(population, steps, as_of), as_of, memory)
        assert told(trials.exactly(steps)) == told(anew), steps
    return len(reaches(model, Made()))


def test_days_are_as_if_worked_out_alone() -> None:
    assert sum(check_days(seed) for seed in range(20)) > 100


def test_trials_are_as_if_worked_out_alone() -> None:
    assert sum(check_trials(seed) for seed in range(20)) > 50


@pytest.mark.soak
def test_days_and_trials_are_as_if_worked_out_alone_for_long() -> None:
    assert sum(check_days(seed) + check_trials(seed) for seed in range(20, 400)) > 1000


def test_a_cooldown_sees_what_is_outside_of_its_window() -> None:
    """A page that is seen again counts anew: an event that no window has yet decides whether an older one counts."""
    model = model_of(
        "score s for lead:\n    x: each page of view between 2 and 10 days ago at most once per 72 hours => +1", "UTC"
    )
    at = day_end(date(2026, 3, 20), Zone.named("UTC"))
    pages = [("one", 8), ("two", 7), ("two", 4), ("one", 1)]
    events = [Event(f"e{age}", "view", at - age * DAY, "c1", None, {"page": page}) for page, age in pages]
    population = Population([], [Contact("c1")], events)
    course = Course(model, population)
    for back in range(9):
        day, then = date(2026, 3, 20) - timedelta(days=back), at - back * DAY
        alone = Evaluation(model, population, then, Memory(day))
        assert told(course.day(then, Memory(day))) == told(alone), day
