"""Results as documents and files: JSON, NDJSON, CSV and Parquet, and files that appear complete or not at all."""

from __future__ import annotations

import contextlib
import csv
import datetime
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, get_args

from ..grammar.late_methods import dataclass
from .frames import Column, ColumnKind, Results, Table
from .instants import format_instant
from .records import Value
from .results import stage_of
from .rounding import UNITS, format_units

FileFormat = Literal["json", "ndjson", "csv", "parquet"]
RUN, REJECTED = "run.json", "rejected.ndjson"
_NESTED = {"score": "scores", "measure": "measures", "grade": "grades"}
_REACHED = "stages_reached"


# --- JSON -----------------------------------------------------------------------------------------------------------


def head(results: Results) -> dict[str, Any]:
    """When, by which rules, from which data."""
    counts = results.counts
    names = ("read", "duplicates", "accounts", "contacts", "events", "ignored", "rejected", "after_as_of")
    return {
        "as_of": format_instant(results.as_of),
        "ruleset": dict(results.ruleset),
        "data": {name: getattr(counts, name) for name in names},
    }


def plain_params(params: Mapping[str, Value]) -> dict[str, Any]:
    """The params of a run as JSON has them.

    >>> plain_params({"mqa": 65.0, "since": datetime.date(2026, 3, 1), "strict": True, "start": 0})
    {'mqa': 65, 'since': '2026-03-01', 'strict': True, 'start': '1970-01-01T00:00:00Z'}
    """
    return {name: json_value(Column(name, _kind_of(value)), value) for name, value in params.items()}


def _kind_of(value: Value) -> ColumnKind:
    """Params are texts, truth values, dates, doubles, and instants, which alone are whole numbers."""
    return "timestamp" if isinstance(value, int) and not isinstance(value, bool) else "text"


def document(results: Results, contributions: bool = False) -> dict[str, Any]:
    """The whole of the results as one JSON object."""
    whole = {**head(results), "leads": list(objects(results.leads)), "accounts": list(objects(results.accounts))}
    if contributions:
        whole["contributions"] = list(objects(results.contributions))
    return whole


def objects(table: Table) -> Iterator[dict[str, Any]]:
    """The rows as JSON objects; leads and accounts hold scores, measures and grades in objects of their own, and with
    their history the stages that they have reached."""
    groups = () if table.name == "contributions" else tuple(_NESTED.values())
    for row in table.rows:
        cells = list(zip(table.columns, row, strict=True))
        made = {column.name: json_value(column, value) for column, value in cells if column.role == "key"}
        made |= {group: {} for group in groups}
        for column, value in cells:
            if column.role == "reached":
                made[_REACHED] |= {} if value is None else {stage_of(column.name): json_value(column, value)}
            elif column.role != "key":
                place = made[_NESTED[column.role]] if column.role in _NESTED else made
                place[column.name] = json_value(column, value)
            if column.role == "stage_since":
                made[_REACHED] = {}
        yield made


def json_value(column: Column, value: Value) -> Any:
    """A value as JSON has it: whole numbers without a decimal point, instants and dates as texts.

    >>> json_value(Column("fit", "points"), 415000), json_value(Column("fit", "points"), 200000)
    (41.5, 20)
    """
    if value is None:
        return None
    if column.kind == "points" and isinstance(value, int):
        return value // UNITS if value % UNITS == 0 else value / UNITS
    if column.kind == "timestamp" and isinstance(value, int):
        return format_instant(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return list(value) if isinstance(value, tuple) else value


def cell(column: Column, value: Value) -> str:
    """A value as CSV and tables for people have it; '' for missing."""
    if value is None:
        return ""
    if isinstance(value, str):  # most are
        return value
    if column.kind == "points" and isinstance(value, int):
        return format_units(value)
    plain = json_value(column, value)
    return json.dumps(plain) if isinstance(plain, bool | float) else str(plain)


def write_json(results: Results, out: IO[str], contributions: bool) -> None:
    """One object, indented, ending in a line feed."""
    json.dump(document(results, contributions), out, ensure_ascii=False, indent=2, allow_nan=False)
    out.write("\n")


def write_ndjson(table: Table, out: IO[str], level: str | None = None) -> None:
    """A row a line; with `level` each says what it is."""
    for made in objects(table):
        line = {"level": level, **made} if level else made
        out.write(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n")


def write_csv(table: Table, out: IO[str]) -> None:
    """A header and a row a line."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.name for column in table.columns])
    rows = iter(table.rows)
    while some := list(islice(rows, _AT_ONCE)):
        by_column = zip(table.columns, zip(*some, strict=True), strict=True)
        columns = (_cells(column, values) for column, values in by_column)
        writer.writerows(zip(*columns, strict=True))


_AT_ONCE = 20_000
"""So many rows are written at once: a column has few different values among them, and each is said once."""


def _cells(column: Column, values: Sequence[Value]) -> Sequence[str]:
    """Values of a column as `cell` says them."""
    said = {value: cell(column, value) for value in set(values)}
    return [said[value] for value in values]


_PARQUET = {
    "text": "TEXT",
    "points": "DECIMAL(18, 4)",
    "number": "DOUBLE",
    "bool": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMPTZ",
    "count": "BIGINT",
}


def write_parquet(table: Table, path: Path) -> None:
    """One file of typed columns; points are DECIMAL(18,4)."""
    import duckdb
    from sqlglot import exp

    from .data.sql import cast, rows, value_list
    from .kept import KeptRows

    if isinstance(table.rows, KeptRows):
        table.rows.write_parquet(path)
        return
    parameters: list[object] = []
    columns = [
        exp.alias_(
            cast(value_list(_stored(table, place), "TEXT", parameters), _PARQUET[column.kind]), column.name, quoted=True
        )
        for place, column in enumerate(table.columns)
    ]
    with duckdb.connect() as connection:
        target = exp.Literal.string(str(path))
        form = exp.CopyParameter(this=exp.var("FORMAT"), expression=exp.var("PARQUET"))
        copy = exp.Copy(this=exp.select(*columns).subquery(), kind=False, files=[target], params=[form])
        rows(connection, copy, parameters)


def _stored(table: Table, place: int) -> list[object]:
    column = table.columns[place]
    return [None if row[place] is None else cell(column, row[place]) for row in table.rows]


# --- files ------------------------------------------------------------------------------------------------------------


@dataclass
class Together:
    """Files of one folder that are written beside their names, and take them together when all are complete."""

    folder: Path
    _parts: dict[Path, Path] = field(default_factory=dict)
    _is_new: bool = False

    def __enter__(self) -> Together:
        self._is_new = not self.folder.exists()
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def path(self, name: str) -> Path:
        """Where to write the file that will have this name."""
        part = self.folder / f".{name}.{os.getpid()}.part"
        self._parts[part] = self.folder / name
        return part

    @property
    def names(self) -> list[Path]:
        """The files as they will be called."""
        return list(self._parts.values())

    @contextlib.contextmanager
    def text(self, name: str) -> Iterator[IO[str]]:
        """The same, opened."""
        with self.path(name).open("w", encoding="utf-8", newline="") as out:
            yield out

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                for part in self._parts:
                    _flush(part)
                for part, target in self._parts.items():
                    part.replace(target)
        finally:
            for part in self._parts:
                part.unlink(missing_ok=True)
            if error is not None and self._is_new:
                with contextlib.suppress(OSError):  # somebody else may have put something there
                    self.folder.rmdir()


def _flush(path: Path) -> None:
    """To the disk: a full one must speak up before any name is taken."""
    with path.open("rb+") as out:
        os.fsync(out.fileno())


def write_folder(
    results: Results,
    folder: Path,
    form: FileFormat,
    *,
    contributions: bool = False,
    rejected: Callable[[Path], object] | None = None,
    about: Mapping[str, Any] | None = None,
) -> list[Path]:
    """Write the results into a folder, with `rejected.ndjson` if any record was, and `run.json`; gives the files.

    `about` is what else `run.json` says of the run. Files of the run before that are not written now are removed:
    they would speak of other data.
    """
    tables = [results.leads, results.accounts, *([results.contributions] if contributions else [])]
    old = files_of_run(folder)
    with Together(folder) as files:
        if form == "json":
            with files.text("results.json") as out:
                write_json(results, out, contributions)
        for table in tables if form != "json" else ():
            _write_table(table, form, files)
        if rejected is not None:
            rejected(files.path(REJECTED))
        said = {**head(results), **(about or {}), "files": [path.name for path in files.names]}
        with files.text(RUN) as out:
            json.dump(said, out, ensure_ascii=False, indent=2)
            out.write("\n")
        written = files.names
    for name in old - {path.name for path in written}:
        (folder / name).unlink(missing_ok=True)
    return written


def names_of(form: FileFormat, contributions: bool) -> set[str]:
    """The names that the files of a run may have."""
    tables = ["leads", "accounts", *(["contributions"] if contributions else [])]
    return {RUN, REJECTED} | ({"results.json"} if form == "json" else {f"{table}.{form}" for table in tables})


def run_of(folder: Path) -> dict[str, Any] | None:
    """What the `run.json` of an earlier run says; None where there is none, or one that is not ours."""
    return _object(folder / RUN, {"as_of", "ruleset", "data"})


def files_of_run(folder: Path) -> set[str]:
    """The files that the earlier run in this folder says that it wrote, and rejected records, which say so themselves.

    A name that no run writes is none of them, whatever `run.json` says.
    """
    listed = (run_of(folder) or {}).get("files")
    possible = {name for form in get_args(FileFormat) for name in names_of(form, True)}
    found = {name for name in possible if isinstance(listed, list) and name in listed}
    keys = {"kind", "file", "line", "reason", "record"}
    return found | ({REJECTED} if _object(folder / REJECTED, keys, first_line=True) is not None else set())


def _object(path: Path, keys: set[str], first_line: bool = False) -> dict[str, Any] | None:
    """The JSON object of a file (or of its first line) if it has these keys."""
    try:
        with path.open(encoding="utf-8") as text:
            found = json.loads(text.readline() if first_line else text.read())
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and keys <= set(found) else None


def _write_table(table: Table, form: FileFormat, files: Together) -> None:
    name = f"{table.name}.{form}"
    if form == "parquet":
        write_parquet(table, files.path(name))
        return
    with files.text(name) as out:
        if form == "csv":
            write_csv(table, out)
        else:
            write_ndjson(table, out)
