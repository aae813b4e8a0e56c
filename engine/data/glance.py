"""A quick look at records that most often are in order: Parquet, which is then read where it lies, and JSON.

Parquet: a run reads only the columns that it needs, and nothing is copied. JSON: Python hands over a few records, and
the engine's own reader takes in many at once. Whatever the look cannot settle (a record to be set aside, an impossible
value, a repeated id) is left to the reader that looks at every record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ..instants import Zone
from .batches import Batch
from .documents import Records
from .intake import Intake
from .json_columns import JsonColumns
from .layout import Layout
from .lookup import RAW_ID
from .picked import Picked
from .plain import PlainText, can_be_plain, is_bare
from .relations import Prepared, Readable, Relation
from .repeats import has_repeats
from .samples import Sample
from .soundness import any_record, doubt
from .spilling import in_any_order
from .sql import Sql, call, column, create_view, drop_table, drop_view, number, rows, run, select, table, text
from .tables import TypedTable
from .taking import NOT_OURS
from .text_files import JsonLines


@dataclass(frozen=True)
class Glance:
    """How many records there are, by type, the most first (one nameless type where they have none)."""

    by_type: dict[str, int]

    @property
    def count(self) -> int:
        """All records."""
        return sum(self.by_type.values())


def glance(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    batches: Sequence[Batch],
    zone: Zone,
    believes: bool,
    changes: bool = False,
) -> Glance | None:
    """Make the table of a layout from records that are in order; None if they have to be looked at one by one.

    `believes`: that no two records have one id. `changes`: ids are replaced afterwards, so that it cannot be a view.
    """
    if any(batch.source.numbers_rows for batch in batches):
        return None
    relations = [batch.relation for batch in batches]
    intakes = [Intake(layout, batch.source, zone, part) for part, batch in enumerate(batches)]
    looks = list(zip(intakes, relations, batches, strict=True))
    if all(isinstance(relation, TypedTable) for relation in relations) and all(batch.files for batch in batches):
        return None if changes else _as_view(connection, layout, looks, believes)
    if all(isinstance(relation, (JsonLines, Records)) for relation in relations):
        return _taken_in(connection, layout, looks, believes)
    return None


_Look = tuple[Intake, Relation, Batch]


def _as_view(
    connection: duckdb.DuckDBPyConnection, layout: Layout, looks: Sequence[_Look], believes: bool
) -> Glance | None:
    """A view of typed tables, whose sound columns are taken as they stand."""
    connection.execute("SET parquet_metadata_cache = true").fetchall()  # many short looks at the same files
    queries: list[exp.Select] = []
    for intake, relation, batch in looks:
        prepared = intake.prepared(relation, batch.label)
        raw = _view(connection, f"{layout.kind} {intake.part}: raw values", prepared.query)
        sound = {name for name, test in _doubts(intake, prepared) if not any_record(connection, raw, test)}
        prepared.query = select(exp.Star(), source=raw)
        values, faults = intake.examined(prepared, sound)
        typed = _view(connection, f"{layout.kind} {intake.part}: typed values", values)
        if any(fault.occurs(connection, typed) for fault in faults):
            return None
        queries.append(select(*map(column, layout.names), source=typed))
    records = _view(connection, layout.kind, _all_of(queries))
    if not believes and has_repeats(connection, layout, records):
        run(connection, drop_view(records))
        return None
    return Glance(_by_type(connection, layout))


def _view(connection: duckdb.DuckDBPyConnection, name: str, query: exp.Query) -> exp.Table:
    view = table(name)
    run(connection, create_view(view, query))
    return view


def _doubts(intake: Intake, prepared: Prepared) -> Iterator[tuple[str, Sql]]:
    """For each raw value a quick test that finds any that is not sound.

    None for ids of records: these are all different, and few rules ask for them.
    """
    for raw, readings in intake.readings().items():
        if raw != RAW_ID and raw in prepared.forms:
            test = doubt(prepared.forms[raw], column(raw), readings)
            if test is not None:
                yield raw, test


def _taken_in(
    connection: duckdb.DuckDBPyConnection, layout: Layout, looks: Sequence[_Look], believes: bool
) -> Glance | None:
    """A table: of few records as Python has seen them, of many filled by the engine's own reader, with texts as such
    where the first records have nothing else, or else with all values as JSON."""
    samples = [relation.sample(connection) for _, relation, _ in looks if isinstance(relation, (JsonLines, Records))]
    seen = [sample for sample in samples if sample is not None and sample.records]
    if len(seen) < len(looks):
        return None
    few = all(sample.is_all for sample in seen)
    count = None
    for as_texts in (True,) if few else (True, False):
        try:
            count = _fill(connection, layout, _checks(looks, seen, as_texts), few)
            break
        except NOT_OURS:
            raise
        except (duckdb.Error, ValueError):
            continue
    if count is None:
        return None
    if not believes and has_repeats(connection, layout, table(layout.kind), few):
        run(connection, drop_table(table(layout.kind)))
        return None
    return Glance(_by_type(connection, layout) if layout.kind == "events" else {"": count})


def _checks(looks: Sequence[_Look], samples: Sequence[Sample], as_texts: bool) -> list[Prepared]:
    """What is read of each; raises ValueError where it cannot be read so."""
    found = []
    for (intake, relation, batch), sample in zip(looks, samples, strict=True):
        readable: Readable = JsonColumns(batch.files)
        if sample.is_all:
            readable = Picked(batch.label, sample, intake.readings())
        elif not isinstance(relation, JsonLines):
            raise ValueError
        elif as_texts:
            readable = _as_texts(intake, batch, sample)
        found.append(intake.checked(readable))
    return found


def _fill(connection: duckdb.DuckDBPyConnection, layout: Layout, checks: Sequence[Prepared], few: bool) -> int:
    """Make the table; returns how many records it has. An error of the engine where one is not in order."""
    made = exp.Create(this=table(layout.kind), kind="TABLE", expression=_all_of([each.query for each in checks]))
    parameters = [value for each in checks for value in each.parameters]
    with nullcontext() if few else in_any_order(connection):
        return int(str(rows(connection, made, parameters)[0][0]))


def _as_texts(intake: Intake, batch: Batch, sample: Sample) -> JsonColumns:
    """With the values as texts of which the first records show nothing else, and without objects that none has."""
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


def _all_of(queries: Sequence[exp.Select]) -> exp.Query:
    return queries[0] if len(queries) == 1 else exp.union(*queries, distinct=False, copy=False)


def _by_type(connection: duckdb.DuckDBPyConnection, layout: Layout) -> dict[str, int]:
    """The records by their type."""
    kind: Sql = column("type") if layout.kind == "events" else text("")
    query = exp.select(kind, call("count", exp.Star())).from_(table(layout.kind)).group_by(number(1))
    found = [(str(name), int(str(count))) for name, count in rows(connection, query)]
    return dict(sorted(found, key=lambda each: (-each[1], each[0])))
