"""Records in typed tables: Parquet files, and frames of Arrow, pandas or polars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import duckdb
from sqlglot import exp

from ...grammar.diagnostics import finding
from ...grammar.late_methods import dataclass
from .cells import Family, Form, JsonForm, NativeForm
from .documents import json_text
from .errors import DataError
from .files import DataFile
from .paths import Path as Keys
from .paths import field_path, join_path
from .relations import BROKEN, DOCUMENT, FILE, Prepared, as_json, inside_json
from .sql import Sql, call, cast, column, record, rows, select, table, text
from .text_files import glob_escape, shown_name

_TYPES: dict[Family, tuple[str, ...]] = {
    "text": ("VARCHAR",),
    "name": ("UUID",),
    "whole": tuple(
        f"{sign}{size}" for sign in ("", "U") for size in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
    ),
    "double": ("FLOAT", "DOUBLE"),
    "bool": ("BOOLEAN",),
    "date": ("DATE",),
    "wall": ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"),
    "instant": ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS"),
    "texts": ("VARCHAR[]",),
}
_FAMILIES = {sql_type: family for family, sql_types in _TYPES.items() for sql_type in sql_types}


def form_of(sql_type: str) -> Form:
    """How values of a DuckDB type are read."""
    if sql_type == "JSON":
        return JsonForm()
    if sql_type.startswith("ENUM("):
        return NativeForm("name")
    if sql_type.startswith("DECIMAL("):
        return NativeForm("whole" if sql_type.endswith(",0)") else "double")
    return NativeForm(_FAMILIES.get(sql_type, "other"), in_nanoseconds="_NS" in sql_type)


@dataclass(frozen=True)
class TypedTable:
    """A table whose columns have types. `label` is shown as the file unless `file` says which one it is."""

    connection: duckdb.DuckDBPyConnection
    source: exp.Table
    label: str
    columns: Mapping[str, str]
    json_columns: frozenset[str] = frozenset()
    file: Sql | None = None

    def prepare(self, wanted: Mapping[str, Sequence[Keys]]) -> Prepared:
        found = {name: cell for name, paths in wanted.items() if (cell := self._cell(paths)) is not None}
        made = {name: value for name, (value, _) in found.items()}
        shown = record({name.removeprefix("raw ").removeprefix("field "): value for name, value in made.items()})
        fixed = {FILE: self.file or text(self.label), BROKEN: cast(exp.null(), "TEXT"), DOCUMENT: shown}
        columns = [value.as_(name, quoted=True, copy=False) for name, value in {**fixed, **made}.items()]
        query = exp.select(*columns, copy=False).from_(self.source, copy=False)
        forms = {name: form for name, (_, form) in found.items()}
        return Prepared(query, forms, [], as_json, columns=tuple(self.columns))

    def paths(self, connection: duckdb.DuckDBPyConnection) -> list[Keys]:
        """The columns, and what is inside those of structs."""
        return list(self._inside(exp.select("*").from_(self.source), ()))

    def lacking(self, connection: duckdb.DuckDBPyConnection, paths: Sequence[Keys]) -> Sequence[Keys] | None:
        """Those that are no columns, nor inside of one."""
        return [path for path in paths if self._cell([path]) is None]

    def _inside(self, query: exp.Select, outer: Keys) -> Iterator[Keys]:
        for name, sql_type in describe(self.connection, query).items():
            if not outer and name not in self.columns:
                continue
            path = (*outer, name) if outer else field_path(name)
            yield path
            if sql_type.startswith("STRUCT("):
                yield from self._inside(select(call("unnest", column(name)), source=query), path)

    def _cell(self, paths: Sequence[Keys]) -> tuple[Sql, Form] | None:
        """The first of the paths that is a column, or leads into a column of structs or of JSON."""
        for path in paths:
            for name in (".".join(path), join_path(path)):
                if name in self.columns:
                    return self._column(name)
            if len(path) > 1 and path[0] in self.columns and (nested := self._nested(path)) is not None:
                return nested
        return None

    def _column(self, name: str) -> tuple[Sql, Form]:
        if name in self.json_columns or self.columns[name] == "JSON":
            return inside_json(column(name), ()), JsonForm()
        return column(name), form_of(self.columns[name])

    def _nested(self, path: Keys) -> tuple[Sql, Form] | None:
        if path[0] in self.json_columns or self.columns[path[0]] in ("JSON", "VARCHAR"):
            return inside_json(column(path[0]), path[1:]), JsonForm()
        value: Sql = column(path[0])
        for key in path[1:]:
            value = call("struct_extract", value, text(key))
        try:
            (sql_type,) = describe(self.connection, exp.select(value.as_("value")).from_(self.source)).values()
        except duckdb.BinderException:
            return None
        return value, form_of(sql_type)


def describe(connection: duckdb.DuckDBPyConnection, query: exp.Select) -> dict[str, str]:
    """The columns of a query and their types."""
    return {str(name): str(sql_type) for name, sql_type, *_ in rows(connection, exp.Describe(this=query))}


def parquet_tables(
    connection: duckdb.DuckDBPyConnection, files: Iterable[DataFile]
) -> list[tuple[TypedTable, list[DataFile]]]:
    """Parquet files as tables, those with the same columns together."""
    groups: dict[tuple[tuple[str, str], ...], list[DataFile]] = {}
    for file in files:
        columns = _columns(connection, file)
        columns.pop("filename", None)
        groups.setdefault(tuple(columns.items()), []).append(file)
    return [
        (TypedTable(connection, _parquet(group), group[0].name, dict(columns), file=shown_name(group)), group)
        for columns, group in groups.items()
    ]


def _columns(connection: duckdb.DuckDBPyConnection, file: DataFile) -> dict[str, str]:
    try:
        return describe(connection, exp.select("*").from_(_parquet([file])))
    except duckdb.Error as error:
        why = str(error).splitlines()[0].split(str(file.path))[0].removeprefix("Invalid Input Error: ").rstrip(" '")
        message = f"`{file.name}` is damaged, or no Parquet file: {why.lower()}"
        raise DataError([finding("D103", message, file.span, hint="fetch it again")]) from error


def _parquet(files: Sequence[DataFile]) -> exp.Table:
    paths = exp.array(*(text(glob_escape(file.path)) for file in files))
    return exp.Table(this=call("read_parquet", paths, filename=exp.true()))


# ── frames ───────────────────────────────────────────────────────────────────────────────────────────────────────


def is_frame(value: object) -> bool:
    """Whether a value is a table of Arrow, pandas or polars."""
    return hasattr(value, "__arrow_c_stream__") or _is_pandas(value) or callable(getattr(value, "collect", None))


def frame_table(connection: duckdb.DuckDBPyConnection, label: str, frame: Any) -> TypedTable:
    """A frame as a table of the connection, under a name of its own."""
    if not hasattr(frame, "__arrow_c_stream__") and callable(getattr(frame, "collect", None)):
        frame = frame.collect()  # a lazy frame of polars
    json_columns: frozenset[str] = frozenset()
    if _is_pandas(frame):
        frame, json_columns = _plain_pandas(frame)
    name = f"frame of {label}"
    connection.register(name, frame)
    columns = describe(connection, exp.select("*").from_(table(name)))
    return TypedTable(connection, table(name), label, columns, json_columns)


def _is_pandas(value: object) -> bool:
    kind = type(value)
    return kind.__name__ == "DataFrame" and kind.__module__.split(".")[0] == "pandas"


def _plain_pandas(frame: Any) -> tuple[Any, frozenset[str]]:
    """The frame with its columns of Python objects as JSON, because the engine would guess what they are."""
    mixed = [name for name in frame.columns if frame[name].dtype == object]
    changed = frame.rename(columns=str)
    for name in mixed:
        known = frame[name].notna()
        texts = [json_text(value) if there else None for value, there in zip(frame[name], known, strict=True)]
        changed[str(name)] = changed[str(name)].__class__(texts, index=frame.index, dtype="object")
    return changed, frozenset(str(name) for name in mixed)
