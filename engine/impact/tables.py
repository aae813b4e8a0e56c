"""The results of two runs side by side, as tables of a connection of their own.

    entities   level, id, account_id, in_old, in_new, old_stage, new_stage, old_reason, new_reason, differs, move
    scores     level, id, score, old, new                       scores that both rulesets have
    columns_   level, id, name, differs                         the same for every other result that both have
    lines      level, id, score, line, old, new                 what lines gave, where that differs

Points are DECIMAL(18,4). Lines of the old ruleset have the ids that they have in the new one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
from sqlglot import exp

from ...grammar.nodes import Level
from ..data.sql import both, call, column, either, first_known, is_known, rows, table, text
from ..frames import Column, Results, Table
from ..writers import write_parquet

LEVELS: tuple[Level, ...] = ("lead", "account")
Texts = Sequence[tuple[str, str]]

_LINES = """
CREATE TABLE lines AS
WITH renamed AS (SELECT unnest(?::VARCHAR[]) AS before, unnest(?::VARCHAR[]) AS now),
before AS (
    SELECT level, id, score, coalesce(now, line) AS line, sum(points) AS points
    FROM old_contributions LEFT JOIN renamed ON line = before WHERE line IS NOT NULL GROUP BY ALL
),
now AS (
    SELECT level, id, score, line, sum(points) AS points
    FROM new_contributions WHERE line IS NOT NULL GROUP BY ALL
)
SELECT level, id, score, line, coalesce(before.points, 0) AS old, coalesce(now.points, 0) AS new
FROM before FULL JOIN now USING (level, id, score, line)
WHERE coalesce(before.points, 0) <> coalesce(now.points, 0)
"""


def store(connection: duckdb.DuckDBPyConnection, side: str, results: Results) -> None:
    """The tables of one run as `old_leads`, `old_accounts` and `old_contributions` (or `new_…`)."""
    with tempfile.TemporaryDirectory(prefix="scoreline-") as folder:
        for each in results.tables:
            path = Path(folder) / f"{each.name}.parquet"
            write_parquet(each, path)
            connection.read_parquet(str(path)).create(f"{side}_{each.name}")


def compare(connection: duckdb.DuckDBPyConnection, old: Results, new: Results, renamed: Mapping[str, str]) -> None:
    """Make the tables that are asked afterwards, of the results that were stored."""
    parts: dict[str, list[exp.Query]] = {"entities": [], "scores": [], "columns_": []}
    for level in LEVELS:
        shared = _shared(_of(old, level), _of(new, level))
        parts["entities"].append(_entities(level, shared))
        parts["scores"] += [_score(level, one.name) for one, _ in shared if one.role == "score"]
        parts["columns_"] += [_column(level, one, other) for one, other in shared if one.role != "score"]
    for name, queries in parts.items():
        query = _union(queries) if queries else _no_scores()
        rows(connection, exp.Create(this=table(name), kind="TABLE", expression=query))
    connection.execute(_LINES, [list(renamed), list(renamed.values())])


def _of(results: Results, level: Level) -> Table:
    return results.leads if level == "lead" else results.accounts


def _shared(old: Table, new: Table) -> list[tuple[Column, Column]]:
    """The columns that both runs have, keys left out."""
    known = {item.name: item for item in new.columns}
    return [
        (item, known[item.name])
        for item in old.columns
        if item.role != "key" and item.name in known and (item.role == "score") == (known[item.name].role == "score")
    ]


# --- the tables of one level --------------------------------------------------------


def _joined(level: Level, *columns: exp.Expr) -> exp.Select:
    """Columns of the leads or accounts of both runs, side by side as `o` and `n`."""
    old, new = (
        exp.alias_(table(f"{side}_{level}s"), alias, table=True) for side, alias in (("old", "o"), ("new", "n"))
    )
    test = column("id", "o").eq(column("id", "n"))
    who = exp.alias_(first_known(column("id", "n"), column("id", "o")), "id")
    return exp.select(exp.alias_(text(level), "level"), who, *columns).from_(old).join(new, on=test, join_type="full")


def _entities(level: Level, shared: Sequence[tuple[Column, Column]]) -> exp.Select:
    accounts = [column("account_id", side) for side in ("n", "o")] if level == "lead" else [exp.null()]
    differences = [_differs(one, other) for one, other in shared]
    moves = [_move(one.name) for one, _ in shared if one.role == "score"]
    seen = [is_known(column("id", side)) for side in ("o", "n")]
    columns = {
        "account_id": exp.cast(first_known(*accounts), "TEXT"),
        "in_old": seen[0],
        "in_new": seen[1],
        **{f"{side}_stage": column("stage", side[0]) for side in ("old", "new")},
        **{f"{side}_reason": column("disqualified", side[0]) for side in ("old", "new")},
        "differs": either(exp.Not(this=both(*seen)), *differences),
        "move": call("greatest", *moves, exp.cast(exp.Literal.number(0), "DECIMAL(18, 4)")),
    }
    return _joined(level, *(exp.alias_(value, name) for name, value in columns.items()))


def _differs(old: Column, new: Column) -> exp.Expr:
    before, after = column(old.name, "o"), column(new.name, "n")
    if old.kind != new.kind:
        return exp.NullSafeNEQ(this=exp.cast(before, "TEXT"), expression=exp.cast(after, "TEXT"))
    return exp.NullSafeNEQ(this=before, expression=after)


def _move(name: str) -> exp.Expr:
    nothing = exp.Literal.number(0)
    sides = [first_known(column(name, side), nothing) for side in ("n", "o")]
    return exp.Abs(this=exp.Sub(this=sides[0], expression=sides[1]))


def _score(level: Level, name: str) -> exp.Select:
    named = [exp.alias_(text(name), "score")]
    return _joined(level, *named, *(exp.alias_(column(name, side[0]), side) for side in ("old", "new")))


def _column(level: Level, old: Column, new: Column) -> exp.Select:
    """Where a result differs; only there is there a row."""
    return _joined(level, exp.alias_(text(old.name), "name")).where(_differs(old, new))


def _union(queries: Sequence[exp.Query]) -> exp.Query:
    made = queries[0]
    for query in queries[1:]:
        made = exp.Union(this=made, expression=query, distinct=False)
    return made


def _no_scores() -> exp.Select:
    """No row, where the rulesets have no score in common."""
    names = {"level": "TEXT", "id": "TEXT", "score": "TEXT", "old": "DECIMAL(18, 4)", "new": "DECIMAL(18, 4)"}
    nothing = [exp.alias_(exp.cast(exp.null(), type_), name) for name, type_ in names.items()]
    return exp.select(*nothing).where(exp.false())
