"""Whoever explains one id after another waits for the data once: what was found in them is kept, and never more."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest

from scoreline.cli import loading
from scoreline.engine import unchanged
from scoreline.engine.data import bare_engine
from scoreline.engine.data.gathering import Statements

Call = Callable[..., Any]

MORE = '{"id": "more", "type": "page_view", "timestamp": "2026-02-20", "contact_id": "alder-2"}\n'
WRONG = MORE.replace("2026-02-20", "2026-02-31")


@pytest.fixture
def data(tmp_path: Path, starter: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Data of which something is doubtful, and a cache of their own."""
    monkeypatch.setattr(unchanged, "STILL_WRITTEN", 0)
    shutil.copytree(starter / "data", tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def explain(scoreline: Call, starter: Path, data: Path) -> Call:
    def call(*words: object, quick: bool = True) -> Any:
        few = ("--depth", "1", "--no-since") if quick else ()
        return scoreline("explain", starter, *words, *few, "--data", data, "--as-of", "2026-03-01")

    return call


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each time that all data are read."""
    found: list[str] = []
    whole = loading.read

    def read(*given: Any, **how: Any) -> Any:
        found.append("read")
        return whole(*given, **how)

    monkeypatch.setattr(loading, "read", read)
    return found


def events_of(data: Path) -> Path:
    return next(path for path in data.iterdir() if path.name.startswith("events"))


def test_the_second_time_nothing_is_read_again(explain: Call, reads: list[str]) -> None:
    first = explain("alder-works", quick=False)
    again, other = explain("alder-works", quick=False), explain("alder-2")
    assert first == again and other.code == 0 and reads == ["read"]
    assert explain("alder-works", "--history", quick=False).code == 0 and reads == ["read"]


def test_what_is_doubtful_is_said_every_time(explain: Call, reads: list[str], data: Path) -> None:
    with events_of(data).open("a", encoding="utf-8") as file:
        file.write(WRONG)
    first, again = explain("alder-works"), explain("alder-works")
    assert "1 of " in first.err and "set aside" in first.err and first == again and reads == ["read"]


def test_files_that_have_changed_are_not_trusted(explain: Call, reads: list[str], data: Path) -> None:
    """Not even if they are as large and as old as before."""
    events = events_of(data)
    before = explain("alder-works")
    about = events.stat()
    text = events.read_text("utf-8")
    events.write_text(text.replace("alder-3", "alder-9"), "utf-8")
    os.utime(events, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert events.stat().st_size == about.st_size and events.stat().st_mtime_ns == about.st_mtime_ns
    after = explain("alder-works")
    assert after.out != before.out and len(reads) == 2


def test_a_file_more_is_seen(explain: Call, reads: list[str], data: Path) -> None:
    explain("alder-works")
    (data / "events").mkdir()
    (data / "events" / "more.ndjson").write_text(MORE, "utf-8")
    explain("alder-works")
    assert len(reads) == 2
    (data / "events" / "notes.txt").write_text("not read", "utf-8")
    assert "notes.txt" in explain("alder-works").err and len(reads) == 3


def test_other_rules_and_stricter_ones_read_anew(explain: Call, reads: list[str]) -> None:
    explain("alder-works")
    assert explain("alder-works", "--set", "ready_for_sales=50").code == 0 and len(reads) == 1
    assert explain("alder-works", "--strict").code == 0 and len(reads) == 2


def test_an_id_that_is_not_there_is_looked_for_in_all_data(explain: Call, reads: list[str]) -> None:
    explain("alder-works")
    done = explain("alder-work")
    assert done.code == 2 and "did you mean `alder-works`?" in done.err and len(reads) == 2


def test_files_that_may_still_be_written_are_not_trusted(
    explain: Call, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unchanged, "STILL_WRITTEN", 10**12)
    explain("alder-works")
    explain("alder-works")
    assert reads == ["read", "read"]


def test_what_is_kept_has_no_records(explain: Call, data: Path, tmp_path: Path) -> None:
    explain("alder-works")
    (kept,) = (tmp_path / "cache" / "scoreline" / "checked data").iterdir()
    content = kept.read_bytes()
    assert b"contact_id" in content and b"alder" not in content
    assert kept.stat().st_mode & 0o077 == 0


@pytest.fixture
def only_lines(data: Path) -> Path:
    """The same without what is no JSON."""
    for file in data.glob("*.csv"):
        file.unlink()
    return data


def places(tmp_path: Path) -> Path:
    (kept,) = (tmp_path / "cache" / "scoreline" / "places").iterdir()
    return kept


def test_lines_are_found_at_their_places_without_the_engine(
    explain: Call, only_lines: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = explain("alder-2")
    assert b"alder" not in places(tmp_path).read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(bare_engine.engine, "connect", lambda: pytest.fail("nobody needs it"))
        assert explain("alder-2") == first
    places(tmp_path).write_bytes(places(tmp_path).read_bytes()[:-8])
    assert explain("alder-2") == first
    places(tmp_path).unlink()
    assert explain("alder-2") == first


def test_what_is_no_line_is_fetched_by_the_engine(
    explain: Call, reads: list[str], data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = explain("alder-works")
    fetched: list[str] = []
    fetch = Statements.fetch

    def noted(self: Statements, connection: Any, kind: Any, ids: Any) -> Any:
        fetched.append(kind)
        return fetch(self, connection, kind, ids)

    monkeypatch.setattr(Statements, "fetch", noted)
    assert explain("alder-works") == first and reads == ["read"] and set(fetched) == {"accounts", "contacts"}
    places(tmp_path).unlink()
    assert explain("alder-works") == first and reads == ["read"] and "events" in fetched


def test_whoever_fetches_records_does_without_the_package_around_the_engine(
    explain: Call, data: Path, starter: Path, tmp_path: Path
) -> None:
    first = explain("alder-works")
    places(tmp_path).unlink()
    words = ["explain", str(starter), "alder-works", "--depth", "1", "--no-since", "--data", str(data)]
    asked = f"from scoreline.cli.main import app\napp({[*words, '--as-of', '2026-03-01']!r}, standalone_mode=False)\n"
    loaded = "import sys\nprint('duckdb' in sys.modules, '_duckdb' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked + loaded], capture_output=True, text=True, check=True)
    assert done.stdout == f"{first.out}False True\n"


def test_where_the_engine_has_another_name_its_package_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "_duckdb", ModuleType("_duckdb"))
        assert importlib.reload(bare_engine).engine is duckdb
    assert importlib.reload(bare_engine).engine is not duckdb


def test_an_unusual_line_is_fetched_by_the_engine(explain: Call, reads: list[str], only_lines: Path) -> None:
    with events_of(only_lines).open("a", encoding="utf-8") as file:
        file.write(MORE.replace('"id"', '"note": "\\ud83d\\ude00", "id"'))
    assert explain("alder-2") == explain("alder-2") and reads == ["read"]


def test_what_is_damaged_is_read_anew(explain: Call, reads: list[str], tmp_path: Path) -> None:
    first = explain("alder-works")
    (kept,) = (tmp_path / "cache" / "scoreline" / "checked data").iterdir()
    kept.write_bytes(kept.read_bytes()[:-7] + b"scrap..")
    assert explain("alder-works") == first and len(reads) == 2


def test_nothing_is_kept_where_nobody_wants_it(
    explain: Call, reads: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCORELINE_CACHE", "off")
    explain("alder-works")
    explain("alder-works")
    assert len(reads) == 2 and not (tmp_path / "cache").exists()
