"""Events that a store holds, typed and checked, so that files of events that have not changed are not read again.

They stand in parts: the files that were read together. A part counts as long as each of its files is as it was, and
the events are to be typed as they were: by the same layout, sources and time zone, and the same Scoreline.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ..compiling import Compiled
from ..data import DataError, Dataset, KnownEvents, Sources
from ..data.files import DataFile, find_files
from ..data.layout import Layout, layouts
from ..data.sql import column, create_table, drop_table, insert, number, run, select, table
from ..narrowing import narrowed
from .opening import opened
from .trees import columns, kept

PART = "#part"
EVENTS = "typed_events"
SETTLED = 2_000_000_000
"""Nanoseconds after which a file that is changed again has another time of change, on every file system."""


@dataclass(frozen=True)
class State:
    """A file as it is now: its size, and when it was changed last (nanoseconds)."""

    path: Path
    size: int
    changed: int

    @staticmethod
    def of(path: Path) -> State:
        found = path.stat()
        return State(path, found.st_size, found.st_mtime_ns)

    def digest(self) -> str:
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "blake2b").hexdigest()


@dataclass(frozen=True)
class Typing:
    """How the events of a ruleset's data are typed, and the files of events as they were before any was read."""

    layout: Layout
    key: str
    files: Mapping[str, State]

    @staticmethod
    def of(rules: Compiled, data: str | Path, made_by: str) -> Typing | None:
        """None where events do not come from files in a folder."""
        folder = Path(data).absolute()
        if not folder.is_dir() or rules.is_single_file:
            return None
        layout = layouts(narrowed(rules.model))["events"]
        sources = (rules.manifest.sources or Sources()).of("events")
        said = repr((layout, sources, rules.model.timezone, made_by, str(folder)))
        try:
            found: list[DataFile] = [file for source in sources for file in find_files(folder, source, [])]
        except DataError:
            return None  # whoever reads them says what is wrong
        states = {file.name: State.of(file.path) for file in found if file.format != "parquet"}
        return Typing(layout, hashlib.sha256(said.encode()).hexdigest(), states)


@contextmanager
def known_events(
    connection: duckdb.DuckDBPyConnection, path: Path, typing: Typing, made_by: str
) -> Iterator[KnownEvents | None]:
    """What the store at a path knows of these files, as long as it is open for the connection. Raises StoreError."""
    if not path.exists():
        yield None
        return
    with opened(connection, path, made_by, to_write=False):
        yield _known(connection, typing)


def _known(cursor: duckdb.DuckDBPyConnection, typing: Typing) -> KnownEvents | None:
    parts = {part: by_type for part, by_type in _parts(cursor, typing).items() if _is_as_it_was(cursor, part, typing)}
    if not parts:
        return None
    numbers: list[exp.Expr] = [number(part) for part in parts]
    query = select(*columns(typing.layout.names), source=kept(EVENTS)).where(
        exp.In(this=column(PART), expressions=numbers)
    )
    names = cursor.execute("SELECT part, name FROM store.typed_files").fetchall()
    by_type: dict[str, int] = {}
    for counts in parts.values():
        for name, count in json.loads(counts).items():
            by_type[name] = by_type.get(name, 0) + count
    return KnownEvents(frozenset(name for part, name in names if part in parts), query, by_type)


def _parts(cursor: duckdb.DuckDBPyConnection, typing: Typing) -> dict[int, str]:
    return dict(cursor.execute("SELECT part, by_type FROM store.typed_parts WHERE typing = ?", [typing.key]).fetchall())


def _is_as_it_was(cursor: duckdb.DuckDBPyConnection, part: int, typing: Typing) -> bool:
    """Whether all files of a part are as they were: their size and time of change, or else their contents, say so."""
    query = "SELECT name, size, changed, settled, digest FROM store.typed_files WHERE part = ?"
    for name, size, changed, settled, digest in cursor.execute(query, [part]).fetchall():
        now = typing.files.get(name)
        if now is None or now.size != size:
            return False
        if (now.changed != changed or not settled) and now.digest() != digest:
            return False
    return True


def keep_events(cursor: duckdb.DuckDBPyConnection, dataset: Dataset, typing: Typing, made_at: int) -> int:
    """Keep what was read now of events in an open store, if it is in order; gives how many events these are."""
    read = dataset.events_read
    _forget(cursor, [part for part in _all_parts(cursor) if part not in _counting(cursor, typing)])
    if read is None or not read.files or not read.in_order or not set(read.files) <= set(typing.files):
        return 0
    digests = {name: typing.files[name].digest() for name in read.files}
    if any(State.of(typing.files[name].path) != typing.files[name] for name in read.files):
        return 0  # changed while it was read
    part = max(_all_parts(cursor), default=0) + 1
    _make_table(cursor, typing.layout)
    rows = select(number(part), *columns(typing.layout.names), source=table(read.table))
    run(cursor, insert(rows, kept(EVENTS)))
    said = [part, typing.key, json.dumps(dict(read.by_type), ensure_ascii=False)]
    cursor.execute("INSERT INTO store.typed_parts VALUES (?, ?, ?)", said).fetchall()
    for name in read.files:
        state = typing.files[name]
        settled = state.changed < made_at * 1000 - SETTLED
        values = [part, name, state.size, state.changed, settled, digests[name]]
        cursor.execute("INSERT INTO store.typed_files VALUES (?, ?, ?, ?, ?, ?)", values).fetchall()
    return sum(read.by_type.values())


def _all_parts(cursor: duckdb.DuckDBPyConnection) -> list[int]:
    return [part for (part,) in cursor.execute("SELECT part FROM store.typed_parts ORDER BY part").fetchall()]


def _counting(cursor: duckdb.DuckDBPyConnection, typing: Typing) -> Sequence[int]:
    """The parts that are still as they were."""
    return [part for part in _parts(cursor, typing) if _is_as_it_was(cursor, part, typing)]


def _forget(cursor: duckdb.DuckDBPyConnection, parts: Sequence[int]) -> None:
    """Parts that no longer count; the events of the others stay."""
    for part in parts:
        run(cursor, exp.Delete(this=kept(EVENTS), where=exp.Where(this=column(PART).eq(number(part)))))
        for name in ("typed_parts", "typed_files"):
            cursor.execute(f"DELETE FROM store.{name} WHERE part = ?", [part]).fetchall()


def _make_table(cursor: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    """The table of the events, with the columns that this layout has."""
    query = "SELECT column_name FROM duckdb_columns() WHERE database_name = 'store' AND table_name = ?"
    there = [name for (name,) in cursor.execute(query, [EVENTS]).fetchall()]
    if there == [PART, *layout.names]:
        return
    run(cursor, drop_table(kept(EVENTS)))
    types = {PART: "INTEGER", **dict(zip(layout.names, layout.sql_types, strict=True))}
    run(cursor, create_table(kept(EVENTS), types))
