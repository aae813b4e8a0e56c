"""`run --out` never replaces data, rules, or a file that no run wrote."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scoreline.engine.writers import Together

Call = Callable[..., Any]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def run(scoreline: Call, starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.chdir(tmp_path)
    assert starter == tmp_path / "starter"

    def call(out: object, *more: object, data: object = "starter/data") -> Any:
        return scoreline("run", "starter", "--data", data, "--as-of", "2026-03-01", *more, "--out", out)

    return call


@pytest.mark.parametrize(
    ("out", "words"),
    [
        ("starter/data", "is the folder of the data"),
        ("starter/tests/../data", "is the folder of the data"),
        ("link", "is the folder of the data"),
        ("starter", "is the folder of the ruleset"),
        ("starter/data/events", "is read as data"),
        ("starter/data/accounts/new", "is read as data"),
        ("starter/data/more", "holds data: `more.csv`"),
        (".", "contains the data folder, and holds data: `export.parquet`"),
        ("elsewhere", "`elsewhere/leads.csv` is there already"),
        ("notes", "`notes/run.json` is there already"),
    ],
)
def test_what_would_be_lost_is_refused(run: Call, tmp_path: Path, out: str, words: str) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "starter" / "data")
    for name in ("starter/data/more/more.csv", "export.parquet", "elsewhere/leads.csv", "notes/run.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("mine")
    before = contents(tmp_path)
    done = run(out)
    assert done.code == 2 and done.out == ""
    assert words in done.err and "hint: name a folder of its own: `--out results`" in done.err
    assert contents(tmp_path) == before
    assert not (tmp_path / "starter" / "data" / "events").exists()


@pytest.mark.parametrize("out", ["results", "starter/results", "starter/data/results"])
def test_a_folder_of_its_own_can_be_written_again(run: Call, tmp_path: Path, out: str) -> None:
    data = contents(tmp_path / "starter" / "data")
    assert run(out, "--contributions").code == 0
    assert run(out, "--format", "ndjson").code == 0
    names = ["accounts.ndjson", "leads.ndjson", "run.json"]
    assert sorted(path.name for path in (tmp_path / out).iterdir()) == names
    after = contents(tmp_path / "starter" / "data")
    assert {name: after[name] for name in data} == data


def test_other_files_may_stand_beside_the_results(run: Call, tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "README.md").write_text("mine")
    assert run("results").code == 0
    assert (tmp_path / "results" / "README.md").read_text() == "mine"


def test_the_folder_of_a_single_file_of_data_is_refused(run: Call, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "results.json").write_text("{}")
    done = run("in", "--format", "json", data="in/results.json")
    assert done.code == 2 and "is the folder of the data" in done.err
    assert contents(tmp_path / "in") == {"results.json": b"{}"}


def test_a_folder_that_was_made_for_files_that_cannot_be_written_goes_again(tmp_path: Path) -> None:
    made, there = tmp_path / "made", tmp_path / "there"
    there.mkdir()
    for folder in (made, there):
        with pytest.raises(OSError, match="full"), Together(folder) as files, files.text("a.csv") as out:
            out.write("x")
            raise OSError("full")
    assert not made.exists() and list(there.iterdir()) == []
