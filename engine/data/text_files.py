"""Text files as the engine reads them: all lines of JSON, or all rows of CSV, of several files at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

import duckdb
from sqlglot import exp

from ...grammar.diagnostics import finding
from ...grammar.late_methods import dataclass
from ...grammar.source import Span
from .cells import CsvForm, Form, JsonForm
from .errors import DataError
from .exact import LONGEST, Line, Row, lines_of, rows_of
from .files import DataFile
from .integrity import has_long_lines
from .paths import Path as Keys
from .paths import field_path, join_path
from .relations import (
    BROKEN,
    DOCUMENT,
    FILE,
    LINE,
    PROBLEM,
    JsonDocuments,
    Prepared,
    as_json,
    inside_json,
)
from .samples import Sample, sample_of
from .sql import (
    Sql,
    call,
    cast,
    column,
    drop_table,
    number,
    record,
    rows,
    run,
    select,
    table,
    text,
    value_list,
)

Item = TypeVar("Item")

_USUAL_LINE = 2_000_000
"""The longest line for which the engine makes room, unless a file has longer ones: its buffers grow with it, and of a
line that is longer than a buffer nothing would be left, not even a word in the table of rejects."""

_SMALL = 200_000
"""Of files of fewer bytes Python reads the rows."""

_NO_DELIMITER = "\x01\x02\x03"
_REJECTS, _SCANS = "reader_rejects", "reader_scans"


# ── lines ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class JsonLines:
    """Files of one JSON document a line."""

    files: tuple[DataFile, ...]

    def prepare(self, wanted: Mapping[str, Sequence[Keys]]) -> Prepared:
        return self._documents.prepare(wanted)

    def paths(self, connection: duckdb.DuckDBPyConnection) -> list[Keys]:
        return self._documents.paths(connection)

    def lacking(self, connection: duckdb.DuckDBPyConnection, paths: Sequence[Keys]) -> Sequence[Keys] | None:
        try:
            return self._documents.lacking(connection, paths)
        finally:
            forget_rejects(connection)

    def sample(self, connection: duckdb.DuckDBPyConnection) -> Sample | None:
        """The first records; None where the files are not in order."""
        try:
            parts = [_whole_lines(file, connection) for file in self.files]
            return sample_of(parts, are_whole=all(file.packing != ".zst" for file in self.files))
        except DataError:
            return None

    def naming(self, pattern: Sql) -> JsonDocuments:
        """Only those lines in which a pattern is found."""
        return JsonDocuments(self._lines.where(call("regexp_matches", column(LINE), pattern), copy=False))

    @property
    def _documents(self) -> JsonDocuments:
        return JsonDocuments(self._lines)

    @property
    def _lines(self) -> exp.Select:
        made = {FILE: shown_name(self.files), LINE: column(LINE), PROBLEM: cast(exp.null(), "TEXT")}
        return _named(made, _read_lines(self.files))

    def exactly(self, file: DataFile) -> Iterator[ExactLines]:
        """One of the files, read line by line in Python, some at a time."""
        before = 0
        for found in _some_at_a_time(lines_of(file)):
            yield ExactLines(file.name, found, before)
            before += len(found)

    def places(self, file: DataFile, ordinals: Collection[int]) -> Mapping[int, int]:
        """Each line is a record of its own, blank ones too."""
        return {ordinal: ordinal for ordinal in ordinals}


@dataclass(frozen=True)
class ExactLines:
    """Lines that Python has read; `label` is shown as their file, which has `before` more lines above them."""

    label: str
    found: tuple[Line, ...]
    before: int

    def prepare(self, wanted: Mapping[str, Sequence[Keys]]) -> Prepared:
        parameters: list[object] = []
        made = {
            FILE: text(self.label),
            LINE: value_list([line.text.rstrip("\r\n") for line in self.found], "TEXT", parameters),
            PROBLEM: value_list([line.problem for line in self.found], "TEXT", parameters),
        }
        return JsonDocuments(_named(made, None), tuple(parameters)).prepare(wanted)

    def places(self, name: str, ordinals: Collection[int]) -> Mapping[int, int]:
        """Each line is a record of its own, blank ones too."""
        return {ordinal: self.before + ordinal for ordinal in ordinals}


def _whole_lines(file: DataFile, connection: duckdb.DuckDBPyConnection) -> Iterator[str | None]:
    """The lines of a file, or the first of them; None for one that is no text."""
    if file.packing == ".zst":
        yield from first_lines(file, connection)
    else:
        yield from (None if line.problem else line.text for line in lines_of(file))


def first_lines(file: DataFile, connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """The lines of a file from its beginning, each with an end."""
    if file.packing != ".zst":
        yield from (line.text for line in lines_of(file))
        return
    query = select(column(LINE), source=_read_lines((file,))).limit(1000, copy=False)
    try:
        yield from (f"{line or ''}\n" for (line,) in rows(connection, query))
    finally:
        forget_rejects(connection)


def whole_text(file: DataFile, connection: duckdb.DuckDBPyConnection) -> str:
    """A text file as one text; raises DataError where it is not UTF-8."""
    if file.packing == ".zst":
        lines = rows(connection, select(column(LINE), source=_read_lines((file,))))
        broken = bool(files_with_rejects(connection, [file]))
        forget_rejects(connection)
        document = "\n".join(str(line or "") for (line,) in lines)
    else:
        held = list(lines_of(file))
        broken = any(line.problem for line in held)
        document = "".join(line.text for line in held)
    if broken:
        raise DataError([finding("D103", f"`{file.name}` is not UTF-8 text", file.span, hint="save it as UTF-8")])
    return document


def _read_lines(files: Sequence[DataFile]) -> exp.Table:
    """Every line as a row of its own, blank ones too; what is no UTF-8 or too long goes to the rejects."""
    return _table_function(
        files,
        columns=record({LINE: text("VARCHAR")}),
        delim=text(_NO_DELIMITER),
        quote=text(""),
        escape=text(""),
        header=exp.false(),
        strict_mode=exp.false(),
        null_padding=exp.true(),
    )


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class CsvRows:
    """CSV files with the same columns. `has_header` says whether their first line names them."""

    files: tuple[DataFile, ...]
    columns: tuple[str, ...]
    delimiter: str
    has_header: bool

    def prepare(self, wanted: Mapping[str, Sequence[Keys]]) -> Prepared:
        names = {_numbered(place): text("VARCHAR") for place in range(len(self.columns))}
        source = _table_function(
            self.files,
            columns=record(names),
            delim=text(self.delimiter),
            quote=text('"'),
            escape=text('"'),
            header=exp.true() if self.has_header else exp.false(),
        )
        cells = {_numbered(place): column(_numbered(place)) for place in range(len(self.columns))}
        fine = cast(exp.null(), "TEXT")
        return self._prepared(source, cells, wanted, {FILE: shown_name(self.files), BROKEN: fine})

    def sample(self, connection: duckdb.DuckDBPyConnection) -> Sample | None:
        """The rows of small files, outer blanks removed; None where they are not in order, or many."""
        if sum(file.path.stat().st_size for file in self.files) > _SMALL or len(set(self.columns)) < len(self.columns):
            return None
        found: list[Mapping[str, object]] = []
        try:
            for file in self.files:
                for row in rows_of(file, self.delimiter, len(self.columns), self.has_header):
                    if row.problem is not None or len(row.cells) != len(self.columns) or "\0" in row.text:
                        return None
                    cells = (cell.strip() or None for cell in row.cells)
                    found.append(dict(zip(self.columns, cells, strict=True)))
        except DataError:
            return None
        return Sample(found, is_all=True)

    def place_of(self, paths: Sequence[Keys]) -> str | None:
        """The column with the values at the first of these paths. Raises ValueError if they are inside of it."""
        for path in paths:
            for name in (".".join(path), join_path(path)):
                if name in self.columns:
                    return name
            if path[0] in self.columns:
                raise ValueError(path[0])
        return None

    def paths(self, connection: duckdb.DuckDBPyConnection) -> list[Keys]:
        """Each column is a place of its own; `a.b` in a header is taken as a path."""
        return [field_path(name) for name in self.columns if name]

    def lacking(self, connection: duckdb.DuckDBPyConnection, paths: Sequence[Keys]) -> Sequence[Keys] | None:
        """Those that the header does not name."""
        nothing: list[Sql] = [exp.null()] * len(self.columns)
        return [path for path in paths if self._cell(nothing, [path]) is None]

    def exactly(self, file: DataFile) -> Iterator[ExactRows]:
        """One of the files, read row by row in Python, some at a time."""
        for found in _some_at_a_time(rows_of(file, self.delimiter, len(self.columns), self.has_header)):
            yield ExactRows(self, file.name, found)

    def places(self, file: DataFile, ordinals: Collection[int]) -> Mapping[int, int]:
        """The lines on which records begin: cells may hold line ends, so someone has to count."""
        last = max(ordinals, default=0)
        wanted = set(ordinals)
        found: dict[int, int] = {}
        for ordinal, row in enumerate(rows_of(file, self.delimiter, len(self.columns), self.has_header), 1):
            if ordinal in wanted:
                found[ordinal] = row.line
            if ordinal >= last:
                break
        return found

    def _prepared(
        self,
        source: exp.Table | exp.Select,
        cells: Mapping[str, Sql],
        wanted: Mapping[str, Sequence[Keys]],
        made: Mapping[str, Sql],
        parameters: Sequence[object] = (),
    ) -> Prepared:
        """The cells that are wanted. Without a DOCUMENT among what is made, it is the row as JSON."""
        values = list(cells.values())
        found = {name: cell for name, paths in wanted.items() if (cell := self._cell(values, paths)) is not None}
        columns = {**made} | {name: value for name, (value, _) in found.items()}
        forms = {name: form for name, (_, form) in found.items()}
        names = self._unique()
        header = tuple(name for name in names if name)
        if DOCUMENT in made:
            return Prepared(_named(columns, source), forms, list(parameters), columns=header)
        columns[DOCUMENT] = record({name or f"column {place}": values[place] for place, name in enumerate(names)})
        return Prepared(_named(columns, source), forms, list(parameters), as_json, columns=header)

    def _cell(self, values: Sequence[Sql], paths: Sequence[Keys]) -> tuple[Sql, Form] | None:
        """The first of the paths that is a column, or leads into a column of JSON."""
        for path in paths:
            for name in (".".join(path), join_path(path)):
                if name in self.columns:
                    self._only_once(name)
                    return values[self.columns.index(name)], CsvForm()
            if path[0] in self.columns:
                return inside_json(values[self.columns.index(path[0])], path[1:]), JsonForm()
        return None

    def _only_once(self, name: str) -> None:
        if self.columns.count(name) > 1:
            file = self.files[0]
            message = f"`{file.name}` has {self.columns.count(name)} columns `{name}`"
            hint = "rename one of them, or leave it out of the export"
            raise DataError([finding("D106", message, Span(file.name, 1, 1, 1, 1), hint=hint)])

    def _unique(self) -> list[str]:
        """The names of the columns, later ones of the same name (whatever its case) with their numbers."""
        seen: set[str] = set()
        names = []
        for place, name in enumerate(self.columns, 1):
            unique = name if name.lower() not in seen else f"{name} ({place})"
            seen.add(unique.lower())
            names.append(unique)
        return names


@dataclass(frozen=True)
class ExactRows:
    """Rows of a CSV that Python has read."""

    table: CsvRows
    label: str
    found: tuple[Row, ...]

    def prepare(self, wanted: Mapping[str, Sequence[Keys]]) -> Prepared:
        parameters: list[object] = []
        width = len(self.table.columns)
        padded = [(*row.cells, *("",) * width)[:width] for row in self.found]
        made = {
            "cells": value_list(padded, "TEXT[]", parameters),
            LINE: value_list([row.text for row in self.found], "TEXT", parameters),
            PROBLEM: value_list([row.problem for row in self.found], "TEXT", parameters),
        }
        cells = {
            _numbered(place): exp.Bracket(this=column("cells"), expressions=[number(place + 1)], offset=1)
            for place in range(width)
        }
        extra = {FILE: text(self.label), BROKEN: column(PROBLEM), DOCUMENT: column(LINE)}
        return self.table._prepared(_named(made, None), cells, wanted, extra, parameters)

    def places(self, name: str, ordinals: Collection[int]) -> Mapping[int, int]:
        """The lines on which the rows begin."""
        return {ordinal: self.found[ordinal - 1].line for ordinal in ordinals}


def _numbered(place: int) -> str:
    return f"c{place + 1}"


# ── both ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _some_at_a_time(items: Iterable[Item]) -> Iterator[tuple[Item, ...]]:
    """The items in stretches that do no harm as parameters of a statement."""
    left = iter(items)
    while some := tuple(islice(left, 100_000)):
        yield some


def _table_function(files: Sequence[DataFile], **options: Sql) -> exp.Table:
    paths = exp.array(*(text(glob_escape(file.path)) for file in files))
    longest = LONGEST if any(map(has_long_lines, files)) else _USUAL_LINE
    function = call(
        "read_csv",
        paths,
        **options,
        auto_detect=exp.false(),
        filename=exp.true(),
        store_rejects=exp.true(),
        rejects_table=text(_REJECTS),
        rejects_scan=text(_SCANS),
        max_line_size=number(longest),
    )
    return exp.Table(this=function)


def glob_escape(path: Path) -> str:
    """The path as a pattern that fits nothing else."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))


def shown_name(files: Sequence[DataFile]) -> Sql:
    """The name of the row's file as people are shown it: its path in the data folder."""
    first = files[0]
    return call("substr", column("filename"), number(len(str(first.path)) - len(first.name) + 1))


def _named(columns: Mapping[str, Sql], source: exp.Table | exp.Select | None) -> exp.Select:
    made = [value.as_(name, quoted=True, copy=False) for name, value in columns.items()]
    return exp.select(*made, copy=False) if source is None else select(*made, source=source)


def files_with_rejects(connection: duckdb.DuckDBPyConnection, files: Sequence[DataFile]) -> list[DataFile]:
    """The files over which the engine has stumbled since `forget_rejects`."""
    scans = exp.select(column("file_path")).distinct().from_(table(_SCANS))
    bad = exp.select(call("concat", column("scan_id"), text(" "), column("file_id"))).from_(table(_REJECTS))
    here = call("concat", column("scan_id"), text(" "), column("file_id"))
    try:
        paths = {str(path) for (path,) in rows(connection, scans.where(exp.In(this=here, query=bad.subquery())))}
    except duckdb.CatalogException:  # it has made no such tables
        return []
    return [file for file in files if str(file.path) in paths]


def forget_rejects(connection: duckdb.DuckDBPyConnection) -> None:
    """Begin anew with the engine's own tables of what it could not read."""
    for name in (_REJECTS, _SCANS):
        run(connection, drop_table(table(name)))
