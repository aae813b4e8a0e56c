"""Whatever is kept, in whatever order: each snapshot is read back as it was, and moves are those between neighbours."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scoreline
from scoreline.engine.store import About, Appended, append
from scoreline.engine.store.reading import Store, reading
from scoreline.grammar.nodes import Level

from .made_up import RESULTS, MadeUp, Shot

MODEL = scoreline.load("starter").model
ABOUT = About(MODEL, "0", 7, "here")
STAGES = st.sampled_from([None, "MEA", "MQA"])

leads = st.dictionaries(
    st.sampled_from("abc"), st.tuples(st.sampled_from([None, "x"]), st.integers(0, 2), STAGES), max_size=3
)
accounts = st.dictionaries(
    st.sampled_from("xyz"), st.tuples(st.integers(0, 2), st.sampled_from([None, 0.5]), STAGES), max_size=3
)
entries = st.dictionaries(
    st.tuples(st.sampled_from("xyz"), st.sampled_from("pq")), st.integers(1, 3).map(lambda n: (n,)), max_size=3
)


def rows(found: Mapping[Any, tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [(*(key if isinstance(key, tuple) else (key,)), *value) for key, value in sorted(found.items())]


@st.composite
def shots(draw: st.DrawFn) -> list[list[Shot]]:
    """Sources of one or more shots each; later ones may fall before, between and on earlier ones."""
    made = []
    for _ in range(draw(st.integers(1, 4))):
        instants = sorted(draw(st.sets(st.integers(-2, 6), min_size=1, max_size=3)))
        mine = [Shot(at, rows(draw(leads)), rows(draw(accounts)), rows(draw(entries))) for at in instants]
        made.append([Shot(each.at, each.leads, each.accounts, with_owner(each)) for each in mine])
    return made


def with_owner(shot: Shot) -> list[tuple[Any, ...]]:
    """Only those who are there have points."""
    there = {row[0] for row in shot.accounts}
    return [tuple(row) for row in shot.entries if row[0] in there]


@settings(max_examples=2, deadline=None)
@given(shots())
def test_each_snapshot_is_read_back_as_it_was(sources: list[list[Shot]]) -> None:
    check(sources)


@pytest.mark.soak
@settings(max_examples=200, deadline=None)
@given(shots())
def test_many_snapshots_are_read_back_as_they_were(sources: list[list[Shot]]) -> None:
    check(sources)


def check(sources: list[list[Shot]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.duckdb"
        known: dict[int, Shot] = {}
        for source in sources:
            done = append(path, MadeUp(source), ABOUT)
            assert [each.at for each in done] == [shot.at for shot in source]
            for each, shot in zip(done, source, strict=True):
                assert each.what == expected(known.get(shot.at), shot), each
                known[shot.at] = shot
        with reading(path, "0") as store:
            assert [each.at for each in store.snapshots()] == sorted(known)
            for shot in known.values():
                assert kept(store, "lead", shot.at) == list(shot.leads)
                assert kept(store, "account", shot.at) == list(shot.accounts)
                assert lines(store, shot.at) == sorted(shot.entries)
            assert moves(store) == wanted_moves([known[at] for at in sorted(known)])
            newest = max(known)
            for level in ("lead", "account"):
                now = store.connection.execute(f"SELECT count(*) FROM store.{level}_now").fetchall()[0][0]
                assert now == len(kept(store, level, newest))
        again = append(path, MadeUp([known[at] for at in sorted(known)]), ABOUT)
        assert {each.what for each in again} == {"same"}


def expected(before: Shot | None, now: Shot) -> str:
    if before is None:
        return "new"
    same = (before.leads, before.accounts, sorted(before.entries)) == (now.leads, now.accounts, sorted(now.entries))
    return "same" if same else "again"


def kept(store: Store, level: Level, at: int) -> list[tuple[Any, ...]]:
    titles = [each.title for each in RESULTS[level]]
    return [tuple(row[title] for title in titles) for row in store.results(level, at)]


def lines(store: Store, at: int) -> list[tuple[Any, ...]]:
    return [(each["id"], each["line"], each["points"]) for each in store.contributions("account", at)]


def moves(store: Store) -> list[tuple[Any, ...]]:
    query = """
    SELECT instant, m.level, id, was, now FROM store.moves AS m JOIN store.entities AS e USING (entity)
    ORDER BY instant, m.level, id
    """
    return store.connection.execute(query).fetchall()


def wanted_moves(shots: list[Shot]) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for old, new in pairwise(shots):
        for level, before, after in (("account", old.accounts, new.accounts), ("lead", old.leads, new.leads)):
            was, now = ({row[0]: row[-1] for row in side} for side in (before, after))
            for id_ in sorted({*was, *now}):
                if was.get(id_) != now.get(id_):
                    found.append((new.at, level, id_, was.get(id_), now.get(id_)))
    return found


def test_what_is_told_of_each(tmp_path: Path) -> None:
    first = Shot(1, [("a", "x", 10, None)], [("x", 5, 1.0, "MEA")], [("x", "p", 5)])
    second = Shot(2, [("a", "x", 10, None), ("b", None, 3, None)], [("x", 7, 1.0, "MQA")], [("x", "p", 7)])
    path = tmp_path / "s.duckdb"
    assert append(path, MadeUp([first, second]), ABOUT) == [
        Appended(1, "new", None, 1, 1, 0),
        Appended(2, "new", 1, 1, 1, 1),
    ]
    assert append(path, MadeUp([second]), ABOUT) == [Appended(2, "same", 1, 0, 0, 0)]
    better = Shot(2, second.leads, [("x", 8, 1.0, "MEA")], [("x", "p", 8)])
    assert append(path, MadeUp([better]), ABOUT) == [Appended(2, "again", 1, 1, 1, 0)]
    with reading(path, "0") as store:
        runs = store.connection.execute("SELECT run, instant, what, made_at, source FROM store.runs ORDER BY run")
        assert runs.fetchall() == [
            (1, 1, "new", 7, "here"),
            (2, 2, "new", 7, "here"),
            (3, 2, "again", 7, "here"),
        ]
