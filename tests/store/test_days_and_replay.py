"""Daily runs over a store and a replay of the same days keep the same: snapshots, moves and contributions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import scoreline
from scoreline.engine.data import Dataset
from scoreline.engine.history import replay
from scoreline.engine.instants import DAY, parse_wall
from scoreline.engine.ruleset import Ruleset
from scoreline.engine.runners import run
from scoreline.engine.scoring import open_data
from scoreline.engine.store import About, OfReplay, OfRun, append
from scoreline.engine.store.reading import reading

FIRST = parse_wall("2026-02-12") - 1


def contents(path: Path) -> dict[str, Any]:
    """All that a store says of snapshots, with names instead of numbers."""
    with reading(path, "0") as store:
        shots = [each.at for each in store.snapshots()]
        moves = "SELECT instant, m.level, id, was, now FROM store.moves AS m JOIN store.entities USING (entity)"
        return {
            "shots": shots,
            "results": {(level, at): store.results(level, at) for level in ("lead", "account") for at in shots},
            "lines": {at: store.contributions("account", at) for at in shots},
            "moves": sorted(map(repr, store.connection.execute(moves).fetchall())),
        }


def by_day(path: Path, rules: Ruleset, dataset: Dataset, instants: list[int]) -> None:
    for at in instants:
        with run(rules.model, dataset, at) as made:
            append(path, OfRun(made, dataset), About(rules.model, "0", 0, "days"))


def at_once(path: Path, rules: Ruleset, dataset: Dataset, instants: list[int]) -> None:
    with replay(rules.model, dataset, instants, contributions=True) as replayed:
        append(path, OfReplay(replayed, dataset), About(rules.model, "0", 0, "replay"))


def same(folder: Path, rules: Ruleset, dataset: Dataset, days: list[int], others: list[int]) -> None:
    """Some days one by one, in any order, others by a replay, against one replay of all."""
    for name in ("mixed.duckdb", "whole.duckdb"):
        (folder / name).unlink(missing_ok=True)
    by_day(folder / "mixed.duckdb", rules, dataset, [FIRST + day * DAY for day in days])
    if others:
        at_once(folder / "mixed.duckdb", rules, dataset, [FIRST + day * DAY for day in sorted(others)])
    every = [FIRST + day * DAY for day in sorted({*days, *others})]
    at_once(folder / "whole.duckdb", rules, dataset, every)
    assert contents(folder / "mixed.duckdb") == contents(folder / "whole.duckdb")


def test_days_and_a_replay_keep_the_same(starter: Path, tmp_path: Path) -> None:
    rules = scoreline.load(starter)
    same(tmp_path, rules, open_data(rules, starter / "data"), [16, 7], [0, 7])


@pytest.mark.soak
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.lists(st.integers(0, 18), min_size=1, max_size=5), others=st.sets(st.integers(0, 18), max_size=4))
def test_any_days_and_a_replay_keep_the_same(starter: Path, tmp_path: Path, days: list[int], others: set[int]) -> None:
    rules = scoreline.load(starter)
    same(tmp_path, rules, open_data(rules, starter / "data"), days, sorted(others))
