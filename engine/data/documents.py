"""Records that come as one piece: Python objects, or the lists in a JSON file.

Each becomes a JSON document of its own, and is read as a line of a file would be.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

import duckdb
from sqlglot import exp

from ...grammar.diagnostics import finding
from ...grammar.late_methods import dataclass
from ...grammar.source import Span
from .errors import DataError
from .files import DataFile
from .paths import Path as Keys
from .relations import FILE, LINE, PROBLEM, JsonDocuments, Prepared
from .samples import Sample, sample_in, sample_of
from .sql import Sql, call, cast, rows, text, value_list
from .text_files import whole_text


@dataclass(frozen=True)
class Records:
    """Python objects; `label` is shown as their file."""

    label: str
    texts: tuple[str, ...]

    def prepare(self, wanted: Mapping[str, Sequence[Keys]]) -> Prepared:
        return self._documents.prepare(wanted)

    def paths(self, connection: duckdb.DuckDBPyConnection) -> list[Keys]:
        return self._documents.paths(connection)

    def lacking(self, connection: duckdb.DuckDBPyConnection, paths: Sequence[Keys]) -> Sequence[Keys] | None:
        return self._documents.lacking(connection, paths)

    def sample(self, connection: duckdb.DuckDBPyConnection) -> Sample | None:
        """The records, if they are few; None where they are not in order."""
        found = sample_of([self.texts])
        return found if found is not None and found.is_all else None

    @property
    def _documents(self) -> JsonDocuments:
        parameters: list[object] = []
        return _documents(self.label, value_list(self.texts, "TEXT", parameters), parameters)


@dataclass(frozen=True)
class JsonList:
    """The items of a list in a JSON text: of the whole text, or of the value of a key."""

    label: str
    document: str
    key: str | None = None

    def prepare(self, wanted: Mapping[str, Sequence[Keys]]) -> Prepared:
        return self._documents.prepare(wanted)

    def paths(self, connection: duckdb.DuckDBPyConnection) -> list[Keys]:
        return self._documents.paths(connection)

    def lacking(self, connection: duckdb.DuckDBPyConnection, paths: Sequence[Keys]) -> Sequence[Keys] | None:
        return self._documents.lacking(connection, paths)

    def sample(self, connection: duckdb.DuckDBPyConnection) -> Sample | None:
        """The items, if they are few; None where they are not in order."""
        return sample_in(self.document, self.key)

    @property
    def _documents(self) -> JsonDocuments:
        place = "$[*]" if self.key is None else f"$.{self.key}[*]"
        items = call("json_extract", cast(exp.Placeholder(), "JSON"), text(place))
        return _documents(self.label, cast(call("unnest", items), "TEXT"), [self.document])

    def places(self, ordinals: Collection[int]) -> Mapping[int, int]:
        """The lines on which items begin."""
        starts = _item_starts(self.document, self.key)
        known = [ordinal for ordinal in ordinals if ordinal <= len(starts)]
        return {ordinal: self.document.count("\n", 0, starts[ordinal - 1]) + 1 for ordinal in known}


def _documents(label: str, line: Sql, parameters: Sequence[object]) -> JsonDocuments:
    columns = {FILE: text(label), LINE: line, PROBLEM: cast(exp.null(), "TEXT")}
    made = [value.as_(name, quoted=True, copy=False) for name, value in columns.items()]
    return JsonDocuments(exp.select(*made, copy=False), tuple(parameters))


# ── Python objects ───────────────────────────────────────────────────────────────────────────────────────────────


def records_of(label: str, records: Iterable[object]) -> Records:
    """Dicts, or anything that takes their place: what is no dict is rejected as `not a JSON object`."""
    return Records(label, tuple(map(json_text, records)))


def json_text(value: object) -> str:
    """A Python value as JSON; what JSON has no form for becomes an object, which no type takes for its own.

    >>> json_text({"at": datetime.date(2026, 3, 1), "n": Decimal("1.50")})
    '{"at": "2026-03-01", "n": 1.5}'
    """
    try:
        return json.dumps(value, default=_plain)
    except (TypeError, ValueError, RecursionError):
        return json.dumps(repr(value)[:1000])


def _plain(value: object) -> object:
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat() if value == value else None  # a pandas NaT is a datetime that equals nothing
    if isinstance(value, Decimal):
        return int(value) if value.is_finite() and value == value.to_integral_value() else float(value)
    if type(value).__name__ == "NAType":
        return None
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    for name in ("item", "tolist"):  # scalars and arrays of numpy, which need not be installed
        if callable(convert := getattr(value, name, None)):
            return convert()
    return {type(value).__name__: str(value)}


# ── a JSON file ──────────────────────────────────────────────────────────────────────────────────────────────────


def lists_in(file: DataFile, connection: duckdb.DuckDBPyConnection) -> dict[str, JsonList] | None:
    """The lists of a JSON file by their keys; None if it is no object. Raises DataError if it is no JSON."""
    document = whole_text(file, connection)
    if _kind(file, document, connection) != "OBJECT":
        return None
    query = exp.select(call("json_keys", cast(exp.Placeholder(), "JSON")))
    keys = rows(connection, query, [document])[0][0]
    assert isinstance(keys, list)
    plain = [key for key in keys if key.isidentifier()]
    lists = [
        key
        for key in plain
        if _kind_of(call("json_extract", _DOCUMENT, text(f"$.{key}")), document, connection) == "ARRAY"
    ]
    return {key: JsonList(file.name, document, key) for key in lists}


def list_or_object(file: DataFile, connection: duckdb.DuckDBPyConnection) -> JsonList | Records | None:
    """A JSON file that is one list, or one object over several lines; None if it has a document a line."""
    document = whole_text(file, connection)
    if document.lstrip().startswith("["):
        _kind(file, document, connection)
        return JsonList(file.name, document)
    if _is_json(document.lstrip().partition("\n")[0], connection) or not _is_json(document, connection):
        return None
    return Records(file.name, (document,))


_DOCUMENT = cast(exp.Placeholder(), "JSON")


def _kind(file: DataFile, document: str, connection: duckdb.DuckDBPyConnection) -> str:
    """The type of a whole JSON document; raises DataError with the place where it is broken."""
    try:
        return _kind_of(_DOCUMENT, document, connection)
    except duckdb.Error:
        raise DataError([finding("D104", *_where_broken(file, document))]) from None


def _kind_of(value: Sql, document: str, connection: duckdb.DuckDBPyConnection) -> str:
    return str(rows(connection, exp.select(call("json_type", value)), [document])[0][0])


def _is_json(document: str, connection: duckdb.DuckDBPyConnection) -> bool:
    return bool(rows(connection, exp.select(call("json_valid", exp.Placeholder())), [document])[0][0])


def _where_broken(file: DataFile, document: str) -> tuple[str, Span]:
    try:
        json.loads(document)
    except json.JSONDecodeError as error:
        place = Span(file.name, error.lineno, error.colno, error.lineno, error.colno + 1)
        return f"`{file.name}` is not JSON: {error.msg.lower()} in line {error.lineno}, column {error.colno}", place
    except RecursionError:
        return f"`{file.name}` is not JSON that can be read: it is nested too deeply", file.span
    return f"`{file.name}` is not JSON that can be read", file.span


def _item_starts(document: str, key: str | None) -> list[int]:
    """The offsets of the items of a list, as far as Python can follow."""
    decoder = json.JSONDecoder()
    starts: list[int] = []
    try:
        place = _list_start(decoder, document, key)
        while document[place] != "]":
            starts.append(place)
            _, place = decoder.raw_decode(document, place)
            place = _after_blanks(document, place)
            place = _after_blanks(document, place + 1) if document[place] == "," else place
    except (ValueError, IndexError, RecursionError):
        return starts
    return starts


def _list_start(decoder: json.JSONDecoder, document: str, key: str | None) -> int:
    """The offset of the first item: behind the first bracket, or behind that of the key's value."""
    place = _after_blanks(document, 0)
    if key is None:
        return _after_blanks(document, place + 1)
    while True:
        found, place = decoder.raw_decode(document, _after_blanks(document, place + 1))
        place = _after_blanks(document, _after_blanks(document, place) + 1)
        if found == key:
            return _after_blanks(document, place + 1)
        place = _after_blanks(document, decoder.raw_decode(document, place)[1])


def _after_blanks(document: str, place: int) -> int:
    while document[place] in " \t\r\n":
        place += 1
    return place
