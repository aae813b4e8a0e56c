"""`stage_since` and `stages_reached`: the days worked out by hand, on both engines, and the same in every format."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

import scoreline
from scoreline.engine import writers
from scoreline.engine.data import Dataset
from scoreline.engine.interpreter import interpret
from scoreline.engine.model import Model
from scoreline.engine.records import Contact, Population
from scoreline.engine.results import EntityResult
from scoreline.engine.runners import run

from .both import MANIFEST, written
from .test_memory import data, event, micros, visits

LADDER = """\
stages for lead:
    cool: visit within 10 days
    warm: visit at least 2 times within 3 days
    hot: demo within 5 days
"""


def found(model: Model, people: Population, at: int) -> dict[str, EntityResult]:
    """Leads and accounts with their history, as both engines tell it."""
    told = interpret(model, people, at, history=True)
    dataset = Dataset.from_population(people, model.schema)
    with run(model, dataset, at, history=True) as made:
        outcome = made.outcome()
    assert (outcome.leads, outcome.accounts) == (told.leads, told.accounts)
    return {each.id: each for each in (*told.leads, *told.accounts)}


@pytest.fixture
def model(tmp_path: Path) -> Model:
    return scoreline.load(written(tmp_path, LADDER)).model


def end(day: str) -> int:
    return micros(f"{day}T23:59:59.999999")


def test_since_when_and_what_was_reached(model: Model) -> None:
    """Visits on the 1st, and on the 4th and 5th: warm on the 5th and 6th, then cool again."""
    people = data(*visits("03-01", "03-04", "03-05"))
    on_6th, on_8th = (found(model, people, end(day))["ann"] for day in ("03-06", "03-08"))
    assert (on_6th.stage, on_6th.stage_since) == ("warm", end("03-05"))
    assert (on_8th.stage, on_8th.stage_since) == ("cool", end("03-07"))
    assert on_8th.stages_reached == {"cool": end("03-01"), "warm": end("03-05")}


def test_what_began_today_began_at_the_instant(model: Model) -> None:
    at = micros("03-04T18:00")
    ann = found(model, data(*visits("03-03", "03-04"), event("demo", "03-04")), at)["ann"]
    assert (ann.stage, ann.stage_since) == ("hot", at)
    assert ann.stages_reached == {"cool": end("03-03"), "warm": at, "hot": at}


def test_without_a_stage_there_is_no_since_but_what_was_reached(model: Model) -> None:
    ann = found(model, data(*visits("03-01")), end("03-20"))["ann"]
    assert (ann.stage, ann.stage_since, ann.stages_reached) == (None, None, {"cool": end("03-01")})


def test_what_came_and_went_within_a_day_was_never_reached(tmp_path: Path) -> None:
    rules = "stages for lead:\n    cool: visit\n    hot: visit and not demo\n"
    model = scoreline.load(written(tmp_path, rules)).model
    people = data(*visits("03-01T10:00"), event("demo", "03-01T11:00"))
    assert found(model, people, micros("03-01T10:30"))["ann"].stages_reached.keys() == {"cool", "hot"}
    assert found(model, people, end("03-02"))["ann"].stages_reached.keys() == {"cool"}


def test_who_is_left_out_for_a_day_begins_anew(tmp_path: Path) -> None:
    """Ann is `out` on the 3rd and 4th: she is not there, and what she had reached is forgotten."""
    rules = f"ignore contact where contact.out\n{LADDER}"
    model = scoreline.load(written(tmp_path, rules)).model
    fields = ((None, False), ("03-03T00:00", True), ("03-05T00:00", False))
    versions = [Contact("ann", "acme", {"out": out}, None if since is None else micros(since)) for since, out in fields]
    people = data(*visits("03-01", "03-02"), contacts=versions)
    on_6th = found(model, people, end("03-06"))["ann"]
    assert (on_6th.stage, on_6th.stage_since, on_6th.stages_reached) == ("cool", end("03-05"), {"cool": end("03-05")})


def test_who_is_disqualified_is_so_since_then_and_reaches_nothing(tmp_path: Path) -> None:
    model = scoreline.load(written(tmp_path, f"score s for lead:\n    demo => disqualify 'gone'\n{LADDER}")).model
    ann = found(model, data(*visits("03-01"), event("demo", "03-03")), end("03-05"))["ann"]
    assert (ann.stage, ann.stage_since) == ("disqualified", end("03-03"))
    assert ann.stages_reached == {"cool": end("03-01")}


def test_days_end_where_the_clock_changes(tmp_path: Path) -> None:
    """In Berlin the 29th has 23 hours, and from then on days end at 22 h UTC."""
    manifest = MANIFEST.replace("name: test\n", "name: test\ntimezone: Europe/Berlin\n")
    model = scoreline.load(written(tmp_path, LADDER, manifest)).model
    people = data(*visits("03-28", "03-29"))
    ann = found(model, people, micros("03-30T21:00"))["ann"]
    assert ann.stages_reached == {"cool": micros("03-28T22:59:59.999999"), "warm": micros("03-29T21:59:59.999999")}


def test_each_format_has_it(tmp_path: Path) -> None:
    rules = scoreline.load(written(tmp_path, LADDER))
    case = Dataset.from_population(data(*visits("03-01", "03-04", "03-05")), rules.model.schema)
    results = rules.score(case, as_of="2026-03-06", history=True)
    out = StringIO()
    writers.write_csv(results.leads, out)
    (row,) = csv.DictReader(StringIO(out.getvalue()))
    (lead,) = writers.document(results)["leads"]
    assert lead["stage_since"] == row["stage_since"] == "2026-03-05T23:59:59.999999Z"
    assert lead["stages_reached"] == {"cool": row["stages_reached.cool"], "warm": row["stages_reached.warm"]}
    assert row["stages_reached.hot"] == ""
    writers.write_folder(results, tmp_path / "out", "parquet")
    stored = parquet.read_table(tmp_path / "out" / "leads.parquet").to_pylist()[0]
    assert stored["stage_since"].isoformat() == "2026-03-05T23:59:59.999999+00:00"
    assert stored["stages_reached.hot"] is None
    without_stages = parquet.read_schema(tmp_path / "out" / "accounts.parquet").field("stage_since")
    assert str(without_stages.type) == "timestamp[us, tz=UTC]"
    (account,) = writers.document(results)["accounts"]
    assert (account["stage_since"], account["stages_reached"]) == (None, {})
    assert "stage_since" not in json.dumps(writers.document(rules.score(case, as_of="2026-03-06")))


def test_both_engines_give_the_same_frames(tmp_path: Path) -> None:
    rules = scoreline.load(written(tmp_path, LADDER))
    case = data(*visits("03-01", "03-04", "03-05"))
    tables = [rules.score(case, as_of="2026-03-06", history=True, engine=each).leads for each in ENGINES]
    assert list(tables[0]) == list(tables[1])
    assert [column.kind for column in tables[0].columns[-4:]] == ["timestamp"] * 4


ENGINES: Any = ("duckdb", "interpreter")
