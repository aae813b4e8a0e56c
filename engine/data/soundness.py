"""Columns of typed tables that are sound through and through: without outer blanks, and with nothing impossible.

One test for each column, of the fewest values: where a file has statistics, or a dictionary of the values of a column,
the engine asks these and reads nothing else. What is sound is then taken as it stands.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ..instants import Zone
from .cells import Cell, Form, NativeForm
from .sql import Sql, call, cast, either, is_null, negated, number, one_of, rows, select, text
from .texts import from_local, is_tidy, starts_well

Reading = tuple[str, tuple[str, ...] | None]
"""What values are read as: a kind of the schema, `identity` or `instant`; with the members of an enumeration."""

_FIRST_DAY, _LAST_DAY = datetime.date.min.isoformat(), datetime.date.max.isoformat()


@dataclass(frozen=True)
class Sound:
    """The form of a sound column: every known value is there, possible, and stands as it is read."""

    inner: NativeForm

    def text_of(self, raw: Sql) -> None:
        return None

    def is_there(self, cell: Cell) -> Sql:
        return negated(is_null(cell.raw))

    def reads_every(self, reading: str) -> bool:
        return True

    def as_text(self, cell: Cell) -> Sql:
        return cell.raw

    def as_number(self, cell: Cell) -> Sql:
        """A double; adding nothing makes −0 an ordinary 0."""
        return exp.Paren(this=exp.Add(this=cast(cell.raw, "DOUBLE"), expression=number(0)))

    def as_bool(self, cell: Cell) -> Sql:
        return cell.raw

    def as_date(self, cell: Cell) -> Sql:
        return cell.raw

    def as_instant(self, cell: Cell, zone: Zone) -> Sql:
        if self.inner.family == "instant":
            return call("epoch_us", cell.raw)
        return from_local(call("epoch_us", cast(cell.raw, "TIMESTAMP")), zone)

    def as_list(self, cell: Cell) -> Sql:
        return self.inner.as_list(cell)

    def as_identity(self, cell: Cell) -> Sql:
        return cell.raw if self.inner.family == "text" else cast(cell.raw, "TEXT")


def doubt(form: Form, raw: Sql, readings: Collection[Reading]) -> Sql | None:
    """What holds for a known value that is not sound; None where no quick test can tell."""
    if not isinstance(form, NativeForm) or not readings:
        return None
    found = [_doubt(form, raw, reading) for reading in readings]
    known = [each for each in found if each is not None]
    return either(*known) if len(known) == len(found) else None


def _doubt(form: NativeForm, raw: Sql, reading: Reading) -> Sql | None:
    kind, members = reading
    match form.family, kind:
        case "text", "text" | "identity":
            return either(untidy(raw), negated(one_of(raw, members))) if members else untidy(raw)
        case "double", "number":
            return negated(call("isfinite", raw))
        case ("whole", "number" | "identity") | ("bool", "bool"):
            return exp.false()
        case "date", "date":
            return _beyond(raw, "DATE", _FIRST_DAY, _LAST_DAY)
        case ("wall" | "instant") as family, "instant" | "timestamp" if not form.in_nanoseconds:
            type_, zone = ("TIMESTAMP", "") if family == "wall" else ("TIMESTAMPTZ", "+00")
            return _beyond(raw, type_, f"{_FIRST_DAY} 00:00:00{zone}", f"{_LAST_DAY} 23:59:59.999999{zone}")
    return None


def _beyond(raw: Sql, type_: str, first: str, last: str) -> Sql:
    """Outside the years 1 to 9999."""
    return either(
        exp.LT(this=raw, expression=cast(text(first), type_)), exp.GT(this=raw, expression=cast(text(last), type_))
    )


@dataclass(frozen=True)
class Fault:
    """What is wrong with a record where the condition holds. Then the suspicion holds, too, and is quicker to test."""

    condition: Sql
    suspicion: Sql | None = None

    def occurs(self, connection: duckdb.DuckDBPyConnection, records: exp.Table | exp.Query) -> bool:
        """Whether a record has it."""
        tests = [self.condition] if self.suspicion is None else [self.suspicion, self.condition]
        return all(any_record(connection, records, test) for test in tests)


def missing(form: Form | None, raw: Sql, reading: str) -> Sql | None:
    """A quick suspicion that a value is missing or impossible."""
    if isinstance(form, Sound):
        return is_null(raw)
    if isinstance(form, NativeForm) and form.family == "text" and reading != "instant":
        return either(is_null(raw), negated(starts_well(raw)))
    return None


def untidy(raw: Sql) -> Sql:
    """Whether a text may have outer blanks."""
    return negated(is_tidy(raw))


def any_record(connection: duckdb.DuckDBPyConnection, source: exp.Table | exp.Query, condition: Sql) -> bool:
    """Whether a condition holds for a record."""
    if condition == exp.false():
        return False
    return bool(rows(connection, select(number(1), source=source).where(condition, copy=False).limit(1, copy=False)))


def occurring(
    connection: duckdb.DuckDBPyConnection, source: exp.Table, conditions: Sequence[Sql], few: bool
) -> list[bool]:
    """Which of the conditions hold for a record: of few in one go, of many one after the other."""
    if not few:
        return [any_record(connection, source, condition) for condition in conditions]
    if not conditions:
        return []
    found = rows(connection, select(*(call("bool_or", condition) for condition in conditions), source=source))[0]
    return [bool(each) for each in found]
