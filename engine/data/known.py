"""Events that were read and checked before: only the files that are new have to be read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field
from typing import Literal

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from .layout import Layout, RecordKind
from .sql import column, create_view, number, rows, run, select, table

READ_NOW = "events read now"
"""The events of new files, where others are known."""


@dataclass(frozen=True)
class KnownRecords:
    """All accounts, or all contacts, of the data folder: their files, and what selects them. They are in order, too."""

    files: frozenset[str]
    query: exp.Select


@dataclass(frozen=True)
class KnownEvents:
    """The events of some files of the data folder, typed by the same layout, and how many there are of each type.
    Perhaps also the `records` of other kinds, if all of them are known.

    `query` selects them inside the engine that is to hold the data. They are in order: no two have one id, none was
    rejected, none had an impossible value.
    """

    files: frozenset[str]
    query: exp.Select
    by_type: Mapping[str, int]
    records: Mapping[RecordKind, KnownRecords] = field(default_factory=dict)

    def names(self, kind: RecordKind) -> Collection[str]:
        """The files of a kind of record that need not be read."""
        return self.files if kind == "events" else self.records[kind].files if kind in self.records else ()

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(self.by_type.values())


class DoNotFit(Exception):
    """What is read now and what is known do not go together: everything has to be read."""


@dataclass(frozen=True)
class EventsRead:
    """What was read now of one kind of record, such as events: of which files, how many of each type, and whether they
    are in order, to be known hereafter.

    `table` has them.
    """

    files: tuple[str, ...]
    by_type: Mapping[str, int]
    in_order: bool
    table: str = "events"


def join_known(connection: duckdb.DuckDBPyConnection, layout: Layout, known: KnownEvents, believes: bool) -> None:
    """Make the events that are known and those that were read now one table. Raises DoNotFit if ids are repeated.

    `believes`: that no two records have one id.
    """
    try:
        _rename(connection, layout, "TABLE")
    except duckdb.CatalogException:  # to ask which it is takes longer: the engine makes all views of its own first
        _rename(connection, layout, "VIEW")
    now = select(*map(column, layout.names), source=table(READ_NOW))
    if not believes:
        ids = select(column("id"), source=table(READ_NOW))
        again = select(number(1), source=known.query.copy()).where(exp.In(this=column("id"), query=ids.subquery()))
        if rows(connection, again.limit(1)):
            raise DoNotFit
    before = select(*map(column, layout.names), source=known.query.copy())
    run(connection, create_view(table(layout.kind), exp.union(before, now, distinct=False)))


def _rename(connection: duckdb.DuckDBPyConnection, layout: Layout, kind: Literal["TABLE", "VIEW"]) -> None:
    rename = exp.AlterRename(this=table(READ_NOW))
    run(connection, exp.Alter(this=table(layout.kind), kind=kind, actions=[rename]))
