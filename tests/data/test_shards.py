"""The same bytes, however many threads there are, in whatever files the records lie, and in whatever order."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars
import pytest

import scoreline
from scoreline.engine.data import read
from scoreline.engine.frames import Results
from scoreline.engine.kept import results_of_run
from scoreline.engine.narrowing import narrowed
from scoreline.engine.runners import run

from .folders import lines

RULES = {
    "ruleset.yaml": """
scoreline: 1
name: shards
version: 1.0.0
files: [all.rules]
schema:
  contact: {role: text}
  account: {region: text}
  events: {visit: {page: text, seconds: number}, call: {minutes: number}}
""",
    "all.rules": """
score engagement for lead:
    newest: newest(seconds of visit) > 50 => +0.1
    some: each visit at most 3 per day => +0.7 halves every 7 days
    pages: distinct(page of visit) > 2 => +0.3
    long: sum(minutes of call) > 10 => +1.1
score reach for account:
    everyone: always => +0.3 * sum(engagement of leads)
    calls: each call => +0.1 max 5
""",
}
Records = list[dict[str, object]]


def data(chances: random.Random) -> dict[str, Records]:
    """Half of the ids stand in two events; of some of these only the whole decides which counts."""
    events: Records = []
    for number in range(400):
        day, minute = chances.randint(1, 28), chances.randint(0, 3)
        event: dict[str, object] = {"id": f"e{number % 300}", "type": chances.choice(["visit", "call", "other"])}
        event |= {"timestamp": f"2026-02-{day:02}T10:{minute:02}:00Z", "contact_id": f"c{chances.randint(0, 20)}"}
        event |= {"page": chances.choice(["a", " B", "b", None]), "seconds": chances.choice([1.5, 60.25, None])}
        events.append({**event, "minutes": chances.choice([0.1, 7.0, None])})
    contacts: Records = [{"id": f"c{n}", "account_id": f"a{n % 4}", "role": "x"} for n in range(15)]
    return {"accounts": [{"id": f"a{n}", "region": "EMEA"} for n in range(3)], "contacts": contacts, "events": events}


def written(folder: Path, records: dict[str, Records], form: str, shards: int, chances: random.Random) -> Path:
    """The records shuffled, in so many files, whose names say nothing of what is in them."""
    for kind, all_of_kind in records.items():
        (folder / kind).mkdir(parents=True)
        mixed = chances.sample(all_of_kind, len(all_of_kind))
        for shard in range(min(shards, len(mixed))):
            some = mixed[shard::shards]
            file = folder / kind / f"{chances.randint(0, 10**6):06}.{form}"
            if form == "parquet":
                polars.DataFrame(some, infer_schema_length=None).write_parquet(file)
            else:
                file.write_text(lines(*some))
    return folder


def scored(rules: scoreline.Ruleset, folder: Path, threads: int) -> Results:
    connection = duckdb.connect(config={"threads": threads})
    dataset = read(folder, rules.model.schema, only=narrowed(rules.model), connection=connection)
    as_of = dataset.newest_event()
    assert as_of is not None
    return results_of_run(rules.model, run(rules.model, dataset, as_of))


def shown(results: Results) -> Sequence[object]:
    return [
        results.counts,
        *(repr(list(table.rows)) for table in (results.leads, results.accounts, results.contributions)),
    ]


@pytest.mark.parametrize("unique", [True, False])
def test_the_same_bytes(tmp_path: Path, unique: bool) -> None:
    (tmp_path / "rules").mkdir()
    for name, text in RULES.items():
        (tmp_path / "rules" / name).write_text(text)
    rules = scoreline.load(tmp_path / "rules")
    records = data(random.Random(5))
    if unique:
        records["events"] = list({event["id"]: event for event in records["events"]}.values())
    expected = None
    ways = [("ndjson", 1, 1), ("ndjson", 3, 2), ("parquet", 1, 2), ("parquet", 4, 1)]
    for number, (form, shards, threads) in enumerate(ways):
        folder = written(tmp_path / str(number), records, form, shards, random.Random(number))
        found = shown(scored(rules, folder, threads))
        expected = expected or found
        assert found == expected, (form, shards, threads)
    assert "'c1'" in str(expected) and "some" in str(expected)
