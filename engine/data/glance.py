"""A quick look at Parquet files: where nothing is wrong with their records, they are read where they lie.

A run then reads only the columns that it needs, and nothing is copied. Whatever the look cannot settle (a record to be
set aside, an impossible value, a repeated id) is left to the reader that takes every record in.
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
from .sql import Sql, call, column, create_view, number, rows, run, table, text
from .tables import TypedTable


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
    """Make the table of a layout a view of its Parquet files; None if records have to be looked at one by one."""
    if not all(isinstance(batch.relation, TypedTable) and batch.files for batch in batches):
        return None
    if any(batch.source.numbers_rows for batch in batches):
        return None
    looks = [_Look(Intake(layout, batch.source, zone, part), batch) for part, batch in enumerate(batches)]
    found = _Summary.of(connection, layout, looks)
    if found.untidy:
        for look in looks:
            look.tidy = [raw for raw in look.tidy if raw not in found.untidy]
        found = _Summary.of(connection, layout, looks)
    if found.bad or _repeats(connection, layout, looks):
        return None
    names = [column(name) for name in layout.names]
    run(connection, create_view(table(layout.kind), exp.select(*names).from_(_records(looks))))
    return Glance(dict(sorted(found.by_type.items(), key=lambda each: (-each[1], each[0]))))


@dataclass
class _Look:
    """The records of one relation. Texts are taken to be `tidy`, without outer blanks, until it turns out otherwise."""

    intake: Intake
    batch: Batch
    tidy: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.tidy = self.intake.texts(self.batch.relation, self.batch.label)

    def query(self, asked: Sequence[str]) -> exp.Select:
        """The records, and whether the values that are asked for are untidy."""
        return self.intake.checked(self.batch.relation, self.batch.label, self.tidy, asked)


@dataclass(frozen=True)
class _Summary:
    """What one scan tells: the records by type, how many are bad, which raw values are not tidy after all."""

    by_type: dict[str, int]
    bad: int
    untidy: set[str]

    @staticmethod
    def of(connection: duckdb.DuckDBPyConnection, layout: Layout, looks: Sequence[_Look]) -> _Summary:
        """Raises DataError if a relation lacks what every record needs."""
        kind: Sql = column("type") if layout.kind == "events" else text("")
        tidy = list(dict.fromkeys(raw for look in looks for raw in look.tidy))
        untidy = [call("count_if", column(UNTIDY + raw)) for raw in tidy]
        asked = exp.select(kind.as_("kind"), call("count", exp.Star()), call("count_if", column(BAD)), *untidy)
        found = rows(connection, asked.from_(_records(looks, tidy)).group_by(number(1)))
        by_type = {str(name): int(str(count)) for name, count, *_ in found}
        bad = sum(int(str(row[2])) for row in found)
        return _Summary(by_type, bad, {raw for place, raw in enumerate(tidy, 3) if any(row[place] for row in found)})


def _records(looks: Sequence[_Look], asked: Sequence[str] = ()) -> exp.Subquery:
    queries = [look.query(asked) for look in looks]
    both = queries[0] if len(queries) == 1 else exp.union(*queries, distinct=False, copy=False)
    return both.subquery("records", copy=False)


def _repeats(connection: duckdb.DuckDBPyConnection, layout: Layout, looks: Sequence[_Look]) -> bool:
    """Whether an id has several records."""
    key = ["id"] if layout.kind == "events" else ["id", "valid_from"]
    several = exp.GT(this=call("count", exp.Star()), expression=number(1))
    query = exp.select(column("id")).from_(_records(looks)).group_by(*map(column, key)).having(several)
    return bool(rows(connection, query.limit(1)))
