"""Results that no run has made, as a source for a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
from sqlglot import exp

from scoreline.engine.data.sql import column, equals, number, select, table
from scoreline.engine.plan.steps import ResultColumn
from scoreline.engine.results import DataCounts
from scoreline.engine.store.sources import Fields
from scoreline.grammar.nodes import Level

RESULTS: Mapping[Level, tuple[ResultColumn, ...]] = {
    "lead": (
        ResultColumn("id", "id", "id", "text"),
        ResultColumn("account_id", "account_id", "id", "text"),
        ResultColumn("1", "fit", "score", "timestamp"),
        ResultColumn("2", "stage", "stage", "text"),
    ),
    "account": (
        ResultColumn("id", "id", "id", "text"),
        ResultColumn("1", "readiness", "score", "timestamp"),
        ResultColumn("2", "engaged", "measure", "number"),
        ResultColumn("3", "stage", "stage", "text"),
    ),
}
Rows = Sequence[tuple[object, ...]]


@dataclass(frozen=True)
class Shot:
    """The results at one instant: rows of leads and accounts as in RESULTS, entries (account, line, points)."""

    at: int
    leads: Rows = ()
    accounts: Rows = ()
    entries: Rows = ()


@dataclass
class MadeUp:
    """Some shots as a source."""

    shots: Sequence[Shot]
    has_contributions: bool = True
    cursor: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)
    results: Mapping[Level, Sequence[ResultColumn]] = field(default_factory=lambda: RESULTS)

    def __post_init__(self) -> None:
        self.cursor.execute('CREATE TEMP TABLE l ("at" BIGINT, id TEXT, account_id TEXT, fit BIGINT, stage TEXT)')
        self.cursor.execute('CREATE TEMP TABLE a ("at" BIGINT, id TEXT, readiness BIGINT, engaged DOUBLE, stage TEXT)')
        self.cursor.execute('CREATE TEMP TABLE c ("at" BIGINT, id TEXT, line TEXT, points BIGINT)')
        for shot in self.shots:
            for name, rows in (("l", shot.leads), ("a", shot.accounts), ("c", shot.entries)):
                for row in rows:
                    marks = ", ".join("?" * (len(row) + 1))
                    self.cursor.execute(f"INSERT INTO {name} VALUES ({marks})", [shot.at, *row])

    @property
    def instants(self) -> list[int]:
        return [shot.at for shot in self.shots]

    def entities(self, level: Level, at: int) -> exp.Select:
        names = [column(each.title) for each in self.results[level]]
        return select(*names, source=table(level[0])).where(equals(column("at"), number(at)))

    def entries(self, at: int) -> exp.Select:
        query = """
        SELECT 'account' AS level, id, 'readiness' AS score, line, 'line' AS kind, points, 1 AS events, 0 AS first,
            0 AS last FROM c
        """
        made = exp.maybe_parse(query, into=exp.Select, dialect="duckdb")
        return made.where(equals(column("at"), number(at)))

    def counts(self, at: int) -> DataCounts | None:
        return None

    @property
    def fields(self) -> Fields | None:
        return None
