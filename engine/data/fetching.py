"""The statements by which some records are fetched from files that were read, without a look at the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ..instants import Zone
from .batches import Batch
from .gathering import OWNERS, Statement, Statements
from .intake import Intake
from .layout import Layout, RecordKind
from .lookup import RAW_MERGED, Lookup, raw_field, raw_key
from .plain_lines import LineMap, Lines
from .relations import Readable
from .sql import Sql, call, cast, column, either, is_known, number, rows, select, table
from .tables import TypedTable
from .text_files import CsvRows, JsonLines
from .texts import zone_walls

Layouts = Mapping[RecordKind, Layout]


@dataclass(frozen=True)
class Origin:
    """Where the records of one kind stand, each by itself: files of which the engine could read every record.

    `has_copies`: some are there more than once, in the same words.
    """

    batches: Sequence[Batch]
    has_copies: bool = False


Origins = Mapping[RecordKind, Origin]


def stands_apart(batch: Batch) -> bool:
    """Whether a record of a batch can be read without the others: it is in a file of lines, rows or columns, where its
    place does not count."""
    relation = isinstance(batch.relation, (JsonLines, CsvRows, TypedTable))
    return relation and bool(batch.files) and not batch.source.numbers_rows


def statements(connection: duckdb.DuckDBPyConnection, layouts: Layouts, origins: Origins, zone: Zone) -> Statements:
    """How records are fetched again: from where the engine that has read them finds them, and checks nothing."""
    views = _views(connection)
    of = {
        kind: Statement(_text(layout, table(kind))) if kind in views else _from_files(layout, origins[kind], zone)
        for kind, layout in layouts.items()
    }
    lines = _lines({kind: layout for kind, layout in layouts.items() if kind not in views}, origins)
    return Statements(of, _has_versions(connection), tuple(views.values()), zone_walls(zone), lines)


def own_statements(connection: duckdb.DuckDBPyConnection, layouts: Layouts) -> Statements:
    """How records are fetched from the tables of the engine that holds them."""
    of = {kind: Statement(_text(layout, table(kind))) for kind, layout in layouts.items()}
    return Statements(of, _has_versions(connection))


def _has_versions(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether any contact has several records."""
    query = select(number(1), source=table("contacts")).where(is_known(column("valid_from"))).limit(1)
    return bool(rows(connection, query))


def _views(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The views of a dataset, in the order in which they can be made again."""
    query = exp.select(column("view_name"), column("sql")).from_(call("duckdb_views"))
    query = query.where(exp.Not(this=column("internal"))).order_by(column("view_oid"))
    return {str(name): str(made) for name, made in rows(connection, query)}


def _text(layout: Layout, source: exp.Table | exp.Query) -> str:
    return belonging(layout, source).sql(dialect="duckdb", copy=False)


def belonging(layout: Layout, source: exp.Table | exp.Query) -> exp.Select:
    """The records of a layout that belong to the `accounts` and `contacts` of the parameters."""
    owners = OWNERS[layout.kind]
    tests = [call("list_contains", cast(_parameter(ids), "TEXT[]"), column(name)) for name, ids in owners.items()]
    return select(*map(column, layout.names), source=source).where(either(*tests), copy=False)


def _parameter(name: str) -> Sql:
    return exp.Parameter(this=exp.Var(this=name))


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _from_files(layout: Layout, origin: Origin, zone: Zone) -> Statement:
    queries = [_records(Intake(layout, batch.source, zone, part), batch) for part, batch in enumerate(origin.batches)]
    if not queries:
        nothing = [
            cast(exp.null(), type_).as_(name, quoted=True)
            for name, type_ in zip(layout.names, layout.sql_types, strict=True)
        ]
        queries = [exp.select(*nothing).where(exp.false())]
    every = queries[0] if len(queries) == 1 else exp.union(*queries, distinct=False, copy=False)
    found = belonging(layout, every)
    by_line = any(isinstance(batch.relation, JsonLines) for batch in origin.batches)
    return Statement((found.distinct() if origin.has_copies else found).sql(dialect="duckdb", copy=False), by_line)


def _lines(layouts: Layouts, origins: Origins) -> dict[RecordKind, Lines]:
    """Where values stand in lines of each kind of record that has no other files."""
    found: dict[RecordKind, Lines] = {}
    for kind, layout in layouts.items():
        maps = [_line_map(layout, batch) for batch in origins[kind].batches]
        known = tuple(each for each in maps if each is not None)
        if len(known) == len(maps):
            found[kind] = Lines(known, origins[kind].has_copies)
    return found


def _line_map(layout: Layout, batch: Batch) -> LineMap | None:
    """Where values stand in the lines of a batch; None where it has none, or where not all values stand in them."""
    relation, lookup = batch.relation, Lookup(layout.kind, batch.source)
    if not isinstance(relation, JsonLines) or any(file.packing for file in relation.files):
        return None
    wanted = lookup.wanted(each.field for each in layout.columns)
    roles = [wanted.get(raw_key(role), ()) for role in layout.roles]
    columns = [wanted.get(raw_field(each.field), ()) for each in layout.columns]
    if batch.source.timestamps is not None or not all([*roles, *columns]):
        return None
    files = tuple(str(file.path) for file in relation.files)
    return LineMap(files, tuple(path for (path,) in roles), tuple(columns), wanted.get(RAW_MERGED, ()))


def _records(intake: Intake, batch: Batch) -> exp.Select:
    relation: Readable = batch.relation
    if isinstance(relation, JsonLines):
        relation = relation.naming(_parameter("naming"))
    return intake.unchecked(relation, batch.label)
