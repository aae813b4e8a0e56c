"""A replay that lets its results go past, portion by portion, is the same replay, and holds no more for more days."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
import pytest

from scoreline.engine.data import Dataset
from scoreline.engine.history import Replayed, replay, replay_in_portions
from scoreline.engine.history.calendar import Every
from scoreline.engine.history.files import ReplayFiles
from scoreline.engine.history.moves import StageMoves
from scoreline.engine.history.on_disk import OnDisk
from scoreline.engine.history.replayed import histories
from scoreline.engine.ruleset import Ruleset
from scoreline.engine.runners import across
from scoreline.engine.scoring import open_data

from .test_moves import BERLIN, FIRST, LAST, LEVELS, crowd, rules

__all__ = ["rules"]

AT = Every().instants(FIRST, LAST, BERLIN)
PEOPLE = 60
"""About as many as the contacts and events of a crowd: a budget of so many is one instant."""


@pytest.fixture
def data(rules: Ruleset) -> Iterator[Dataset]:
    found = open_data(rules, crowd(random.Random(3)))
    yield found
    found.connection.close()


@contextmanager
def at_once(instants: int) -> Iterator[None]:
    """About so many instants are worked on at once."""
    with patch.object(across, "BUDGET", instants * PEOPLE):
        yield


def rows(replayed: Replayed, name: str) -> list[tuple[Any, ...]]:
    return sorted(replayed.connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr)


def portions(
    rules: Ruleset, data: Dataset, take: Callable[[Replayed], None], contributions: bool = True
) -> list[tuple[int, ...]]:
    """The instants of each portion."""
    seen: list[tuple[int, ...]] = []

    def taking(replayed: Replayed) -> None:
        seen.append(replayed.instants)
        take(replayed)

    replay_in_portions(rules.model, data, AT, taking, contributions)
    return seen


@pytest.mark.parametrize("contributions", [False, True])
def test_the_portions_are_the_whole(rules: Ruleset, data: Dataset, contributions: bool) -> None:
    found: dict[str, list[tuple[Any, ...]]] = {}
    stages = {level: StageMoves(level) for level in LEVELS}

    def take(replayed: Replayed) -> None:
        for name in histories(replayed.results, replayed.has_contributions):
            found.setdefault(name, []).extend(rows(replayed, name))
        for each in stages.values():
            each.add(replayed)

    with at_once(1):
        seen = portions(rules, data, take, contributions)
    assert [each for some in seen for each in some] == AT
    assert len(seen) > len(AT) / 3
    with replay(rules.model, data, AT, contributions) as whole:
        assert {name: sorted(each, key=repr) for name, each in found.items()} == {
            name: rows(whole, name) for name in histories(whole.results, contributions)
        }
        for level, each in stages.items():
            at_once_told = StageMoves(level)
            at_once_told.add(whole)
            assert (each.moves, each.counts) == (at_once_told.moves, at_once_told.counts)
            assert each.moves


def test_nothing_stays_of_a_portion(rules: Ruleset, data: Dataset) -> None:
    """The engine has the same tables at each portion, and in these no more than is of its own instants."""
    held: list[dict[str, int]] = []
    stages = StageMoves("lead")

    def take(replayed: Replayed) -> None:
        stages.add(replayed)
        names = replayed.connection.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()
        sizes = {
            name: replayed.connection.execute(f'SELECT count(*) FROM "{name}"').fetchall()[0][0] for (name,) in names
        }
        held.append(sizes)
        for name in histories(replayed.results, replayed.has_contributions):
            at = replayed.connection.execute(f'SELECT DISTINCT "at" FROM {name}').fetchall()
            assert {each for (each,) in at} <= {*replayed.instants}

    with at_once(1):
        seen = portions(rules, data, take)
    assert len(seen) > 3
    assert all(each.keys() == held[0].keys() for each in held)
    known = "SELECT id FROM contacts UNION SELECT contact_id FROM events WHERE contact_id IS NOT NULL"
    leads = len(data.connection.execute(known).fetchall())
    for instants, sizes in zip(seen, held, strict=True):
        assert sizes["lead_results"] <= leads * len(instants)


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_files_grow_portion_by_portion(rules: Ruleset, data: Dataset, tmp_path: Path, form: Any) -> None:
    for folder, budget in (("small", 1), ("large [1]", 100)):
        with at_once(budget), ReplayFiles(tmp_path / folder, rules.model, form, True) as files:
            seen = portions(rules, data, files.add)
            files.complete()
            files.finish([], {})
        assert (len(seen) > 1) == (folder == "small")
        left = {path.name for path in (tmp_path / folder).iterdir()}
        assert left == {*(f"{name}.{form}" for name in ("leads", "accounts", "contributions")), "replay.json"}
    for name in ("leads", "accounts", "contributions"):
        small, large = (read(tmp_path / folder / f"{name}.{form}") for folder in ("small", "large [1]"))
        assert small == large
        if name != "contributions":
            assert small == sorted(small)
            assert len({at for at, *_ in small}) == len(AT)


def read(path: Path) -> list[tuple[str, ...]]:
    """The rows as texts, in their order."""
    with duckdb.connect() as connection:
        reader = "read_parquet" if path.suffix == ".parquet" else "read_csv"
        return connection.execute(f"SELECT COLUMNS(*)::TEXT FROM {reader}('{path}')").fetchall()


def test_files_of_what_breaks_off_are_not_there(rules: Ruleset, data: Dataset, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), ReplayFiles(tmp_path / "out", rules.model, "parquet", False) as files:

        def take(replayed: Replayed) -> None:
            files.add(replayed)
            raise RuntimeError

        portions(rules, data, take)
    assert not (tmp_path / "out").exists()


def test_what_lies_on_the_disk_is_read_as_a_replay(rules: Ruleset, data: Dataset, tmp_path: Path) -> None:
    kept = OnDisk(tmp_path, rules.model)
    with at_once(2):
        portions(rules, data, kept.add)
    with kept.replayed(data.connection) as found, replay(rules.model, data, AT, True) as whole:
        assert found.instants == whole.instants
        for name in histories(whole.results, True):
            assert rows(found, name) == rows(whole, name)
