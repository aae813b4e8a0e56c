"""What is written out for a few people says at each instant what a replay says."""

from __future__ import annotations

import random
from contextlib import closing

import duckdb
import pytest

from scoreline.engine.data import Dataset
from scoreline.engine.history import replay
from scoreline.engine.history.scripts import script
from scoreline.engine.instants import DAY, HOUR, Zone
from scoreline.engine.memory import remembers
from scoreline.engine.model import Model
from scoreline.engine.plan.pace import ALWAYS, pace
from scoreline.engine.plan.steps import LEVELS
from scoreline.engine.runners.script import Played, hold

from . import records
from .models import TYPES, model_of
from .test_parity import Dice
from .test_replay import with_versions


def check(model: Model, chances: random.Random, always: bool) -> int:
    """How many results were compared; raises AssertionError where they differ."""
    zone = Zone.named(model.timezone)
    people = records.population(records.crowd(chances), zone, TYPES)
    if chances.random() < 0.5:
        people = with_versions(people, chances)
    apart = chances.choice((DAY, 7 * DAY, 5 * HOUR + 1))
    instants = [chances.choice(records.INSTANTS) - apart * times for times in (4, 1, 0)]
    instants.sort()
    compared = 0
    data = Dataset.from_population(people, model.schema)
    with replay(model, data, instants) as replayed, duckdb.connect() as connection:
        titles = {level: {column.title for column in replayed.results[level]} for level in LEVELS}
        found = script(model, people, ALWAYS if always else pace(instants), titles)
        hold(found, connection, model.schema, people)
        with closing(Played(found, connection, instants, zone)) as played:
            for level in LEVELS:
                expected = replayed.connection.execute(f"SELECT * FROM {level}_history").fetchall()
                rows = [(at, *row.values()) for at, row in played.results(level)]
                assert sorted(rows, key=repr) == sorted(expected, key=repr), level
                at, id = (rows[-1][0], rows[-1][1]) if rows else (instants[0], "nobody")
                assert played.results(level, id=id, at=at) == [
                    (when, row) for when, row in played.results(level) if (when, row["id"]) == (at, id)
                ]
                compared += len(rows)
    data.connection.close()
    return compared


@pytest.mark.parametrize(("seed", "always"), [(3, True), (4, False), (6, False), (11, True)])
def test_a_script_of_any_rules_is_a_replay(seed: int, always: bool) -> None:
    """Rules that remember the days before are not written out."""
    chances = random.Random(seed)
    model = model_of(Dice(seed).ruleset(), chances.choice(records.ZONES))
    assert not remembers(model)
    assert check(model, chances, always)
