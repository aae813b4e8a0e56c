"""What is no store, is of another version, is in use, or cannot be written: a clear message, and nothing half done."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from scoreline.engine.store import StoreBusy, StoreError, append, check
from scoreline.engine.store.errors import in_words
from scoreline.engine.store.migrations import LATEST, MIGRATIONS
from scoreline.engine.store.reading import reading

from .made_up import MadeUp, Shot
from .test_snapshots import ABOUT, MODEL

SHOT = Shot(1, [("a", "x", 10, None)], [("x", 5, 1.0, "MEA")], [("x", "p", 5)])


def refused(path: Path) -> StoreError:
    """Why nothing can be appended, nor is anything computed for it; the file stays as it is."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreError) as told:
        check(duckdb.connect(), path, MODEL.name, "0")
    with pytest.raises(StoreError) as again:
        append(path, MadeUp([SHOT]), ABOUT)
    assert str(told.value) == str(again.value) and told.value.hint
    assert (path.read_bytes() if path.is_file() else None) == before
    return told.value


def test_a_file_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    path.write_text("id,score\nacme,3\n")
    assert "no DuckDB file" in str(refused(path))
    path.write_bytes(b"")
    assert "no DuckDB file" in str(refused(path))


def test_a_database_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "mine.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE important AS SELECT 1 AS one")
    assert "no store of Scoreline" in str(refused(path))
    with duckdb.connect(str(path)) as connection:
        assert connection.execute("SELECT * FROM important").fetchall() == [(1,)]


def test_a_folder_and_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert "is a folder" in str(refused(tmp_path))
    assert "there is no folder" in str(refused(tmp_path / "none" / "s.duckdb"))
    assert list(tmp_path.iterdir()) == []


def test_the_store_of_another_ruleset(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    append(path, MadeUp([SHOT]), ABOUT)
    with pytest.raises(StoreError, match="keeps the results of `starter`, not of `abm`"):
        check(duckdb.connect(), path, "abm", "0")


def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    append(path, MadeUp([SHOT]), ABOUT)
    with duckdb.connect(str(path)) as connection:
        connection.execute("INSERT INTO store_version VALUES (?, '9.1')", [LATEST + 3])
    told = refused(path)
    assert f"of version {LATEST + 3}, made by Scoreline 9.1; this one knows up to {LATEST}" in str(told)
    assert "update Scoreline" in told.hint


@pytest.mark.parametrize("to_write", [True, False])
def test_an_older_store_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to_write: bool) -> None:
    """A store of each version so far, and of one that is to come."""
    path = tmp_path / "s.duckdb"
    append(path, MadeUp([SHOT]), ABOUT)
    more = (*MIGRATIONS, ("ALTER TABLE snapshots ADD COLUMN note VARCHAR", "UPDATE snapshots SET note = 'old'"))
    for module in ("opening", "migrations"):
        monkeypatch.setattr(f"scoreline.engine.store.{module}.MIGRATIONS", more)
        monkeypatch.setattr(f"scoreline.engine.store.{module}.LATEST", LATEST + 1)
    if to_write:
        check(duckdb.connect(), path, MODEL.name, "1.5")
    with reading(path, "1.5") as store:
        known = store.connection.execute("SELECT version, made_by FROM store.store_version ORDER BY version").fetchall()
        assert known[0][0] == 1 and known[-1] == (LATEST + 1, "1.5")
        assert store.connection.execute("SELECT instant, note FROM store.snapshots").fetchall() == [(1, "old")]
        assert [row["fit"] for row in store.results("lead", 1)] == [10]


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "s.duckdb"
    append(path, MadeUp([SHOT]), ABOUT)
    more = (*MIGRATIONS, ("DELETE FROM snapshots", "SELECT no_such_function()"))
    monkeypatch.setattr("scoreline.engine.store.opening.MIGRATIONS", more)
    monkeypatch.setattr("scoreline.engine.store.opening.LATEST", LATEST + 1)
    with pytest.raises(duckdb.Error):
        check(duckdb.connect(), path, MODEL.name, "1.5")
    monkeypatch.undo()
    with reading(path, "0") as store:
        assert [each.at for each in store.snapshots()] == [1]


HOLDER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Another process has the store open."""
    words = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None and other.stdout.readline() == "held\n"
        try:
            yield
        finally:
            other.kill()


def test_a_store_in_use(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    append(path, MadeUp([SHOT]), ABOUT)
    with held(path):
        with pytest.raises(StoreBusy, match="in use by another run"):
            append(path, MadeUp([SHOT]), ABOUT)
        with pytest.raises(StoreBusy), reading(path, "0"):
            pass
    assert [each.what for each in append(path, MadeUp([SHOT]), ABOUT)] == ["same"]


def test_two_appends_inside_one_process_do_not_meet(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    append(path, MadeUp([SHOT]), ABOUT)
    with reading(path, "0"), pytest.raises(StoreBusy):
        append(path, MadeUp([SHOT]), ABOUT)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises((StoreError, PermissionError)):
            append(tmp_path / "s.duckdb", MadeUp([SHOT]), ABOUT)
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ('Cannot open file "s.duckdb": Permission denied', "may not be written"),
        ('Cannot open file "s.duckdb": Read-only file system', "may not be written"),
        ('Could not write file "s.duckdb": No space left on device', "no room on the disk"),
        ('Could not read enough bytes from file "s.duckdb": attempted to read 9 bytes', "ends too early"),
        ("Could not set lock on file: Conflicting lock is held in x (PID 4)", "in use by another run"),
    ],
)
def test_what_the_engine_says_in_words(said: str, words: str) -> None:
    told = in_words(duckdb.IOException(said), Path("s.duckdb"))
    assert told is not None and words in str(told) and told.hint


def test_other_errors_are_not_put_into_words() -> None:
    assert in_words(duckdb.BinderException("Binder Error: no such column"), Path("s.duckdb")) is None


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    """Files of this process may not grow beyond a size, as if the disk ended there."""
    path = tmp_path / "s.duckdb"
    append(path, MadeUp([SHOT]), ABOUT)
    many = Shot(2, [(f"lead {n} {'x' * 9000}", "x", n, None) for n in range(60)], SHOT.accounts, SHOT.entries)
    source = MadeUp([many])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 4096, hard))
    try:
        with pytest.raises(StoreError, match="no room on the disk"):
            append(path, source, ABOUT)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    with reading(path, "0") as store:
        there = [each.at for each in store.snapshots()]
        assert there in ([1], [1, 2])  # the whole of it may have come into the log before the disk was full
        assert len(store.results("lead", there[-1])) == (1 if there == [1] else 60)
    assert [each.what for each in append(path, source, ABOUT)] == ["new" if there == [1] else "same"]
