"""Everything that a run reads, typed and free of duplicates, as three tables of a DuckDB connection."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from sqlglot import exp

from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.late_methods import dataclass
from ..records import Population, ReadCounts
from ..schema import Schema
from . import populations
from .answers import Answers, Topic
from .errors import DataError
from .fetching import Origins, own_statements
from .known import EventsRead
from .layout import KINDS, Layout, RecordKind, alike, layouts
from .rejected import REJECTS
from .sql import Sql, call, column, create_table, number, rows, run, table

if TYPE_CHECKING:
    from ..unchanged import Unchanged

ALL_RECORDED = "everyone named has a record, and no record is a version"


@dataclass(frozen=True)
class Reject:
    """A record that was set aside: where it stood, why, and what it said. Line 0 is unknown."""

    kind: RecordKind
    file: str
    line: int
    reason: str
    raw: str


@dataclass
class Dataset:
    """The tables `accounts`, `contacts` and `events` of `connection`, and what was met on the way.

    accounts  id, valid_from, a column per field
    contacts  id, account_id, valid_from, a column per field
    events    id, type, at, contact_id, account_id, received_at, a column per property and kind of value
              (`schema.event_columns()` names them)

    Ids and texts are VARCHAR, numbers DOUBLE, dates DATE, instants BIGINT (microseconds since 1970 UTC), lists
    VARCHAR[]; NULL is missing. Nothing is cut at an instant: versions, late and future events are all there.

    `topics` are for questions about records of which each counts as it stands in its file; `answers` are not looked for
    again while the files are as they were; `unchanged` are these files, where what is made of them may be kept.
    """

    connection: duckdb.DuckDBPyConnection
    schema: Schema
    counts: ReadCounts = field(default_factory=ReadCounts)
    findings: list[Diagnostic] = field(default_factory=list)
    events_read: EventsRead | None = None
    records_read: dict[RecordKind, EventsRead] = field(default_factory=dict)
    origins: Origins | None = None
    answers: Answers = field(default_factory=Answers)
    topics: dict[RecordKind, Topic] = field(default_factory=dict)
    unchanged: Unchanged | None = None

    @staticmethod
    def from_population(
        population: Population, schema: Schema, connection: duckdb.DuckDBPyConnection | None = None
    ) -> Dataset:
        """Typed records as tables: for scenarios and tests. Duplicates are not looked for."""
        dataset = Dataset.empty(schema, connection)
        populations.store(dataset.connection, dataset.layouts, population)
        dataset.counts = ReadCounts(read=len(population.events))
        return dataset

    @staticmethod
    def empty(schema: Schema, connection: duckdb.DuckDBPyConnection | None = None) -> Dataset:
        """The three tables without a record."""
        dataset = Dataset(connection or duckdb.connect(), schema)
        dataset.refuse_alike()
        for layout in dataset.layouts.values():
            types = dict(zip(layout.names, layout.sql_types, strict=True))
            run(dataset.connection, create_table(table(layout.kind), types))
        return dataset

    @property
    def layouts(self) -> dict[RecordKind, Layout]:
        """The columns of each table."""
        return layouts(self.schema)

    def refuse_alike(self) -> None:
        """Raises DataError where the schema has names that no table can hold side by side."""
        for layout in self.layouts.values():
            if found := alike(layout):
                names = " and ".join(f"`{name}`" for name in found)
                hint = "rename one of them in the schema, and say in `sources:` where it stands in the data"
                raise DataError([finding("D109", f"{names} of {layout.kind} differ only in case", hint=hint)])

    def population(self) -> Population:
        """The records as plain objects, ordered by id."""
        return populations.load(self.connection, self.layouts)

    def whole(self) -> Dataset:
        """All data: these."""
        return self

    def around(self, entity: str) -> Population | None:
        """The records of an id and of everyone that its results can depend on; None where no record has that id."""
        return own_statements(self.connection, self.layouts).gathered(self.connection, self.layouts, entity)

    def alike(self, entity: str, most: int = 100) -> Population:
        """The accounts and contacts whose ids look most like one that no record has; nothing but their ids."""
        return populations.alike(self.connection, entity, most)

    def newest_event(self) -> int | None:
        """The instant at which the newest event is there: when it happened, or was received; None without events."""
        newest = call("greatest", *(call("max", column(name)) for name in ("at", "received_at")))
        return self._of_events("max", newest)

    def oldest_event(self) -> int | None:
        """The instant of the oldest event; None without events."""
        return self._of_events("min", call("min", column("at")))

    def count_events(self) -> int:
        """How many events there are."""
        return self._of_events("count", call("count", exp.Star())) or 0

    def _of_events(self, asked: str, what: Sql) -> int | None:
        def find() -> int | None:
            value = rows(self.connection, exp.select(what).from_(table("events")))[0][0]
            return None if value is None else int(str(value))

        topic = self.topics.get("events")
        return find() if topic is None else topic.ask(asked, find)

    @property
    def all_recorded(self) -> bool:
        """Whether everyone whom these name is known to have a record, and no record is a version: contacts and accounts
        that events name, and accounts of contacts."""
        topic = self._whole_topic()
        return topic is not None and topic.knows(ALL_RECORDED)

    def note_all_recorded(self) -> None:
        """Remember that it is so."""
        topic = self._whole_topic()
        if topic is not None:
            topic.note(ALL_RECORDED)

    def _whole_topic(self) -> Topic | None:
        """For questions about the ids of all records, which stand in the files whatever else rules read of these."""
        return Topic(self.answers, "ids") if len(self.topics) == len(KINDS) else None

    @property
    def rejects(self) -> Iterator[Reject]:
        """The records that were set aside, in the order of the files."""
        if not self._has_rejects():
            return
        names = [column(name) for name in ("kind", "file", "line", "reason", "raw")]
        query = exp.select(*names).from_(table(REJECTS)).order_by(*names[:3])
        found = self.connection.cursor().execute(query.sql(dialect="duckdb"))
        while some := found.fetchmany(1000):  # there may be as many as records
            for kind, file, line, reason, raw in some:
                yield Reject(_kind(kind), file, line, reason, raw)

    def write_rejected(self, path: Path) -> int:
        """Write the rejected records as NDJSON, completely or not at all; returns how many."""
        part = path.with_name(path.name + ".part")
        count = 0
        with part.open("w", encoding="utf-8") as out:
            for each in self.rejects:
                entry = {"kind": each.kind, "file": each.file, "line": each.line or None}
                out.write(json.dumps({**entry, "reason": each.reason, "record": each.raw}, ensure_ascii=False) + "\n")
                count += 1
        part.replace(path)
        return count

    def _has_rejects(self) -> bool:
        try:
            return bool(rows(self.connection, exp.select(number(1)).from_(table(REJECTS)).limit(1)))
        except duckdb.CatalogException:  # nothing was read: there is no such table
            return False


def _kind(value: object) -> RecordKind:
    return next(kind for kind in KINDS if kind == value)
