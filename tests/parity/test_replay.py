"""A replay gives at each of its instants what a run gives there, to the last digit."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

import pytest

from scoreline.engine.data import Dataset
from scoreline.engine.history import Replayed, replay
from scoreline.engine.instants import DAY, HOUR, Zone
from scoreline.engine.model import Model
from scoreline.engine.plan.compile import Physical
from scoreline.engine.plan.steps import LEVELS
from scoreline.engine.records import Account, Contact, Event, Population
from scoreline.engine.runners import run
from scoreline.engine.runners.embedded import Run
from scoreline.engine.sql.statements import text

from . import records
from .models import TYPES, model_of
from .test_many_lines import rules
from .test_parity import PLANS, Dice

Record = TypeVar("Record", Account, Contact)
Rows = dict[str, list[tuple[object, ...]]]


def rows_of_run(made: Run) -> Rows:
    found = {
        level: made.connection.execute(
            text(made.entities(level, [column.title for column in made.plan.results[level]]))
        ).fetchall()
        for level in LEVELS
    }
    return (
        {**found, "entries": made.connection.execute(text(made.entries())).fetchall()}
        if made.has_contributions
        else found
    )


def rows_at(replayed: Replayed, at: int) -> Rows:
    found = {
        level: replayed.connection.execute(
            f'SELECT * EXCLUDE ("at") FROM {level}_history WHERE "at" = ? ORDER BY id', [at]
        ).fetchall()
        for level in LEVELS
    }
    if not replayed.has_contributions:
        return found
    entries = 'SELECT * EXCLUDE ("at") FROM contribution_history WHERE "at" = ?'
    return {**found, "entries": replayed.connection.execute(entries, [at]).fetchall()}


def with_versions(people: Population, chances: random.Random) -> Population:
    """The same people, some of whom became somebody else at some time."""

    def versions(given: Sequence[Record]) -> list[Record]:
        others = [replace(chances.choice(given), id=one.id, valid_from=instant()) for one in given]
        return [*given, *(other for other in others if chances.random() < 0.4)]

    def instant() -> int:
        return chances.choice(records.INSTANTS) - chances.randrange(9) * DAY

    return replace(people, accounts=versions(people.accounts), contacts=versions(people.contacts))


WAYS: tuple[Physical, ...] = (*PLANS, "in spells")
"""The ways to count, each of them forced; what is followed from one instant to the next has no account of its lines."""
THREE, FIVE = (4, 1, 0), (6, 4, 3, 1, 0)
"""How long ago the instants are, each so many times some length."""


def check(model: Model, chances: random.Random, physical: Physical, ago: Sequence[int] = THREE) -> int:
    """How many results were compared; raises AssertionError where they differ."""
    people = records.population(records.crowd(chances), Zone.named(model.timezone), TYPES)
    if chances.random() < 0.5:
        people = with_versions(people, chances)
    data = Dataset.from_population(people, model.schema)
    last = chances.choice(records.INSTANTS)
    apart = chances.choice((DAY, 7 * DAY, 5 * HOUR + 1))
    instants = [last - apart * times for times in ago]
    assert all(before < after for before, after in pairwise(instants))
    compared, entries = 0, physical != "in spells"
    with replay(model, data, instants, contributions=entries, physical=physical) as replayed:
        for at in instants:
            with run(model, data, at, contributions=entries, physical=physical) as made:
                expected, found = rows_of_run(made), rows_at(replayed, at)
            for part, rows in expected.items():
                assert sorted(found[part], key=repr) == sorted(rows, key=repr), (part, at)
                compared += len(rows)
    data.connection.close()
    return compared


@pytest.mark.parametrize(("seed", "physical"), list(zip((0, 10, 2), WAYS, strict=True)))
def test_a_replay_of_any_rules_is_its_runs(seed: int, physical: Physical) -> None:
    chances = random.Random(seed)
    check(model_of(Dice(seed).ruleset(), chances.choice(records.ZONES)), chances, physical)


@pytest.mark.parametrize("seed", range(1))
def test_a_replay_of_many_lines_is_its_runs(seed: int) -> None:
    chances = random.Random(seed)
    assert check(model_of(rules(chances, 25), chances.choice(records.ZONES)), chances, "by kind") > 100


@pytest.mark.parametrize("rule", ["always => +5", "always => +5\n    contact.score > 0 => +contact.score"])
def test_points_that_no_event_decides_are_those_of_who_is_there(rule: str) -> None:
    """Without versions they are worked out once, for all who are ever there; bob is there from his only event on."""
    events = [Event("e1", "view", 0, "ann"), Event("e2", "view", 2 * DAY, "bob", "acme")]
    people = Population((), [Contact("ann", None, {"score": 3.0})], events)
    model = model_of(f"score s for lead:\n    {rule}\nscore t for account:\n    always => +1\n", "UTC")
    data = Dataset.from_population(people, model.schema)
    with replay(model, data, [DAY, 3 * DAY], contributions=True) as replayed:
        for at in replayed.instants:
            with run(model, data, at) as made:
                assert sorted(rows_at(replayed, at)["entries"], key=repr) == sorted(
                    rows_of_run(made)["entries"], key=repr
                )


def test_kinds_that_an_instant_decides_are_told_apart_at_each() -> None:
    """Whether a talk is in the second selection depends on its age: neither kinds nor reach can be told ahead."""
    lately = "(view or talk within 3 days) within 1 year => +1"
    model = model_of(f"score s for lead:\n    each intent => +3\n    {lately}\n", "UTC")
    events = [Event("e1", "intent", 0, "ann"), Event("e2", "talk", DAY, "ann")]
    data = Dataset.from_population(Population((), [Contact("ann")], events), model.schema)
    with replay(model, data, [2 * DAY, 9 * DAY], physical="by kind") as replayed:
        found = replayed.connection.execute('SELECT s FROM lead_history ORDER BY "at"').fetchall()
    assert found == [(40_000,), (30_000,)]


@pytest.mark.soak
def test_replays_are_their_runs_for_long(capsys: pytest.CaptureFixture[str]) -> None:
    compared = 0
    for seed in range(300):
        chances = random.Random(seed)
        try:
            many = seed % 3 == 0
            written = rules(chances, chances.choice((8, 25))) if many else Dice(seed).ruleset()
            compared += check(model_of(written, chances.choice(records.ZONES)), chances, WAYS[seed % len(WAYS)], FIVE)
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
    with capsys.disabled():
        print(f"\n{compared} rows of 300 rulesets compared, each at five instants")
