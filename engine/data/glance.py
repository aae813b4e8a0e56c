"""A quick look at files that most often are in order: Parquet, which is then read where it lies, and lines of JSON.

Parquet: a run reads only the columns that it needs, and nothing is copied. JSON: the engine's own reader takes it in at
once. Whatever the look cannot settle (a record to be set aside, an impossible value, a repeated id) is left to the
reader that looks at every record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ..instants import Zone
from .batches import Batch
from .intake import BAD, Intake
from .json_columns import JsonColumns
from .layout import Layout
from .lookup import RAW_ID
from .plain import PlainText, begins_with_letter, can_be_plain, is_bare
from .relations import Prepared, Relation
from .repeats import has_repeats
from .soundness import any_record, doubt, untidy
from .spilling import in_any_order
from .sql import (
    Sql,
    call,
    column,
    create_view,
    drop_column,
    drop_table,
    drop_view,
    is_known,
    negated,
    number,
    rows,
    run,
    select,
    table,
    text,
)
from .tables import TypedTable
from .taking import NOT_OURS
from .text_files import JsonLines

_FIRST = 10_000
"""How many records show how the others are read best."""


@dataclass(frozen=True)
class Glance:
    """How many records there are, by type, the most first (one nameless type where they have none)."""

    by_type: dict[str, int]

    @property
    def count(self) -> int:
        """All records."""
        return sum(self.by_type.values())


def glance(
    connection: duckdb.DuckDBPyConnection, layout: Layout, batches: Sequence[Batch], zone: Zone, believes: bool
) -> Glance | None:
    """Make the table of a layout from files that are in order; None if records have to be looked at one by one.

    `believes`: that no two records have one id.
    """
    if any(batch.source.numbers_rows for batch in batches):
        return None
    relations = [batch.relation for batch in batches]
    intakes = [Intake(layout, batch.source, zone, part) for part, batch in enumerate(batches)]
    looks = list(zip(intakes, relations, batches, strict=True))
    if all(isinstance(relation, TypedTable) for relation in relations) and all(batch.files for batch in batches):
        return _as_view(connection, layout, looks, believes)
    if all(isinstance(relation, JsonLines) for relation in relations):
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
    """A table, filled by the engine's own reader: with texts as such, or else with all values as JSON."""
    target = table(layout.kind)
    for columns_of in (_as_texts, _as_json):
        try:
            checks = [intake.checked(columns_of(connection, intake, batch), batch.label) for intake, _, batch in looks]
            records = _all_of([query for query, _ in checks])
            with in_any_order(connection):
                run(connection, exp.Create(this=target, kind="TABLE", expression=records))
        except NOT_OURS:
            raise
        except (duckdb.Error, ValueError):
            continue
        plain = dict.fromkeys(place for _, places in checks for place in places)
        if not any_record(connection, target, column(BAD)) and not any(
            _in_doubt(connection, target, *each) for each in plain
        ):
            break
        run(connection, drop_table(target))
    else:
        return None
    if not believes and has_repeats(connection, layout, target):
        run(connection, drop_table(target))
        return None
    run(connection, drop_column(target, BAD))
    return Glance(_by_type(connection, layout))


def _in_doubt(connection: duckdb.DuckDBPyConnection, records: exp.Table, name: str, form: PlainText) -> bool:
    """Whether a column has values that may have been something else than texts."""
    value = column(name)
    others = any_record(connection, records, negated(begins_with_letter(value)))
    return any_record(connection, records, form.doubt(value) if others else form.letters_doubt(value))


def _as_json(connection: duckdb.DuckDBPyConnection, intake: Intake, batch: Batch) -> JsonColumns:
    return JsonColumns(batch.files)


def _as_texts(connection: duckdb.DuckDBPyConnection, intake: Intake, batch: Batch) -> JsonColumns:
    """With the values as texts of which the first records show nothing else, and without objects that none has."""
    every = intake.readings()
    plain = {raw: PlainText(frozenset(readings)) for raw, readings in every.items() if can_be_plain(readings)}
    bare = frozenset(raw for raw, readings in every.items() if is_bare(readings))
    prepared = intake.prepared(JsonColumns(batch.files, plain, bare, opens_objects=True), batch.label)
    taken = {raw: form for raw, form in prepared.forms.items() if isinstance(form, PlainText)}
    looser = {raw: replace(form, is_tidy=False) for raw, form in taken.items()}
    tests = [test for raw in taken for test in (looser[raw].doubt(column(raw)), untidy(column(raw)))]
    tests += [column(f"has {key}") for key in prepared.opened]
    objects = [is_known(column(key)).as_(f"has {key}", quoted=True, copy=False) for key in prepared.opened]
    first = exp.select(exp.Star()).from_(prepared.query.select(*objects, copy=False).subquery("every")).limit(_FIRST)
    found = rows(connection, select(*(call("bool_or", test) for test in tests), source=first))[0]
    of_texts, there = found[: 2 * len(taken)], found[2 * len(taken) :]
    fitting = {
        raw: looser[raw] if has_blanks else taken[raw]
        for raw, is_other, has_blanks in zip(taken, of_texts[::2], of_texts[1::2], strict=True)
        if not is_other
    }
    unseen = frozenset(key for key, is_there in zip(prepared.opened, there, strict=True) if not is_there)
    return JsonColumns(batch.files, fitting, bare, opens_objects=True, unseen=unseen)


def _all_of(queries: Sequence[exp.Select]) -> exp.Query:
    return queries[0] if len(queries) == 1 else exp.union(*queries, distinct=False, copy=False)


def _by_type(connection: duckdb.DuckDBPyConnection, layout: Layout) -> dict[str, int]:
    """The records by their type."""
    kind: Sql = column("type") if layout.kind == "events" else text("")
    query = exp.select(kind, call("count", exp.Star())).from_(table(layout.kind)).group_by(number(1))
    found = [(str(name), int(str(count))) for name, count in rows(connection, query)]
    return dict(sorted(found, key=lambda each: (-each[1], each[0])))
