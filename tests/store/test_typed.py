"""Events that a store knows: whatever becomes of the files, results are those of a run that reads everything."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scoreline
from scoreline.engine.data import Dataset, DoNotFit
from scoreline.engine.ready import ready
from scoreline.engine.results import Outcome
from scoreline.engine.runners.embedded import Run, run_plan
from scoreline.engine.scoring import open_data
from scoreline.engine.store import About, OfRun, append
from scoreline.engine.store.typed import Typing, keep_events, known_events

pytestmark = pytest.mark.usefixtures("shared_cache")

RULES = scoreline.load("starter")
AT = 1_772_366_400_000_000
ABOUT = About(RULES.model, "0", AT, "test")
CONTACTS = "id,account_id,title\nann,acme,CTO\nben,birch,intern\n"
ACCOUNTS = "id,industry,employees\nacme,software,500\nbirch,retail,20\n"


def folder_of(place: Path) -> Path:
    folder = place / "data"
    (folder / "events").mkdir(parents=True)
    (folder / "contacts.csv").write_text(CONTACTS)
    (folder / "accounts.csv").write_text(ACCOUNTS)
    return folder


def event(number: int, kind: str = "page_view", who: str = "ann", page: str = "pricing") -> dict[str, object]:
    when = f"2026-02-{number % 27 + 1:02d}T09:00Z"
    return {"id": f"e{number}", "type": kind, "timestamp": when, "contact_id": who, "page": page}


def write(folder: Path, name: str, events: list[dict[str, object]]) -> None:
    (folder / "events" / name).write_text("".join(json.dumps(each) + "\n" for each in events))


def daily(folder: Path, store: Path) -> tuple[Outcome, int]:
    """A run over a store that keeps events: its results, and how many events it read from files."""
    typing = Typing.of(RULES, folder, "0")
    assert typing is not None
    connection = duckdb.connect()
    try:
        with known_events(connection, store, typing, "0") as known:
            dataset = open_data(RULES, folder, only_read=True, max_rejected=1, connection=connection, known=known)
            made = run(dataset)
            outcome = made.outcome()
    except DoNotFit:
        dataset = open_data(RULES, folder, only_read=True, max_rejected=1)
        made = run(dataset)
        outcome = made.outcome()
    append(store, OfRun(made), ABOUT, (), [lambda cursor: keep_events(cursor, dataset, typing, AT)])
    made.close()
    assert dataset.events_read is not None
    return outcome, sum(dataset.events_read.by_type.values())


def in_full(folder: Path) -> Outcome:
    dataset = open_data(RULES, folder, only_read=True, max_rejected=1)
    with run(dataset) as made:
        return made.outcome()


def run(dataset: Dataset) -> Run:
    """The rules are planned once for all runs, as for commands."""
    found = ready(RULES.model, dataset.connection, contributions=True)
    return run_plan(found.plan, dataset, AT, steps=found.steps)


def test_only_new_files_are_read(tmp_path: Path) -> None:
    folder, store = folder_of(tmp_path), tmp_path / "s.duckdb"
    write(folder, "1.ndjson", [event(1), event(2)])
    expected = in_full(folder)
    assert daily(folder, store) == (expected, 2)
    assert daily(folder, store) == (expected, 0)
    (folder / "events" / "2.csv").write_text(
        "id,type,timestamp,contact_id,page\ne3,page_view,2026-02-27T09:00Z,ben,x\n"
    )
    expected = in_full(folder)
    assert daily(folder, store) == (expected, 1)
    assert daily(folder, store) == (expected, 0)


def test_a_file_that_has_changed_is_read_again(tmp_path: Path) -> None:
    folder, store = folder_of(tmp_path), tmp_path / "s.duckdb"
    write(folder, "1.ndjson", [event(1)])
    write(folder, "2.ndjson", [event(2)])
    daily(folder, store)
    write(folder, "2.ndjson", [event(3)])
    os.utime(folder / "events" / "2.ndjson", ns=(1, 1))
    expected = in_full(folder)
    assert daily(folder, store) == (expected, 2)  # both were read together
    os.utime(folder / "events" / "2.ndjson")  # the same contents
    assert daily(folder, store) == (expected, 0)


def test_an_id_that_was_known_makes_everything_be_read(tmp_path: Path) -> None:
    folder, store = folder_of(tmp_path), tmp_path / "s.duckdb"
    write(folder, "1.ndjson", [event(1), event(2)])
    daily(folder, store)
    write(folder, "2.ndjson", [{**event(1), "timestamp": "2026-02-01T08:00Z"}])
    outcome, read = daily(folder, store)
    assert (outcome, read) == (in_full(folder), 3) and outcome.counts.duplicates == 1


def test_other_rules_that_read_other_properties_read_everything(tmp_path: Path) -> None:
    folder, store = folder_of(tmp_path), tmp_path / "s.duckdb"
    write(folder, "1.ndjson", [event(1)])
    daily(folder, store)
    typing = Typing.of(RULES, folder, "0.2")
    assert typing is not None
    with duckdb.connect() as connection, known_events(connection, store, typing, "0") as known:
        assert known is None


events = st.builds(
    event,
    st.integers(1, 12),
    st.sampled_from(["page_view", "webinar", "of no type"]),
    st.sampled_from(["ann", "ben", "eve"]),
    st.sampled_from(["pricing", "docs"]),
)
broken = st.just({"id": "x", "type": "page_view"})
files = st.sampled_from(["1.ndjson", "2.ndjson", "3.jsonl"])
changes = st.lists(
    st.tuples(files, st.one_of(st.none(), st.lists(st.one_of(events, events, events, broken), max_size=4))), max_size=5
)


@pytest.mark.soak
@settings(max_examples=150, deadline=None)
@given(changes)
def test_results_are_those_of_a_full_run(steps: list[tuple[str, list[dict[str, object]] | None]]) -> None:
    check(steps)


def check(steps: list[tuple[str, list[dict[str, object]] | None]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder, store = folder_of(Path(place)), Path(place) / "s.duckdb"
        write(folder, "0.ndjson", [event(20), event(21)])
        for name, content in [("0.ndjson", [event(20), event(21)]), *steps]:
            if content is None:
                (folder / "events" / name).unlink(missing_ok=True)
            else:
                write(folder, name, content)
            outcome, _ = daily(folder, store)
            assert outcome == in_full(folder)
