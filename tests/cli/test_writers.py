"""Results on disk and on stdout: the documented shapes, exact numbers, and files that are whole or not there."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from scoreline.engine import frames, model, writers
from scoreline.engine.frames import Results
from scoreline.engine.results import Contribution, DataCounts, EntityResult, Outcome
from scoreline.engine.schema import Schema

MODEL = model.Model(
    name="abm",
    version="2.3.0",
    timezone="UTC",
    schema=Schema(),
    order=(
        model.Score("lead", "fit", ()),
        model.Score("lead", "engagement", ()),
        model.Grade("lead", "rating", ()),
        model.Score("account", "readiness", ()),
        model.Measure("account", "engaged", model.Const(1.0, kind="number")),
        model.Measure("account", "hot", model.Const(True)),
    ),
)
OUTCOME = Outcome(
    as_of=1_772_323_200_000_000,
    counts=DataCounts(read=1, events=1, contacts=1, accounts=1),
    leads=(
        EntityResult("lead", "ann", "acme", {"fit": 550000, "engagement": 200000}, {}, {"rating": "B3"}, "MQL", None),
    ),
    accounts=(
        EntityResult("account", "acme", None, {"readiness": 415000}, {"engaged": 1.0, "hot": True}, {}, "MEA", None),
        EntityResult(
            "account", 'ö,"x', None, {"readiness": -1}, {"engaged": None, "hot": None}, {}, None, "competitor"
        ),
    ),
    contributions=(
        Contribution(
            "lead", "ann", "engagement", "buyer", "line", 200000, 1, 1_772_323_200_000_000, 1_772_323_200_500_000
        ),
        Contribution("account", "acme", "readiness", None, "clamp", -5, None, None, None),
    ),
)
RESULTS = frames.results_of(MODEL, OUTCOME)


def test_the_document_is_the_documented_one() -> None:
    made = writers.document(RESULTS, contributions=True)
    assert made == {
        "as_of": "2026-03-01T00:00:00Z",
        "ruleset": {"name": "abm", "version": "2.3.0", "fingerprint": MODEL.fingerprint},
        "data": {
            "read": 1,
            "duplicates": 0,
            "accounts": 1,
            "contacts": 1,
            "events": 1,
            "ignored": 0,
            "rejected": 0,
            "after_as_of": 0,
        },
        "leads": [
            {
                "id": "ann",
                "account_id": "acme",
                "scores": {"fit": 55, "engagement": 20},
                "measures": {},
                "grades": {"rating": "B3"},
                "stage": "MQL",
                "disqualified": None,
            }
        ],
        "accounts": [
            {
                "id": "acme",
                "scores": {"readiness": 41.5},
                "measures": {"engaged": 1, "hot": True},
                "grades": {},
                "stage": "MEA",
                "disqualified": None,
            },
            {
                "id": 'ö,"x',
                "scores": {"readiness": -0.0001},
                "measures": {"engaged": None, "hot": None},
                "grades": {},
                "stage": None,
                "disqualified": "competitor",
            },
        ],
        "contributions": [
            {
                "level": "lead",
                "id": "ann",
                "score": "engagement",
                "line": "buyer",
                "kind": "line",
                "points": 20,
                "events": 1,
                "first": "2026-03-01T00:00:00Z",
                "last": "2026-03-01T00:00:00.500000Z",
            },
            {
                "level": "account",
                "id": "acme",
                "score": "readiness",
                "line": None,
                "kind": "clamp",
                "points": -0.0005,
                "events": None,
                "first": None,
                "last": None,
            },
        ],
    }
    assert list(made["leads"][0]) == ["id", "account_id", "scores", "measures", "grades", "stage", "disqualified"]


@pytest.mark.parametrize("at_once", [1, 20_000])
def test_csv_has_a_column_for_each_result(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(writers, "_AT_ONCE", at_once)
    out = io.StringIO()
    writers.write_csv(RESULTS.accounts, out)
    assert list(csv.reader(io.StringIO(out.getvalue()))) == [
        ["id", "readiness", "engaged", "hot", "stage", "disqualified"],
        ["acme", "41.5", "1", "true", "MEA", ""],
        ['ö,"x', "-0.0001", "", "", "", "competitor"],
    ]


@pytest.mark.parametrize("value", [0.1 + 0.2, 1 / 3, 1e-7, 2.0**53, 1e300, 0.0])
def test_measures_are_written_so_that_the_same_double_comes_back(value: float) -> None:
    assert float(writers.cell(frames.Column("m", "number"), value)) == value


@pytest.mark.parametrize("units", [0, 1, -1, 9_999, 10_000, 123_456_789, 10**13])
def test_points_are_written_exactly(units: int) -> None:
    column = frames.Column("s", "points")
    assert Decimal(writers.cell(column, units)) == Decimal(units) / 10_000
    assert Decimal(json.dumps(writers.json_value(column, units))) == Decimal(units) / 10_000
    assert "E" not in writers.cell(column, units).upper()


def test_parquet_has_exact_points_and_real_types(tmp_path: Path) -> None:
    writers.write_folder(RESULTS, tmp_path, "parquet", contributions=True)
    accounts = duckdb.sql(f"describe from '{tmp_path}/accounts.parquet'").fetchall()
    assert [(name, kind) for name, kind, *_ in accounts] == [
        ("id", "VARCHAR"),
        ("readiness", "DECIMAL(18,4)"),
        ("engaged", "DOUBLE"),
        ("hot", "BOOLEAN"),
        ("stage", "VARCHAR"),
        ("disqualified", "VARCHAR"),
    ]
    assert duckdb.sql(f"select readiness, hot from '{tmp_path}/accounts.parquet'").fetchall() == [
        (Decimal("41.5000"), True),
        (Decimal("-0.0001"), None),
    ]
    ends = duckdb.sql(f"select epoch_us(first), epoch_us(last) from '{tmp_path}/contributions.parquet'").fetchall()
    assert ends == [(1_772_323_200_000_000, 1_772_323_200_500_000), (None, None)]


@pytest.mark.parametrize("form", ["csv", "parquet", "ndjson"])
def test_empty_results_are_whole_files_too(form: writers.FileFormat, tmp_path: Path) -> None:
    empty = frames.results_of(MODEL, Outcome(0, DataCounts(), (), ()))
    writers.write_folder(empty, tmp_path, form)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"accounts.{form}", f"leads.{form}", "run.json"]


@pytest.mark.parametrize(
    ("form", "names"),
    [
        ("json", ["results.json", "run.json"]),
        ("csv", ["accounts.csv", "contributions.csv", "leads.csv", "run.json"]),
        ("ndjson", ["accounts.ndjson", "contributions.ndjson", "leads.ndjson", "run.json"]),
    ],
)
def test_a_folder_gets_its_files(form: writers.FileFormat, names: list[str], tmp_path: Path) -> None:
    written = writers.write_folder(RESULTS, tmp_path / "new" / "out", form, contributions=True)
    assert sorted(path.name for path in (tmp_path / "new" / "out").iterdir()) == names
    assert sorted(path.name for path in written) == names


def test_rejected_records_stand_beside_and_old_ones_go(tmp_path: Path) -> None:
    writers.write_folder(RESULTS, tmp_path, "csv", rejected=lambda path: path.write_text("{}\n"))
    assert (tmp_path / "rejected.ndjson").read_text() == "{}\n"
    writers.write_folder(RESULTS, tmp_path, "csv")
    assert not (tmp_path / "rejected.ndjson").exists()


def test_files_of_the_run_before_go_and_all_others_stay(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    writers.write_folder(RESULTS, folder, "csv", contributions=True, about={"scoreline": "1"})
    said = json.loads((folder / "run.json").read_text())
    assert said["scoreline"] == "1" and said["files"] == ["leads.csv", "accounts.csv", "contributions.csv"]
    (folder / "notes.csv").write_text("mine")
    (tmp_path / "beside.csv").write_text("mine")
    (folder / "run.json").write_text(json.dumps({**said, "files": [*said["files"], "notes.csv", "../beside.csv", 7]}))
    writers.write_folder(RESULTS, folder, "parquet")
    names = ["accounts.parquet", "leads.parquet", "notes.csv", "run.json"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert (tmp_path / "beside.csv").exists()


@pytest.mark.parametrize(
    "text", ["", "[]", '{"files": ["leads.csv"]}', "\udcff", '{"as_of": 1, "ruleset": 2, "data": 3}', "[" * 9999]
)
def test_a_run_json_that_is_not_ours_removes_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    (tmp_path / "leads.csv").write_text("mine")
    writers.write_folder(RESULTS, tmp_path, "parquet")
    assert (tmp_path / "leads.csv").read_text() == "mine"


def broken(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("step", ["write", "fsync"])
def test_what_fails_leaves_the_old_files_whole(step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writers.write_folder(RESULTS, tmp_path, "csv", contributions=True)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    other = Results(
        0, {**RESULTS.ruleset, "name": "other"}, DataCounts(), *(table.only([]) for table in RESULTS.tables)
    )
    if step == "fsync":
        monkeypatch.setattr(os, "fsync", broken)
    else:
        monkeypatch.setattr(json, "dump", broken)  # the last file is run.json
    with pytest.raises(OSError, match="No space"):
        writers.write_folder(other, tmp_path, "csv", contributions=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_limit_of_the_system_leaves_the_old_files_whole(tmp_path: Path) -> None:
    """A real refusal in the middle of a file: the process may write no more than 20 kB into one."""
    (tmp_path / "rows.txt").write_text("old")
    code = (
        "import resource, pathlib\n"
        "from scoreline.engine.writers import Together\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        f"with Together(pathlib.Path({str(tmp_path)!r})) as files, files.text('rows.txt') as out:\n"
        "    out.write('x' * 100_000)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "File too large" in done.stderr
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("rows.txt", "old")]
