"""A replay as files: the results of each level at all instants, the points of lines, and what else there is to say."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from glob import escape
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import duckdb
from sqlglot import exp

from ..data.sql import call, cast, column, select, table, times
from ..frames import CONTRIBUTION_COLUMNS, Column, Table, entity_columns
from ..model import Model
from ..plan.steps import LEVELS
from ..sql.statements import text
from ..writers import Together, cell, write_csv, write_parquet
from .replayed import Replayed
from .replaying import ENTRIES

Form = Literal["parquet", "csv"]
ABOUT = "replay.json"
AS_OF = Column("as_of", "timestamp")
_AT_ONCE = 10_000


class ReplayFiles:
    """Files that the results of a replay go into portion by portion, so that nothing of them has to be held.

    In a `with`; they appear together when it ends. Files of an earlier replay that are not written now are removed
    then, since they would speak of something else.
    """

    def __init__(self, folder: Path, model: Model, form: Form, contributions: bool) -> None:
        self._files = Together(folder)
        self._form = form
        self._old = files_of_replay(folder)
        histories = {f"{level}s": (f"{level}_history", entity_columns(model, level)) for level in LEVELS}
        if contributions:
            histories["contributions"] = ("contribution_history", CONTRIBUTION_COLUMNS)
        self._histories = histories
        self._growing: list[tuple[str, Sequence[Column], _ParquetFile | _CsvFile]] = []
        self._open = self._being_written = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self._files)
            self._being_written = stack.enter_context(ExitStack())
            for name, (source, columns) in self._histories.items():
                path = self._files.path(f"{name}.{self._form}")
                file: _ParquetFile | _CsvFile = _ParquetFile(path) if self._form == "parquet" else _CsvFile(path)
                self._being_written.enter_context(file)
                self._growing.append((source, columns, file))
            self._open = stack.pop_all()
        return self

    @property
    def names(self) -> list[Path]:
        """The files as they will be called."""
        return self._files.names

    def add(self, replayed: Replayed) -> None:
        """Add the results at the instants that follow, ordered by instant and id."""
        for source, columns, file in self._growing:
            file.add(replayed, source, columns)

    def complete(self) -> None:
        """All results have been added: make the files of them now, since that takes room of which others may have more
        need later."""
        self._being_written.close()

    def finish(self, others: Sequence[Table], about: Mapping[str, Any]) -> None:
        """Write other tables, and `replay.json`."""
        for other in others:
            path = self._files.path(f"{other.name}.{self._form}")
            if self._form == "parquet":
                write_parquet(other, path)
            else:
                with path.open("w", encoding="utf-8", newline="") as out:
                    write_csv(other, out)
        said = {**about, "files": [path.name for path in self.names]}
        with self._files.text(ABOUT) as out:
            json.dump(said, out, ensure_ascii=False, indent=2)
            out.write("\n")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)
        if error is None:
            for name in self._old - {path.name for path in self.names}:
                (self._files.folder / name).unlink(missing_ok=True)


def names_of(form: Form, others: Sequence[str], contributions: bool) -> list[str]:
    """The names that the files have."""
    tables = [*(f"{level}s" for level in LEVELS), *others, *(["contributions"] if contributions else [])]
    return [*(f"{name}.{form}" for name in tables), ABOUT]


def files_of_replay(folder: Path) -> set[str]:
    """The files that an earlier replay says that it wrote into this folder, `replay.json` among them."""
    try:
        found = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return set()
    listed = found.get("files") if isinstance(found, dict) else None
    possible = {name for form in ("parquet", "csv") for name in names_of(form, ("moves", "reasons"), True)}
    if not isinstance(listed, list):
        return set()
    return {ABOUT, *(possible & {name for name in listed if isinstance(name, str)})}


class _ParquetFile:
    """Points as DECIMAL(18,4), instants with their zone. The portions lie beside it until it is made of them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parts: list[Path] = []
        self._limit = ""

    def __enter__(self) -> Self:
        return self

    def add(self, replayed: Replayed, source: str, columns: Sequence[Column]) -> None:
        if not self._parts:
            ((self._limit,),) = replayed.connection.execute("SELECT current_setting('memory_limit')").fetchall()
        part = self._path.with_name(f"{self._path.name}.{len(self._parts)}")
        self._parts.append(part)
        replayed.connection.sql(text(_query(replayed, source, columns, typed=True))).write_parquet(str(part))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                with duckdb.connect(config={"memory_limit": self._limit}) as connection:
                    rows = connection.read_parquet([escape(str(part)) for part in self._parts])
                    rows.write_parquet(str(self._path), compression="zstd")
        finally:
            for part in self._parts:
                part.unlink(missing_ok=True)


class _CsvFile:
    """A header, and a row a line."""

    def __init__(self, path: Path) -> None:
        self._out = path.open("w", encoding="utf-8", newline="")
        self._is_new = True

    def __enter__(self) -> Self:
        return self

    def add(self, replayed: Replayed, source: str, columns: Sequence[Column]) -> None:
        writer = csv.writer(self._out, lineterminator="\n")
        if self._is_new:
            writer.writerow([each.name for each in (AS_OF, *columns)])
            self._is_new = False
        for row in _rows(replayed, _query(replayed, source, columns, typed=False)):
            writer.writerow([cell(each, value) for each, value in zip((AS_OF, *columns), row, strict=True)])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._out.close()


def _rows(replayed: Replayed, query: exp.Select) -> Iterator[tuple[Any, ...]]:
    found = replayed.connection.execute(text(query))
    while some := found.fetchmany(_AT_ONCE):
        yield from some


def _query(replayed: Replayed, source: str, columns: Sequence[Column], typed: bool) -> exp.Select:
    """The rows by instant and id; a column that no rule makes is empty."""
    is_lines = source == "contribution_history"
    titles = {each.title for level in LEVELS for each in replayed.results[level] if source == f"{level}_history"}
    values = [_shown(Column("at", "timestamp"), typed)]
    values += [_shown(each, typed) if is_lines or each.name in titles else _NOTHING.copy() for each in columns]
    names = [AS_OF.name, *(each.name for each in columns)]
    made = [exp.alias_(value, name, quoted=True) for value, name in zip(values, names, strict=True)]
    order = ("at", "level", "id", *ENTRIES[2:]) if is_lines else ("at", "id")
    return select(*made, source=table(source)).order_by(*map(column, order))


_NOTHING = cast(exp.null(), "TEXT")
_STEP = cast(exp.Literal.string("0.0001"), "DECIMAL(4, 4)")
"""A unit of points as an exact decimal."""


def _shown(each: Column, typed: bool) -> exp.Expr:
    value: exp.Expr = column(each.name)
    if typed and each.kind == "points":
        return cast(times(cast(value, "DECIMAL(18, 0)"), _STEP.copy()), "DECIMAL(18, 4)")
    return call("make_timestamptz", value) if typed and each.kind == "timestamp" else value
