"""A history is what runs at the ends of its days give, and what it foresees happens on the day it says."""

from __future__ import annotations

import random
import sys
from datetime import date, timedelta

import pytest

from scoreline.engine.alone import alone
from scoreline.engine.chronicle.days import known_at
from scoreline.engine.chronicle.history import History, of_population
from scoreline.engine.explain import explain
from scoreline.engine.instants import Zone, day_end
from scoreline.engine.interpreter import interpret
from scoreline.engine.memory import anchored, remembers
from scoreline.engine.model import Model
from scoreline.engine.records import Population
from scoreline.engine.results import EntityResult
from scoreline.engine.rounding import from_units

from . import records
from .models import TYPES, model_of
from .test_parity import Dice


def result(model: Model, population: Population, day: str, level: str, id: str) -> EntityResult | None:
    """What a run at the end of a day gives."""
    outcome = interpret(model, population, day_end(date.fromisoformat(day), Zone.named(model.timezone)))
    return next((item for item in getattr(outcome, f"{level}s") if item.id == id), None)


def day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def check(seed: int) -> int:
    """How many days were compared: each day of a history, and each one foreseen with the one before it."""
    chances = random.Random(seed)
    model = model_of(Dice(seed).ruleset(), "Europe/Berlin")
    population = records.population(records.crowd(chances), Zone.named(model.timezone), TYPES)
    as_of = day_end(date(2026, 4, chances.randint(1, 9)), Zone.named(model.timezone))
    oldest = min((event.at for event in population.events), default=None)
    model, keys = alone(anchored(model, lambda: oldest, as_of))
    left_out = tuple(key.words for key in keys)
    outcome = interpret(model, population, as_of)
    entity = chances.choice([*outcome.leads, *outcome.accounts])
    if not model.scores(entity.level) and model.stages(entity.level) is None:
        return 0
    found = of_population(model, population, entity.id, as_of, entity.level, 20, left_out, at_once=False)
    if seed % 4 == 1 and not remembers(model):
        assert found == of_population(model, population, entity.id, as_of, entity.level, 20, left_out, at_once=True)
    _is_as_explained(model, population, found, as_of)
    for day in found.days:
        _is_as_run(model, population, found, day.day, day.stage, day.scores)
    known = known_at(population, as_of)
    for day in found.forecast.days:
        _is_as_run(model, known, found, day.day, day.stage, day.scores)
    for move in found.forecast.moves:
        earlier = result(model, known, day_before(move.day), found.level, found.id)
        assert earlier is not None and earlier.stage == move.before
    return len(found.days) + len(found.forecast.days)


def _is_as_explained(model: Model, population: Population, found: History, as_of: int) -> None:
    """An explanation says the same of the last move, but that nobody moves where nothing has happened yet."""
    arrival = explain(model, population, as_of, found.id, found.level, since=sys.maxsize).arrival
    if arrival is not None and arrival.known == "day" and model.stages(found.level) is not None:
        moves = [move for move in found.moves if move.day >= found.first]
        assert (arrival.since, arrival.before) == (moves[-1].day, moves[-1].before) or arrival.since <= found.first
    elif arrival is not None:
        assert len(found.moves) <= 1


def _is_as_run(model: Model, data: Population, found: History, day: str, stage: str | None, scores: object) -> None:
    run = result(model, data, day, found.level, found.id)
    if run is None:
        assert (stage, scores) == (None, {})
    else:
        assert (run.stage, {name: from_units(units) for name, units in run.scores.items()}) == (stage, scores)


def test_each_day_is_as_a_run_at_its_end() -> None:
    assert sum(check(seed) for seed in range(16)) > 60


@pytest.mark.soak
def test_each_day_is_as_a_run_at_its_end_for_long() -> None:
    assert sum(check(seed) for seed in range(16, 160)) > 300
