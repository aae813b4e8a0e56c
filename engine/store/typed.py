"""Records that a store holds, typed and checked, so that files that have not changed are not read again.

They stand in parts: the files that were read together. A part counts as long as each of its files is as it was, and
the records are to be typed as they were: by the same layout, sources and time zone, and the same Scoreline. Events may
come from many parts; accounts are one part, as are contacts, since what any file says may change what others say.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ..compiling import Compiled
from ..data import MATCHED, DataError, Dataset, KnownEvents, Sources
from ..data.files import DataFile, find_files
from ..data.known import EventsRead, KnownRecords
from ..data.layout import KINDS, Layout, RecordKind, layouts
from ..data.sql import column, create_table, drop_table, insert, number, run, select, table
from ..narrowing import narrowed
from .opening import opened
from .trees import columns, columns_of, kept

PART = "#part"
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

    def is_settled(self, at: int) -> bool:
        """Whether another change after an instant (microseconds) would show in the time of change."""
        return self.changed < at * 1000 - SETTLED

    def digest(self) -> str:
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "blake2b").hexdigest()


@dataclass(frozen=True)
class Typed:
    """How one kind of record is typed, and its files as they were before any was read, but for Parquet."""

    layout: Layout
    key: str
    files: Mapping[str, State]
    others: Mapping[str, State]

    @property
    def kind(self) -> RecordKind:
        return self.layout.kind

    @property
    def table(self) -> exp.Table:
        return _table(self.kind)

    def is_whole(self, names: Collection[str]) -> bool:
        """Whether these files can be a part: those of events can, of other kinds all together."""
        if self.kind == "events":
            return set(names) <= set(self.files)
        return set(names) == set(self.files) and not self.others


@dataclass(frozen=True)
class Typing:
    """How the data of a ruleset are typed, each kind of record by itself."""

    events: Typed
    records: tuple[Typed, ...]

    @staticmethod
    def of(rules: Compiled, data: str | Path, made_by: str, also: Iterable[tuple[str, str]] = ()) -> Typing | None:
        """None where events do not come from files in a folder. `also` are more fields that are read."""
        folder = Path(data).absolute()
        if not folder.is_dir() or rules.is_single_file:
            return None
        matched = MATCHED if rules.manifest.match_accounts is not None else ()
        every = layouts(narrowed(rules.model, (*also, *matched)))
        try:
            accounts, contacts, events = (_typed(rules, folder, every[kind], made_by) for kind in KINDS)
        except DataError:
            return None  # whoever reads them says what is wrong
        return Typing(events, (accounts, contacts))

    @property
    def all(self) -> tuple[Typed, ...]:
        return *self.records, self.events


def _typed(rules: Compiled, folder: Path, layout: Layout, made_by: str) -> Typed:
    sources = (rules.manifest.sources or Sources()).of(layout.kind)
    matches = layout.kind == "contacts" and rules.manifest.match_accounts
    said = repr((layout, sources, rules.model.timezone, made_by, str(folder), matches))
    found: list[DataFile] = [file for source in sources for file in find_files(folder, source, [])]
    states = {file.name: State.of(file.path) for file in found}
    parquet = {file.name for file in found if file.format == "parquet"}
    return Typed(
        layout,
        hashlib.sha256(said.encode()).hexdigest(),
        {name: state for name, state in states.items() if name not in parquet},
        {name: state for name, state in states.items() if name in parquet},
    )


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
    parts = parts_of(cursor)
    events = counting(parts, typing.events)
    if not events:
        return None
    by_type: dict[str, int] = {}
    for part in events:
        for name, count in json.loads(part.by_type).items():
            by_type[name] = by_type.get(name, 0) + count
    records: dict[RecordKind, KnownRecords] = {}
    for typed in typing.records:
        if known := counting(parts, typed):
            records[typed.kind] = KnownRecords(_names(known), _records(typed, known))
    return KnownEvents(_names(events), _records(typing.events, events), by_type, records)


@dataclass(frozen=True)
class Part:
    """Records that were read together: how they were typed, how many there are of each type (JSON), and by the name
    of each of their files what was noted of it."""

    number: int
    typing: str
    by_type: str
    files: dict[str, Sequence[Any]]


def parts_of(cursor: duckdb.DuckDBPyConnection) -> list[Part]:
    """All parts that an open store has, in their order, whether they count or not."""
    found: dict[int, Part] = {}
    for number_, typing, by_type, name, *noted in cursor.execute(_PARTS).fetchall():
        part = found.setdefault(number_, Part(number_, typing, by_type, {}))
        if name is not None:
            part.files[name] = noted
    return list(found.values())


def counting(parts: Iterable[Part], typed: Typed) -> list[Part]:
    """Those of a kind of record that are still as they were: the size and time of change of all their files, or else
    the contents, say so."""
    return [
        part
        for part in parts
        if part.typing == typed.key
        and typed.is_whole(part.files)
        and all(is_as_it_was(typed.files.get(name), said) for name, said in part.files.items())
    ]


_PARTS = """
SELECT part, typing, by_type, name, size, changed, settled, digest
FROM store.typed_parts LEFT JOIN store.typed_files USING (part) ORDER BY part
"""


def _names(parts: Iterable[Part]) -> frozenset[str]:
    return frozenset(name for part in parts for name in part.files)


def _records(typed: Typed, parts: Iterable[Part]) -> exp.Select:
    query = select(*columns(typed.layout.names), source=typed.table)
    return query.where(exp.In(this=column(PART), expressions=[number(part.number) for part in parts]), copy=False)


def is_as_it_was(now: State | None, said: Sequence[Any]) -> bool:
    """Whether a file has the size, time of change and contents that were noted of it."""
    size, changed, settled, digest = said
    if now is None or now.size != size:
        return False
    return bool(now.changed == changed and settled) or now.digest() == digest


def keep_events(cursor: duckdb.DuckDBPyConnection, dataset: Dataset, typing: Typing, made_at: int) -> list[int] | None:
    """Keep what was read now in an open store, if it is in order; gives the numbers of the parts of events, if all
    events are there."""
    parts = parts_of(cursor)
    counted = {typed.kind: counting(parts, typed) for typed in typing.all}
    staying = [part for some in counted.values() for part in some]
    _forget(cursor, [part.number for part in parts if part not in staying])
    for typed in typing.records:
        _keep(cursor, dataset.records_read.get(typed.kind), typed, made_at, staying)
    new = _keep(cursor, dataset.events_read, typing.events, made_at, staying)
    return None if new is None else [*(part.number for part in counted["events"]), *new]


def _keep(
    cursor: duckdb.DuckDBPyConnection, read: EventsRead | None, typed: Typed, made_at: int, parts: list[Part]
) -> Sequence[int] | None:
    """Keep what was read now of one kind of record, beside these parts; gives the part that it is, if any of it was
    read, and None where not all is there."""
    if read is not None and not read.files:
        return ()
    if read is None or not read.in_order or not typed.is_whole(read.files):
        return None
    digests = {name: typed.files[name].digest() for name in read.files}
    if any(State.of(typed.files[name].path) != typed.files[name] for name in read.files):
        return None  # changed while it was read
    if typed.kind != "events":  # they were read again, with events that had to be
        _forget(cursor, [part.number for part in parts if part.typing == typed.key])
        parts[:] = [part for part in parts if part.typing != typed.key]
    by_type = json.dumps(dict(read.by_type), ensure_ascii=False)
    part = Part(max((part.number for part in parts), default=0) + 1, typed.key, by_type, {})
    parts.append(part)
    _make_table(cursor, typed)
    rows = select(number(part.number), *columns(typed.layout.names), source=table(read.table))
    run(cursor, insert(rows, typed.table))
    said = [part.number, part.typing, part.by_type]
    cursor.execute("INSERT INTO store.typed_parts VALUES (?, ?, ?)", said).fetchall()
    for name in read.files:
        state = typed.files[name]
        values = [part.number, name, state.size, state.changed, state.is_settled(made_at), digests[name]]
        cursor.execute("INSERT INTO store.typed_files VALUES (?, ?, ?, ?, ?, ?)", values).fetchall()
    return [part.number]


def _forget(cursor: duckdb.DuckDBPyConnection, parts: Sequence[int]) -> None:
    """Parts that no longer count; the records of the others stay."""
    for part in parts:
        for kind in KINDS:
            if _has_table(cursor, kind):
                run(cursor, exp.Delete(this=_table(kind), where=exp.Where(this=column(PART).eq(number(part)))))
        for name in ("typed_parts", "typed_files"):
            cursor.execute(f"DELETE FROM store.{name} WHERE part = ?", [part]).fetchall()


def _make_table(cursor: duckdb.DuckDBPyConnection, typed: Typed) -> None:
    """The table of a kind of record, with the columns that this layout has."""
    types = {PART: "INTEGER", **dict(zip(typed.layout.names, typed.layout.sql_types, strict=True))}
    made = create_table(typed.table, types)
    run(cursor, exp.Create(this=made.this.copy(), kind="TABLE", exists=True))
    if columns_of(cursor, typed.table) != [*types]:
        run(cursor, drop_table(typed.table))
        run(cursor, made)


def _has_table(cursor: duckdb.DuckDBPyConnection, kind: RecordKind) -> bool:
    query = "SELECT 1 FROM duckdb_tables() WHERE database_name = 'store' AND table_name = ?"
    return bool(cursor.execute(query, [f"typed_{kind}"]).fetchall())


def _table(kind: RecordKind) -> exp.Table:
    return kept(f"typed_{kind}")
