"""The forms in which a value can stand in a record, and what each makes of it, as SQL.

In JSON and in typed tables nothing is converted: "5" is no number, 5 is no text. In CSV everything is text, and the
schema says what it is. Each reading gives NULL for a value that is missing or impossible; `is_there` tells the two
apart.

A cell has two columns: the raw value, and its text without outer blanks (NULL where it is no text). They are made in
layers of the query of their own, because DuckDB would otherwise work out the text anew in each branch of a CASE.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from sqlglot import exp

from ...grammar.late_methods import dataclass
from ..instants import DAY, Zone
from ..schema import FieldType
from .sql import (
    Sql,
    at_most,
    both,
    call,
    case,
    cast,
    each_of,
    either,
    equals,
    is_known,
    minus,
    negated,
    number,
    text,
    total,
    try_cast,
)
from .texts import (
    as_bool,
    as_date,
    as_instant,
    as_member,
    as_number,
    finite,
    from_local,
    matches,
    trimmed,
    within_range,
)

_THOUSAND = number(1000)
_WHOLE = r"-?[0-9]+"


@dataclass(frozen=True)
class Cell:
    """Where a value stands: the columns of its raw form and of its text."""

    raw: Sql
    text: Sql


class Form(Protocol):
    """How values of one kind of source are read."""

    def text_of(self, raw: Sql) -> Sql | None:
        """The text of a raw value, with its blanks; NULL where it is no text. None if raw values are texts without
        outer blanks, or nobody asks for texts: then a cell has no other column."""

    def is_there(self, cell: Cell) -> Sql:
        """Whether there is anything at all: not NULL, not an empty text."""

    def reads_every(self, reading: str) -> bool:
        """Whether no value can be impossible: `reading` is a kind, `identity`, `instant`, or `member` of a list."""

    def as_text(self, cell: Cell) -> Sql: ...
    def as_number(self, cell: Cell) -> Sql: ...
    def as_bool(self, cell: Cell) -> Sql: ...
    def as_date(self, cell: Cell) -> Sql: ...
    def as_instant(self, cell: Cell, zone: Zone) -> Sql: ...
    def as_list(self, cell: Cell) -> Sql: ...
    def as_identity(self, cell: Cell) -> Sql: ...


def typed(form: Form, cell: Cell, type_: FieldType, zone: Zone) -> Sql:
    """The value as its declared type; NULL where it is missing or impossible."""
    if type_.kind == "text":
        value = form.as_text(cell)
        return value if type_.values is None or form.reads_every("member") else as_member(value, type_.values)
    if type_.kind == "number":
        return form.as_number(cell)
    if type_.kind == "bool":
        return form.as_bool(cell)
    if type_.kind == "date":
        return form.as_date(cell)
    if type_.kind == "timestamp":
        return form.as_instant(cell, zone)
    if type_.kind == "list":
        return form.as_list(cell)
    return exp.null()


@dataclass(frozen=True)
class JsonForm:
    """A JSON value as DuckDB writes it: texts in quotes, numbers in digits."""

    def text_of(self, raw: Sql) -> Sql | None:
        return unquoted(raw)

    def is_there(self, cell: Cell) -> Sql:
        return case((is_quoted(cell.raw), is_known(cell.text)), otherwise=is_known(cell.raw))

    def reads_every(self, reading: str) -> bool:
        return False

    def as_text(self, cell: Cell) -> Sql:
        return cell.text

    def as_number(self, cell: Cell) -> Sql:
        return case((_is_number(cell.raw), finite(try_cast(cell.raw, "DOUBLE"))))

    def as_bool(self, cell: Cell) -> Sql:
        return case((equals(cell.raw, text("true")), exp.true()), (equals(cell.raw, text("false")), exp.false()))

    def as_date(self, cell: Cell) -> Sql:
        return as_date(cell.text)

    def as_instant(self, cell: Cell, zone: Zone) -> Sql:
        return as_instant(cell.text, zone)

    def as_list(self, cell: Cell) -> Sql:
        return case((call("starts_with", cell.raw, text("[")), json_list(cell.raw)))

    def as_identity(self, cell: Cell) -> Sql:
        whole = case((equals(cell.raw, text("-0")), text("0")), otherwise=cell.raw)
        return case(
            (is_known(cell.text), cell.text),
            (matches(cell.raw, _WHOLE), whole),
            (_is_number(cell.raw), digits_of(try_cast(cell.raw, "DOUBLE"))),
        )


@dataclass(frozen=True)
class CsvForm:
    """A cell of a CSV: text that the schema types."""

    def text_of(self, raw: Sql) -> Sql | None:
        return raw

    def is_there(self, cell: Cell) -> Sql:
        return is_known(cell.text)

    def reads_every(self, reading: str) -> bool:
        return reading in ("text", "identity")

    def as_text(self, cell: Cell) -> Sql:
        return cell.text

    def as_number(self, cell: Cell) -> Sql:
        return as_number(cell.text)

    def as_bool(self, cell: Cell) -> Sql:
        return as_bool(cell.text)

    def as_date(self, cell: Cell) -> Sql:
        return as_date(cell.text)

    def as_instant(self, cell: Cell, zone: Zone) -> Sql:
        return as_instant(cell.text, zone)

    def as_list(self, cell: Cell) -> Sql:
        """A JSON array, or texts between semicolons."""
        json = call("try", call("json_extract", cell.text, text("$")))
        array = case((is_known(json), json_list(cast(json, "TEXT"))))
        parts = _known_texts(call("string_split", cell.text, text(";")), trimmed)
        return case((call("starts_with", cell.text, text("[")), array), (is_known(cell.text), parts))

    def as_identity(self, cell: Cell) -> Sql:
        return cell.text


Family = Literal["text", "name", "whole", "double", "bool", "date", "wall", "instant", "texts", "other"]


_NEVER_IMPOSSIBLE: dict[Family, tuple[str, ...]] = {
    "text": ("text", "identity"),
    "name": ("text", "identity"),
    "whole": ("number", "identity"),
    "bool": ("bool",),
    "texts": ("list",),
}


@dataclass(frozen=True)
class NativeForm:
    """A column of a Parquet file or a frame, which has a type already."""

    family: Family
    in_nanoseconds: bool = False

    def text_of(self, raw: Sql) -> Sql:
        return cast(raw, "TEXT") if self.family in ("text", "name") else cast(exp.null(), "TEXT")

    def is_there(self, cell: Cell) -> Sql:
        return is_known(cell.text if self.family == "text" else cell.raw)

    def reads_every(self, reading: str) -> bool:
        return reading in _NEVER_IMPOSSIBLE.get(self.family, ())

    def as_text(self, cell: Cell) -> Sql:
        return cell.text

    def as_number(self, cell: Cell) -> Sql:
        return finite(try_cast(cell.raw, "DOUBLE")) if self.family in ("whole", "double") else exp.null()

    def as_bool(self, cell: Cell) -> Sql:
        return cell.raw if self.family == "bool" else exp.null()

    def as_date(self, cell: Cell) -> Sql:
        """A date; a local time at midnight is one, because many tables have no other way to write it."""
        if self.family not in ("date", "wall"):
            return as_date(cell.text)
        wall = self._micros(cell.raw, "TIMESTAMP")
        midnight = equals(exp.Mod(this=wall, expression=number(DAY)), number(0))
        return case((both(is_known(within_range(wall)), midnight), cast(call("make_timestamp", wall), "DATE")))

    def as_instant(self, cell: Cell, zone: Zone) -> Sql:
        if self.family in ("date", "wall"):
            return from_local(within_range(self._micros(cell.raw, "TIMESTAMP")), zone)
        if self.family == "instant":
            return within_range(self._micros(cell.raw, "TIMESTAMPTZ"))
        return as_instant(cell.text, zone)

    def _micros(self, raw: Sql, to: str) -> Sql:
        """Microseconds of the column's own clock; finer digits are cut off."""
        if self.in_nanoseconds:
            nanos = call("epoch_ns", raw)
            below = exp.Mod(this=total(exp.Mod(this=nanos, expression=_THOUSAND), _THOUSAND), expression=_THOUSAND)
            return exp.Paren(this=exp.IntDiv(this=minus(nanos, exp.Paren(this=below)), expression=_THOUSAND))
        return case((call("isfinite", raw), call("epoch_us", cast(raw, to))))

    def as_list(self, cell: Cell) -> Sql:
        return _known_texts(cell.raw, trimmed) if self.family == "texts" else exp.null()

    def as_identity(self, cell: Cell) -> Sql:
        if self.family == "whole":
            return cast(cell.raw, "TEXT")
        return digits_of(cell.raw) if self.family == "double" else cell.text


def json_list(raw: Sql) -> Sql:
    """The texts of a JSON array; one that holds anything else than texts is impossible."""
    items = call("json_extract", raw, text("$[*]"))
    texts = each_of(items, "list_transform", lambda item: cast(item, "TEXT"))
    odd = each_of(texts, "list_filter", lambda item: negated(either(is_quoted(item), equals(item, text("null")))))
    return case((equals(call("len", odd), number(0)), _known_texts(texts, lambda item: trimmed(unquoted(item)))))


def digits_of(value: Sql) -> Sql:
    """A number as an id: without a fraction its digits, else the shortest text that gives the same double."""
    whole = both(equals(value, call("trunc", value)), at_most(call("abs", value), cast(text("1e37"), "DOUBLE")))
    digits = cast(cast(value, "HUGEINT"), "TEXT")
    return case((negated(call("isfinite", value)), exp.null()), (whole, digits), otherwise=cast(value, "TEXT"))


def _known_texts(items: Sql, reading: Callable[[Sql], Sql]) -> Sql:
    texts = each_of(items, "list_transform", reading)
    return each_of(texts, "list_filter", is_known)


def is_quoted(raw: Sql) -> Sql:
    """Whether a JSON value is a text."""
    return call("starts_with", raw, text('"'))


def _is_number(raw: Sql) -> Sql:
    """Whether a JSON value begins as numbers do."""
    return both(exp.GTE(this=raw, expression=text("-")), exp.LT(this=raw, expression=text(":")))


def unquoted(raw: Sql) -> Sql:
    """What a JSON text says; NULL for any other value."""
    return case((is_quoted(raw), call("json_extract_string", raw, text("$"))))
