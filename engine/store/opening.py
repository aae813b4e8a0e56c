"""Opening a store: made whole or not at all, brought up to date, refused where it is none of ours."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
from sqlglot import exp

from ..data.sql import run
from .errors import OTHER_FILE, StoreError, in_words
from .migrations import LATEST, MIGRATIONS
from .trees import STORE, inside

_WRITTEN_ONCE = "SET GLOBAL checkpoint_threshold = '1KB'"
"""What is committed goes right where it stays, and not into a log first: a store is closed after what it was opened
for."""


@contextmanager
def opened(
    cursor: duckdb.DuckDBPyConnection, path: Path, made_by: str, *, to_write: bool = True
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The store at a path, attached to a connection as `store`; one that is not there is made, if it is to be written.

    Nobody else can open it as long as it is open here, but for reading if it is read here. Raises StoreError.
    """
    with telling(path):
        if to_write and not path.exists():
            _make(cursor, path, made_by)
        with _attached(cursor, path, to_write):
            version, maker = version_of(cursor, path)
            if version > LATEST:
                message = f"`{path}` is of version {version}, made by Scoreline {maker}; this one knows up to {LATEST}"
                raise StoreError(message, "update Scoreline: `pip install -U scoreline`")
            if to_write or version == LATEST:
                if to_write:
                    cursor.execute(_WRITTEN_ONCE).fetchall()
                if version < LATEST:
                    _migrate(cursor, version, made_by)
                yield cursor
                return
        with opened(cursor, path, made_by):
            pass  # brings it up to date
        with opened(cursor, path, made_by, to_write=False):
            yield cursor


def check(cursor: duckdb.DuckDBPyConnection, path: Path, name: str, made_by: str) -> None:
    """Raises StoreError where the results of this ruleset cannot be kept at the path; makes nothing."""
    if not path.exists():
        if not path.parent.is_dir():
            raise StoreError(f"there is no folder `{path.parent}`", "make it, or name another file", is_usage=True)
        return
    with opened(cursor, path, made_by, to_write=False):
        refuse_other(cursor, path, name)


def refuse_other(cursor: duckdb.DuckDBPyConnection, path: Path, name: str) -> None:
    """A store has the results of one model, whatever its version."""
    others = cursor.execute("SELECT DISTINCT name FROM store.rulesets WHERE name <> ?", [name]).fetchall()
    if others:
        raise StoreError(f"`{path}` keeps the results of `{others[0][0]}`, not of `{name}`", OTHER_FILE, is_usage=True)


@contextmanager
def transaction(cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All that is written inside is there afterwards, or nothing of it."""
    cursor.execute("BEGIN TRANSACTION").fetchall()
    try:
        yield
        cursor.execute("COMMIT").fetchall()
    except BaseException:
        with suppress(duckdb.Error):  # a commit that fails has been undone already
            cursor.execute("ROLLBACK").fetchall()
        raise


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """Turns what the engine says of the file into words."""
    try:
        yield
    except duckdb.Error as error:
        told = in_words(error, path)
        if told is None:
            raise
        raise told from error


def is_open(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Whether a store is open for a connection."""
    try:
        cursor.execute(f"FROM {STORE}.main.store_version LIMIT 0").fetchall()
    except duckdb.Error:  # to ask what is attached takes longer
        return False
    return True


def version_of(cursor: duckdb.DuckDBPyConnection, path: Path) -> tuple[int, str]:
    """The version of an attached store, and the version of Scoreline that brought it there."""
    query = "SELECT version, made_by FROM store.main.store_version ORDER BY version DESC LIMIT 1"
    try:
        version, made_by = cursor.execute(query).fetchall()[0]
    except duckdb.CatalogException as error:
        message = f"`{path}` is a DuckDB database, but no store of Scoreline"
        raise StoreError(message, OTHER_FILE, is_usage=True) from error
    return int(version), str(made_by)


@contextmanager
def _attached(cursor: duckdb.DuckDBPyConnection, path: Path, to_write: bool) -> Iterator[None]:
    attach = exp.Attach(
        this=exp.alias_(exp.Literal.string(str(path.resolve())), STORE),
        expressions=[
            exp.AttachOption(this=exp.var("TYPE"), expression=exp.var("duckdb")),
            *([] if to_write else [exp.AttachOption(this=exp.var("READ_ONLY"))]),
        ],
    )
    run(cursor, attach)
    try:
        yield
    except BaseException:
        with suppress(duckdb.Error):  # after a full disk it may be gone already
            cursor.execute(f"DETACH {STORE}").fetchall()
        raise
    cursor.execute(f"DETACH {STORE}").fetchall()


def _make(cursor: duckdb.DuckDBPyConnection, path: Path, made_by: str) -> None:
    """A new store, made beside and put in its place whole; somebody else may have been quicker."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    try:
        with _attached(cursor, part, to_write=True):
            _migrate(cursor, 0, made_by)
        with suppress(FileExistsError):
            _put(part, path)
    finally:
        part.unlink(missing_ok=True)
        part.with_name(f"{part.name}.wal").unlink(missing_ok=True)  # what DuckDB leaves where the disk was full


def _put(part: Path, path: Path) -> None:
    """Put a file where none is. A link fails where there is one; not every file system has links."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:
        if not path.exists():
            part.rename(path)


def _migrate(cursor: duckdb.DuckDBPyConnection, version: int, made_by: str) -> None:
    with inside(cursor), transaction(cursor):
        for number, statements in enumerate(MIGRATIONS[version:], version + 1):
            for statement in statements:
                cursor.execute(statement).fetchall()
            cursor.execute("INSERT INTO store_version VALUES (?, ?)", [number, made_by]).fetchall()
