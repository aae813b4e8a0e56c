"""A quick look at files that most often are in order: Parquet, which is then read where it lies, and lines of JSON.

Parquet: a run reads only the columns that it needs, and nothing is copied. JSON: the engine's own reader takes it in at
once. Whatever the look cannot settle (a record to be set aside, an impossible value, a repeated id) is left to the
reader that looks at every record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb
from sqlglot import exp

from ..instants import Zone
from .batches import Batch
from .intake import BAD, UNTIDY, Intake
from .layout import Layout
from .relations import Readable
from .sql import Sql, call, column, create_view, drop_column, drop_table, number, rows, run, table, text
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
    connection: duckdb.DuckDBPyConnection, layout: Layout, batches: Sequence[Batch], zone: Zone
) -> Glance | None:
    """Make the table of a layout from files that are in order; None if records have to be looked at one by one."""
    if any(batch.source.numbers_rows for batch in batches):
        return None
    relations = [batch.relation for batch in batches]
    intakes = [Intake(layout, batch.source, zone, part) for part, batch in enumerate(batches)]
    if all(isinstance(relation, TypedTable) for relation in relations) and all(batch.files for batch in batches):
        return _as_view(connection, layout, [_Look(*each) for each in zip(intakes, relations, batches, strict=True)])
    if all(isinstance(relation, JsonLines) for relation in relations):
        looks = [
            _Look(intake, relation.at_once, batch, [])
            for intake, relation, batch in zip(intakes, relations, batches, strict=True)
            if isinstance(relation, JsonLines)
        ]
        return _taken_in(connection, layout, looks)
    return None


def _as_view(connection: duckdb.DuckDBPyConnection, layout: Layout, looks: Sequence[_Look]) -> Glance | None:
    """A view of typed tables. Their texts are taken to have no outer blanks, until it turns out otherwise."""
    for look in looks:
        look.tidy = look.intake.texts(look.relation, look.label)
    tidy = list(dict.fromkeys(raw for look in looks for raw in look.tidy))
    found = _Summary.of(connection, layout, _records(looks, tidy), tidy)
    if found.untidy:
        for look in looks:
            look.tidy = [raw for raw in look.tidy if raw not in found.untidy]
        found = _Summary.of(connection, layout, _records(looks))
    if found.bad or _repeats(connection, layout, _records(looks)):
        return None
    names = [column(name) for name in layout.names]
    run(connection, create_view(table(layout.kind), exp.select(*names).from_(_records(looks))))
    return found.glance


def _taken_in(connection: duckdb.DuckDBPyConnection, layout: Layout, looks: Sequence[_Look]) -> Glance | None:
    """A table, filled by the engine's own reader."""
    target = table(layout.kind)
    names = [column(name) for name in (*layout.names, BAD)]
    try:
        run(connection, exp.Create(this=target, kind="TABLE", expression=exp.select(*names).from_(_records(looks))))
    except NOT_OURS:
        raise
    except (duckdb.Error, ValueError):
        return None
    found = _Summary.of(connection, layout, target)
    if found.bad or _repeats(connection, layout, target):
        run(connection, drop_table(target))
        return None
    run(connection, drop_column(target, BAD))
    return found.glance


@dataclass
class _Look:
    """The records of one relation. The texts that are `tidy` are taken to have no outer blanks."""

    intake: Intake
    relation: Readable
    batch: Batch
    tidy: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        return self.batch.label

    def query(self, asked: Sequence[str]) -> exp.Select:
        """The records, and whether the values that are asked for are untidy."""
        return self.intake.checked(self.relation, self.label, self.tidy, asked)


@dataclass(frozen=True)
class _Summary:
    """What one scan tells: the records by type, how many are bad, which raw values are not tidy after all."""

    by_type: dict[str, int]
    bad: int
    untidy: set[str]

    @staticmethod
    def of(
        connection: duckdb.DuckDBPyConnection, layout: Layout, records: exp.Expr, asked: Sequence[str] = ()
    ) -> _Summary:
        """Raises DataError if a relation lacks what every record needs."""
        kind: Sql = column("type") if layout.kind == "events" else text("")
        untidy = [call("count_if", column(UNTIDY + raw)) for raw in asked]
        query = exp.select(kind.as_("kind"), call("count", exp.Star()), call("count_if", column(BAD)), *untidy)
        found = rows(connection, query.from_(records).group_by(number(1)))
        by_type = {str(name): int(str(count)) for name, count, *_ in found}
        bad = sum(int(str(row[2])) for row in found)
        return _Summary(by_type, bad, {raw for place, raw in enumerate(asked, 3) if any(row[place] for row in found)})

    @property
    def glance(self) -> Glance:
        return Glance(dict(sorted(self.by_type.items(), key=lambda each: (-each[1], each[0]))))


def _records(looks: Sequence[_Look], asked: Sequence[str] = ()) -> exp.Subquery:
    queries = [look.query(asked) for look in looks]
    both = queries[0] if len(queries) == 1 else exp.union(*queries, distinct=False, copy=False)
    return both.subquery("records", copy=False)


def _repeats(connection: duckdb.DuckDBPyConnection, layout: Layout, records: exp.Expr) -> bool:
    """Whether an id has several records."""
    key = ["id"] if layout.kind == "events" else ["id", "valid_from"]
    several = exp.GT(this=call("count", exp.Star()), expression=number(1))
    query = exp.select(column("id")).from_(records).group_by(*map(column, key)).having(several)
    return bool(rows(connection, query.limit(1)))
