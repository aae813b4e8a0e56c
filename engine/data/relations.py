"""A stretch of records that one statement can read, whatever form they have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Protocol

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from .cells import Form, JsonForm
from .paths import Path, pointer
from .sql import (
    Sql,
    call,
    case,
    cast,
    column,
    equals,
    first_known,
    is_known,
    is_null,
    number,
    rows,
    select,
    text,
)
from .texts import matches

FILE, DOCUMENT, BROKEN = "#file", "#document", "#broken"
"""Columns of every prepared query: the file, the record as text, and why it cannot be read (NULL if it can)."""

LINE, PROBLEM = "line", "problem"
"""Columns of the rows of `JsonDocuments`: the text, and why a line was not even text (NULL if it was)."""

BLANK_LINE = ""
"""What `BROKEN` says of a line without anything, which is no record."""

_DEEPEST, _MOST_PATHS = 5, 2000
"""How deep and how far to look for fields in JSON."""

_LOOKED_AT = 100
"""So many documents are asked first whether they have something."""

NOT_AN_OBJECT = "not a JSON object"


@dataclass
class Prepared:
    """A query with the raw value of each wanted name; `forms` has those that the records can have at all.

    `shown` makes a text of the DOCUMENT column, for the records that are set aside. `opened` are the outermost keys
    that are read as objects, each a column of what the query reads from. `columns` are all that there are, as a
    header names them.
    """

    query: exp.Select
    forms: dict[str, Form]
    parameters: list[object] = field(default_factory=list)
    shown: Callable[[Sql], Sql] = lambda document: document
    opened: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


def as_json(document: Sql) -> Sql:
    """A DOCUMENT column of structs as text."""
    return cast(call("to_json", document), "TEXT")


class Readable(Protocol):
    """Records that one statement can read."""

    def prepare(self, wanted: Mapping[str, Sequence[Path]]) -> Prepared:
        """The raw values: for each name the first of its paths that has one."""


class Relation(Readable, Protocol):
    """Where records come from."""

    def paths(self, connection: duckdb.DuckDBPyConnection) -> list[Path]:
        """The places at which records have anything."""

    def lacking(self, connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> Sequence[Path] | None:
        """Those of the paths that no record has, not even with `null`; None where there is no record to have any."""


@dataclass(frozen=True)
class JsonDocuments:
    """JSON texts of one record each: lines of files, or records handed over as such.

    `rows` is a query with the columns FILE, LINE and PROBLEM.
    """

    rows: exp.Select
    parameters: tuple[object, ...] = ()

    def prepare(self, wanted: Mapping[str, Sequence[Path]]) -> Prepared:
        paths = {
            path: place for place, path in enumerate(dict.fromkeys(p for each in wanted.values() for p in each), 1)
        }
        pointers = exp.array(*(text(pointer(path)) for path in paths))
        found = call("try", call("json_extract", column(LINE), pointers))
        parsed = select(
            *(column(name) for name in (FILE, LINE, PROBLEM)), found.as_("found", copy=False), source=self.rows
        )
        made = {DOCUMENT: column(LINE), BROKEN: _broken()} | {
            name: _first(each, paths) for name, each in wanted.items()
        }
        columns = [value.as_(name, quoted=True, copy=False) for name, value in made.items()]
        query = select(column(FILE), *columns, source=parsed)
        return Prepared(query, dict.fromkeys(wanted, JsonForm()), list(self.parameters))

    def paths(self, connection: duckdb.DuckDBPyConnection) -> list[Path]:
        """Walks from level to level, and stops where objects have as many keys as if these were data."""
        found: list[Path] = []
        level: list[Path] = [()]
        for _ in range(_DEEPEST):
            level = [(*level[place - 1], key) for place, key in self._keys(connection, level)]
            found += level
            if not level or len(found) > _MOST_PATHS:
                break
        return found[:_MOST_PATHS]

    def lacking(self, connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> Sequence[Path] | None:
        """Most often the first documents have them all; through all of them goes only what these lack."""
        first = self.rows.copy().limit(_LOOKED_AT)
        found = rows(connection, exp.select(*map(_any_has, paths)).from_(first.subquery()), list(self.parameters))[0]
        left = [path for path, is_there in zip(paths, found, strict=True) if not is_there]
        left = [path for path in left if not self._any(connection, _has(path))]
        return left if len(left) < len(paths) or self._any(connection, _has(())) else None

    def _any(self, connection: duckdb.DuckDBPyConnection, test: Sql) -> bool:
        query = select(number(1), source=self.rows).where(test, copy=False).limit(1, copy=False)
        return bool(rows(connection, query, list(self.parameters)))

    def _keys(self, connection: duckdb.DuckDBPyConnection, level: Sequence[Path]) -> list[tuple[int, str]]:
        """The keys of the objects at these paths, each with the number of its path."""
        pointers = exp.array(*(text(pointer(path)) for path in level))
        lists = call("try", call("json_keys", column(LINE), pointers))
        places = call("generate_subscripts", lists, number(1))
        listed = select(call("unnest", lists).as_("keys"), places.as_("place"), source=self.rows)
        keys = select(column("place"), call("unnest", column("keys")).as_("key"), source=listed).distinct()
        found = rows(connection, keys.order_by(column("place"), column("key")), list(self.parameters))
        return [(int(str(place)), str(key)) for place, key in found]


def _has(path: Path) -> Sql:
    """Whether a document has anything at a path, be it `null`; at none, whether it is an object."""
    if path:
        return is_known(call("try", call("json_extract", column(LINE), text(pointer(path)))))
    return equals(call("try", call("json_type", column(LINE))), text("OBJECT"))


def _any_has(path: Path) -> Sql:
    return call("bool_or", _has(path))


def _first(paths: Sequence[Path], places: Mapping[Path, int]) -> Sql:
    """The first of the values at these paths that is there."""
    values = [exp.Bracket(this=column("found"), expressions=[number(places[path])], offset=1) for path in paths]
    return first_known(*(exp.Nullif(this=cast(value, "TEXT"), expression=text("null")) for value in values))


def inside_json(document: Sql, path: Path) -> Sql:
    """The raw value at a path of a JSON text; NULL where it is no JSON, or `null`."""
    found = call("try", call("json_extract", document, text(pointer(path))))
    return exp.Nullif(this=cast(found, "TEXT"), expression=text("null"))


def _broken() -> Sql:
    """Blank lines, lines that are not JSON, and JSON that is no object."""
    line = column(LINE)
    nothing = first_known(matches(line, r"[ \t\r\n]*"), exp.true())
    return case(
        (is_known(column(PROBLEM)), column(PROBLEM)),
        (is_null(column("found")), case((nothing, text(BLANK_LINE)), otherwise=text(NOT_AN_OBJECT))),
        (call("starts_with", line, text("{")), exp.null()),
        (matches(line, r"(?s)[ \t\r\n]*\{.*"), exp.null()),
        otherwise=text(NOT_AN_OBJECT),
    )
