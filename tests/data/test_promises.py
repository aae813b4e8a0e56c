"""`unique: true`: a run believes that no two records have one id; whoever asks finds out whether that is so."""

from __future__ import annotations

from pathlib import Path

import polars
import pytest
from click.testing import CliRunner

from scoreline.cli.main import app
from scoreline.engine.data import read

from .folders import VISITS, folder, lines, sources, visit

PROMISE = "events: {unique: true}"
EVENTS = [visit("b"), visit("a"), visit("b"), visit("c", seconds="long"), visit("a"), visit("b", page="other")]


def written(path: Path, form: str) -> Path:
    if form == "parquet":
        path.mkdir()
        polars.DataFrame([{**event, "seconds": None} for event in EVENTS]).write_parquet(path / "events.parquet")
        return path
    return folder(path, {"events.ndjson": lines(*EVENTS)})


@pytest.mark.parametrize("form", ["ndjson", "parquet"])
def test_a_promise_is_believed(tmp_path: Path, form: str) -> None:
    dataset = read(written(tmp_path / "d", form), VISITS, sources(PROMISE))
    assert (dataset.counts.duplicates, len(dataset.population().events)) == (0, 6)
    assert "D111" not in [finding.code for finding in dataset.findings]


@pytest.mark.parametrize("form", ["ndjson", "parquet"])
def test_a_broken_promise_is_found_with_ids_and_places(tmp_path: Path, form: str) -> None:
    dataset = read(written(tmp_path / "d", form), VISITS, sources(PROMISE), check_promises=True)
    assert (dataset.counts.duplicates, len(dataset.population().events)) == (3, 3)
    finding = next(finding for finding in dataset.findings if finding.code == "D111")
    assert finding.message == "2 ids stand in several events, such as `a`, and `unique: true` promises that none does"
    assert (finding.span.path, finding.span.line) == (f"events.{form}", 5)
    places = [(place.span.path, place.span.line, place.message) for place in finding.related]
    file = f"events.{form}"
    assert places == [
        (file, 2, "`a`"),
        (file, 1, "`b`"),
        (file, 3, "`b`"),
        ("ruleset.yaml", 1, "promised here"),
    ]


@pytest.mark.parametrize("events", [[visit("a"), visit("b")], []])
def test_a_promise_that_is_kept_is_no_finding(events: list[dict[str, object]]) -> None:
    dataset = read({"events": events}, VISITS, sources(PROMISE), check_promises=True)
    assert [finding.code for finding in dataset.findings if finding.is_error] == []


def test_no_promise_cannot_be_broken(tmp_path: Path) -> None:
    dataset = read(written(tmp_path / "d", "ndjson"), VISITS, check_promises=True)
    assert "D111" not in [finding.code for finding in dataset.findings]


def test_one_source_cannot_promise_for_another(tmp_path: Path) -> None:
    files = {"one.ndjson": lines(visit("a")), "two.ndjson": lines(visit("a"))}
    found = sources("events: [{files: one.ndjson, unique: true}, {files: two.ndjson}]")
    assert read(folder(tmp_path, files), VISITS, found).counts.duplicates == 1


def test_validate_looks_and_run_does_not(tmp_path: Path) -> None:
    rules = {
        "ruleset.yaml": "scoreline: 1\nname: r\nversion: 1.0.0\nfiles: [r.rules]\nsources: {events: {unique: true}}\n"
        "schema: {events: {visit: {page: text, seconds: number}}}\n",
        "r.rules": "score s for lead:\n    a: each visit => +1\n",
    }
    at, data = str(folder(tmp_path / "rules", rules)), str(written(tmp_path / "d", "ndjson"))
    checked = CliRunner().invoke(app, ["validate", at, "--data", data])
    assert checked.exit_code == 1
    assert "D111" in checked.output and "ruleset.yaml" in checked.output
    ran = CliRunner().invoke(app, ["run", at, "--data", data, "--as-of", "2026-03-02", "--format", "json"])
    assert ran.exit_code == 0 and "D111" not in ran.output
