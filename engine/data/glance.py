"""A quick look at records that most often are in order: Parquet, which is then read where it lies, and JSON.

Parquet: a run reads only the columns that it needs, and nothing is copied. JSON: Python hands over a few records, and
the engine's own reader takes in many at once. Whatever the look cannot settle (a record to be set aside, an impossible
value, a repeated id) is left to the reader that looks at every record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Literal

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ..instants import Zone
from .answers import Answers, Topic
from .batches import Batch
from .copies import choose_copies
from .documents import JsonList, Records
from .duplicates import Duplicates
from .intake import NOT_IN_ORDER, Intake
from .json_columns import JsonColumns
from .layout import Layout
from .lookup import RAW_ID
from .picked import Picked, PickedCells
from .plain import PlainText, can_be_plain, is_bare
from .relations import Prepared, Readable
from .repeats import has_repeats
from .samples import Sample
from .soundness import Fault, any_record, doubt, occurring
from .spilling import in_any_order
from .sql import Sql, call, column, create_view, drop_table, drop_view, number, rows, run, select, table
from .tables import TypedTable
from .taking import NOT_OURS
from .text_files import CsvRows, JsonLines

_SMALL = 2_000_000
"""Of files of fewer bytes all is looked at at once: there is little to gain from what each look could leave out."""

Repeats = Literal["believed", "chosen", "reported"]
"""What becomes of records of one id: there are none, or one of each counts, or someone has to know their places."""


@dataclass(frozen=True)
class Glance:
    """How many records there are, by type, the most first (one nameless type where they have none).

    `duplicates` are those of them that have lost against others of their ids. `topic` is for questions about them where
    each counts as it stands in its file.
    """

    by_type: dict[str, int]
    duplicates: Duplicates = Duplicates()
    topic: Topic | None = None

    @property
    def count(self) -> int:
        """All records."""
        return sum(self.by_type.values())


def glance(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    batches: Sequence[Batch],
    zone: Zone,
    repeats: Repeats = "chosen",
    whole: Layout | None = None,
    changes: bool = False,
    answers: Answers | None = None,
) -> Glance | None:
    """Make the table of a layout from records that are in order; None if they have to be looked at one by one.

    Which of several records of one id counts, the `whole` layout decides. `changes`: ids are replaced afterwards, so
    that the table cannot be a view. `answers` are those that were given before about the files.
    """
    if any(batch.source.numbers_rows for batch in batches):
        return None
    looks = [(Intake(layout, batch.source, zone, part), batch) for part, batch in enumerate(batches)]
    topic = Topic(answers or Answers(), layout.kind, zone.name)
    look = _Look(connection, layout, looks, repeats, whole or layout, changes, topic)
    if all(isinstance(batch.relation, TypedTable) and batch.files for batch in batches):
        return look.as_view()
    if all(isinstance(batch.relation, _SAMPLED) for batch in batches):
        return look.taken_in()
    return None


@dataclass(frozen=True)
class _Look:
    """A look at the records of one kind."""

    connection: duckdb.DuckDBPyConnection
    layout: Layout
    parts: Sequence[tuple[Intake, Batch]]
    repeats: Repeats
    whole: Layout
    changes: bool
    topic: Topic

    def as_view(self) -> Glance | None:
        """A view of typed tables, whose sound columns are taken as they stand; a table if anything in it changes."""
        few = sum(file.path.stat().st_size for _, batch in self.parts for file in batch.files) < _SMALL
        self.connection.execute("SET parquet_metadata_cache = true").fetchall()  # many short looks at the same files
        typed: list[exp.Select] = []
        for intake, batch in self.parts:
            view = self._typed_view(intake, batch, few)
            if view is None:
                return None
            typed.append(select(*map(column, self.layout.names), source=view))
        records = _all_of(typed)
        final = self._view(self.layout.kind, records)
        repeats = self.topic.ask(f"repeats {self.repeats}", lambda: self._has_repeats(final, few))
        if repeats or self.changes:
            run(self.connection, drop_view(self._table))
            if self.repeats == "reported":
                return None
            run(self.connection, exp.Create(this=self._table, kind="TABLE", expression=records))
            return self._glance([batch.relation for _, batch in self.parts], repeats)
        return Glance(self.topic.ask("by type", self._by_type), topic=self.topic)

    def _typed_view(self, intake: Intake, batch: Batch, few: bool) -> exp.Table | None:
        """The typed records of a batch; None where anything is wrong with one."""
        name = f"{self.layout.kind} {intake.part}"
        prepared = intake.prepared(batch.relation, batch.label)
        raw = self._view(f"{name}: raw values", prepared.query)
        doubts = dict(_doubts(intake, prepared))
        tests = list(doubts.values())
        found = self.topic.ask(_all_said(tests), lambda: occurring(self.connection, raw, tests, few))
        sound = {name for name, is_unsound in zip(doubts, found, strict=True) if not is_unsound}
        strays = None if few else intake.strays(sound)
        if strays is not None:
            said = strays.sql(dialect="duckdb")
            is_any_astray = self.topic.ask(said, lambda: any_record(self.connection, raw, strays))
            intake = replace(intake, at_home=not is_any_astray)
        prepared.query = select(exp.Star(), source=raw)
        values, faults = intake.examined(prepared, sound)
        typed = self._view(f"{name}: typed values", values)
        conditions = [fault.condition for fault in faults]
        is_wrong = self.topic.ask(_all_said(conditions), lambda: self._any_occurs(typed, faults, few))
        return None if is_wrong else typed

    def _any_occurs(self, typed: exp.Table, faults: Sequence[Fault], few: bool) -> bool:
        if few:
            return any(occurring(self.connection, typed, [fault.condition for fault in faults], few))
        return any(fault.occurs(self.connection, typed) for fault in faults)

    def taken_in(self) -> Glance | None:
        """A table: of few records as Python has seen them, of many filled by the engine's own reader, with texts as
        such where the first records have nothing else, or else with all values as JSON."""
        samples = [_sample(self.connection, batch) for _, batch in self.parts]
        seen = [sample for sample in samples if sample is not None and sample.records]
        if len(seen) < len(samples):
            return None
        few = all(sample.is_all for sample in seen)
        for reading in (_as_texts,) if few else (_as_texts, _as_json):
            try:
                self._fill(self._relations(reading, seen, self.layout), few)
                repeats = self._has_repeats(self._table, few)
                if not repeats or self.repeats == "chosen":
                    return self._glance(self._relations(reading, seen, self.whole), repeats)
            except NOT_OURS:
                raise
            except (duckdb.Error, ValueError):
                pass
            run(self.connection, drop_table(self._table))
        return None

    def _relations(self, reading: _Reading, samples: Sequence[Sample], layout: Layout) -> list[Readable]:
        parts = zip(self.parts, samples, strict=True)
        return [reading(replace(intake, layout=layout), batch, sample) for (intake, batch), sample in parts]

    def _fill(self, relations: Sequence[Readable], few: bool) -> None:
        """Make the table; an error of the engine, or a ValueError, where a record is not in order, or may not be."""
        checks = [intake.checked(relation) for (intake, _), relation in zip(self.parts, relations, strict=True)]
        made = exp.Create(this=self._table, kind="TABLE", expression=_all_of([each.query for each in checks]))
        with nullcontext() if few else in_any_order(self.connection):
            run(self.connection, made, [value for each in checks for value in each.parameters])
        parts = zip(self.parts, checks, strict=True)
        doubts = {each: None for (intake, _), check in parts for each in intake.doubts(check.forms)}
        if any(any_record(self.connection, self._table, each) for each in doubts):
            raise ValueError(NOT_IN_ORDER)

    def _has_repeats(self, records: exp.Table, few: bool) -> bool:
        return self.repeats != "believed" and has_repeats(self.connection, self.layout, records, few)

    def _glance(self, relations: Sequence[Readable], repeats: bool) -> Glance:
        """What there is; of repeated records, which the relations have, only those stay that count."""
        by_type = self._by_type()
        if not repeats:
            return Glance(by_type, topic=None if self.changes else self.topic)
        intakes = [replace(intake, layout=self.whole) for intake, _ in self.parts]
        parts = list(zip(intakes, relations, strict=True))
        return Glance(by_type, choose_copies(self.connection, self.layout, parts))

    def _by_type(self) -> dict[str, int]:
        """The records by their type."""
        count = call("count", exp.Star())
        if self.layout.kind != "events":
            return {"": int(str(rows(self.connection, exp.select(count).from_(self._table))[0][0]))}
        found = rows(self.connection, exp.select(column("type"), count).from_(self._table).group_by(number(1)))
        return dict(sorted(((str(name), int(str(n))) for name, n in found), key=lambda each: (-each[1], each[0])))

    @property
    def _table(self) -> exp.Table:
        return table(self.layout.kind)

    def _view(self, name: str, query: exp.Query) -> exp.Table:
        made = create_view(table(name), query).sql(dialect="duckdb", copy=False)
        self.connection.execute(made).fetchall()
        self.topic.add(made)
        return table(name)


def _doubts(intake: Intake, prepared: Prepared) -> Iterator[tuple[str, Sql]]:
    """For each raw value a quick test that finds any that is not sound.

    None for ids of records: these are all different, and few rules ask for them.
    """
    for raw, readings in intake.readings().items():
        if raw != RAW_ID and raw in prepared.forms:
            test = doubt(prepared.forms[raw], column(raw), readings)
            if test is not None:
                yield raw, test


def _all_said(tests: Sequence[Sql]) -> str:
    return "\n".join(test.sql(dialect="duckdb") for test in tests)


def _sample(connection: duckdb.DuckDBPyConnection, batch: Batch) -> Sample | None:
    """The first records of JSON."""
    return batch.relation.sample(connection) if isinstance(batch.relation, _SAMPLED) else None


_SAMPLED = (JsonLines, JsonList, Records, CsvRows)


_Reading = Callable[[Intake, Batch, Sample], Readable]


def _as_texts(intake: Intake, batch: Batch, sample: Sample) -> Readable:
    """With the values as texts of which the first records show nothing else, and without objects that none has."""
    if sample.is_all:
        return _picked(intake, batch, sample)
    wanted, every = intake.wanted, intake.readings()
    bare = frozenset(raw for raw in wanted if is_bare(every.get(raw, ())))
    plain = {
        raw: form
        for raw, readings in every.items()
        if raw in wanted and can_be_plain(readings)
        if (form := PlainText.seen(readings, sample.values(wanted[raw]), are_all=False)) is not None
    }
    columns = JsonColumns(batch.files, plain, bare, opens_objects=True)
    opened = columns.prepare(wanted).opened
    return replace(columns, unseen=frozenset(key for key in opened if not sample.opens(key)))


def _as_json(intake: Intake, batch: Batch, sample: Sample) -> Readable:
    return _picked(intake, batch, sample) if sample.is_all else JsonColumns(batch.files)


def _picked(intake: Intake, batch: Batch, sample: Sample) -> Readable:
    if isinstance(batch.relation, CsvRows):
        return PickedCells(batch.label, batch.relation, sample)
    return Picked(batch.label, sample, intake.readings())


def _all_of(queries: Sequence[exp.Select]) -> exp.Query:
    return queries[0] if len(queries) == 1 else exp.union(*queries, distinct=False, copy=False)
