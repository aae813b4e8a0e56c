"""What there is to read: for each kind of record its relations, found in a folder, a JSON file or a mapping."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import field, replace
from pathlib import Path

import duckdb

from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.late_methods import dataclass
from ...grammar.source import Span
from ..suggest import did_you_mean
from .documents import JsonList, list_or_object, lists_in, records_of
from .errors import DataError
from .exact import header_of
from .files import DataFile, check_folder, data_file, find_files, nothing_found
from .integrity import full_look, quick_look
from .known import KnownEvents
from .layout import KINDS, RecordKind
from .relations import Relation
from .sources import SourceMap, Sources
from .tables import TypedTable, frame_table, is_frame, parquet_tables
from .text_files import CsvRows, JsonLines, first_lines


@dataclass(frozen=True)
class Batch:
    """One relation and how its records are mapped; `files` are those that it reads."""

    source: SourceMap
    relation: Relation
    files: tuple[DataFile, ...] = ()

    @property
    def label(self) -> str:
        """What people are shown as the place of its records."""
        return self.files[0].name if self.files else self.source.kind

    def lines(self, name: str, ordinals: Collection[int]) -> Mapping[int, int]:
        """The lines of the records of a file, given their numbers from 1; without those that no one knows."""
        relation = self.relation
        if isinstance(relation, (CsvRows, JsonLines)):
            return relation.places(next(file for file in self.files if file.name == name), ordinals)
        if isinstance(relation, JsonList):
            return relation.places(ordinals)
        return {ordinal: ordinal for ordinal in ordinals}


@dataclass
class Batches:
    """All there is to read, what was doubtful about finding it, and the files that are still being looked through."""

    found: dict[RecordKind, list[Batch]] = field(default_factory=dict)
    findings: list[Diagnostic] = field(default_factory=list)
    looks: list[Future[Diagnostic | None]] = field(default_factory=list)

    def of(self, kind: RecordKind) -> Sequence[Batch]:
        """What there is of one kind of record."""
        return self.found.get(kind, ())

    def refuse_damaged(self) -> None:
        """Wait for the looks into packed files; raises DataError if one is damaged."""
        damaged = [result for look in self.looks if (result := look.result()) is not None]
        if damaged:
            raise DataError(damaged)

    def release(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Let go of the frames that were read."""
        for batch in (batch for batches in self.found.values() for batch in batches):
            if isinstance(batch.relation, TypedTable) and not batch.files:
                connection.unregister(batch.relation.source.name)


def find_batches(
    source: str | Path | Mapping[str, object],
    sources: Sources,
    connection: duckdb.DuckDBPyConnection,
    needs_events: bool = True,
    known: KnownEvents | None = None,
) -> Batches:
    """Raises DataError where there is nothing that can be read, or no events where they are needed.

    Files in a folder that are `known` by their names are left out.
    """
    if isinstance(source, Mapping):
        return _of_mapping(source, sources, connection, needs_events)
    path = Path(source).absolute()
    if path.is_file():
        return _of_file(path, sources, connection, needs_events)
    check_folder(path)
    return _of_folder(path, sources, connection, needs_events, known)


def _suffices(kinds: Collection[RecordKind], needs_events: bool) -> bool:
    return "events" in kinds if needs_events else bool(kinds)


# ── mappings ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_mapping(
    source: Mapping[str, object], sources: Sources, connection: duckdb.DuckDBPyConnection, needs_events: bool
) -> Batches:
    for name in source:
        if name not in KINDS:
            hint = did_you_mean(str(name), KINDS)
            raise DataError([finding("D104", f"`{name}` is not a kind of record", hint=hint)])
    batches = Batches()
    for kind in KINDS:
        records = source.get(kind)
        if records is not None:
            relation = _relation_of(kind, records, connection)
            batches.found[kind] = [Batch(_only(sources.of(kind)), relation)]
    if not _suffices(batches.found, needs_events):
        what, hint = ("events", "give `events`, if need be an empty list") if needs_events else ("records", "give some")
        raise DataError([finding("D102", f"there are no {what}", hint=hint)])
    return batches


def _relation_of(kind: RecordKind, records: object, connection: duckdb.DuckDBPyConnection) -> Relation:
    if is_frame(records):
        return frame_table(connection, kind, records)
    if isinstance(records, Iterable) and not isinstance(records, (str, bytes, Mapping)):
        return records_of(kind, records)
    what = f"`{kind}` is a {type(records).__name__}"
    raise DataError([finding("D104", what, hint="give a list of dicts, or a frame of Arrow, pandas or polars")])


def _only(maps: Sequence[SourceMap]) -> SourceMap:
    """The one source of a kind of record, where there are no files to tell several apart."""
    if len(maps) > 1:
        message = f"`sources:` names {len(maps)} sources of {maps[0].kind}, and the data come as one"
        raise DataError([finding("D110", message, maps[1].span, hint="give a folder with the files of each")])
    return maps[0]


# ── one JSON file ────────────────────────────────────────────────────────────────────────────────────────────────


def _of_file(path: Path, sources: Sources, connection: duckdb.DuckDBPyConnection, needs_events: bool) -> Batches:
    """A file `{"accounts": […], "contacts": […], "events": […]}`."""
    file = data_file(path, path.parent)
    hint = "give --data a folder, or one JSON file with the lists `accounts`, `contacts` and `events`"
    if file is None or file.format != "json":
        raise DataError([finding("D104", f"`{path.name}` is not a JSON file", Span(path.name), hint=hint)])
    _refuse(quick_look(file) or full_look(file))
    lists = lists_in(file, connection)
    if lists is None or not set(lists) & set(KINDS):
        message = f"`{file.name}` has no lists of `accounts`, `contacts` and `events`"
        raise DataError([finding("D104", message, file.span, hint=hint)])
    if needs_events and "events" not in lists:
        raise DataError([finding("D102", f"`{file.name}` has no list of `events`", file.span, hint=hint)])
    return Batches({kind: [Batch(_only(sources.of(kind)), lists[kind])] for kind in KINDS if kind in lists})


def _refuse(*problems: Diagnostic | None) -> None:
    known = [problem for problem in problems if problem is not None]
    if known:
        raise DataError(known)


# ── folders ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _of_folder(
    folder: Path,
    sources: Sources,
    connection: duckdb.DuckDBPyConnection,
    needs_events: bool,
    known: KnownEvents | None,
) -> Batches:
    batches = Batches()
    files: list[tuple[SourceMap, list[DataFile]]] = []
    for kind in KINDS:
        files += [(source, find_files(folder, source, batches.findings)) for source in sources.of(kind)]
    if not _suffices({source.kind for source, found in files if found}, needs_events):
        raise nothing_found(folder, needs_events)
    files = [(source, [each for each in found if not _is_known(source, each, known)]) for source, found in files]
    every = list(dict.fromkeys(file for _, found in files for file in found))
    _refuse(*map(quick_look, every))
    batches.looks = _look_through(every)
    for source, found in files:
        batches.found.setdefault(source.kind, []).extend(_batches_of(source, found, connection))
    return batches


def _is_known(source: SourceMap, file: DataFile, known: KnownEvents | None) -> bool:
    return known is not None and file.name in known.names(source.kind)


def _look_through(files: Sequence[DataFile]) -> list[Future[Diagnostic | None]]:
    """Begin to look whether packed files are whole, while they are being read."""
    packed = [file for file in files if file.packing]
    if not packed:
        return []
    with_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="look")
    looks = [with_threads.submit(full_look, file) for file in packed]
    with_threads.shutdown(wait=False)
    return looks


def _batches_of(source: SourceMap, files: Sequence[DataFile], connection: duckdb.DuckDBPyConnection) -> Iterator[Batch]:
    """The files of one source, as many at once as one statement can read."""
    lines: list[DataFile] = []
    tables: dict[CsvRows, list[DataFile]] = {}
    parquet: list[DataFile] = []
    for file in files:
        if file.format == "lines":
            lines.append(file)
        elif file.format == "csv":
            shape = _csv_shape(source, file, connection)
            if shape.columns:  # an empty file has no records
                tables.setdefault(shape, []).append(file)
        elif file.format == "parquet":
            parquet.append(file)
        elif (document := list_or_object(file, connection)) is not None:
            yield Batch(source, document, (file,))
        else:
            lines.append(file)
    for group in _together(source, lines):
        yield Batch(source, JsonLines(group), group)
    for shape, of_shape in tables.items():
        for group in _together(source, of_shape):
            yield Batch(source, replace(shape, files=group), group)
    for group in _together(source, parquet):
        for table, of_table in parquet_tables(connection, group):
            yield Batch(source, table, tuple(of_table))


def _together(source: SourceMap, files: Sequence[DataFile]) -> list[tuple[DataFile, ...]]:
    """All files at once, or one by one where their records are numbered."""
    if source.numbers_rows:
        return [(file,) for file in files]
    return [tuple(files)] if files else []


def _csv_shape(source: SourceMap, file: DataFile, connection: duckdb.DuckDBPyConnection) -> CsvRows:
    """The columns of a CSV: those of its header, or those that the source names for one without."""
    delimiter = source.delimiter or ("\t" if file.is_tab_separated else None)
    header, found = header_of(first_lines(file, connection), delimiter)
    if not source.columns:
        return CsvRows((), tuple(header), found, has_header=True)
    if header and len(header) != len(source.columns):
        message = f"`columns` names {len(source.columns)} columns, and `{file.name}` has {len(header)}"
        raise DataError([finding("D104", message, source.span, hint="name each one; `''` skips a column")])
    return CsvRows((), source.columns, found, has_header=False)
