"""Questions to the tables of two runs: who moved, from which stage to which, by how much, and by which lines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any

import duckdb

from ...grammar.nodes import Level
from .effect import Blame, Mover, Shift, Spread, Transition

Connection = duckdb.DuckDBPyConnection
Leads = Callable[[Blame, Level, Collection[str]], bool]
"""Whether the score of a line can change any of these results of a level (`stage` or names of scores)."""

STAGE = "stage"
SHOWN_LINES = 5

_SHIFTS = """
SELECT level, score, count(*), count_if(new > old), count_if(new < old),
    greatest(max(new - old), 0), least(min(new - old), 0),
    avg(old), quantile_cont(old::DOUBLE, [0.1, 0.5, 0.9]), avg(new), quantile_cont(new::DOUBLE, [0.1, 0.5, 0.9])
FROM scores WHERE old IS NOT NULL AND new IS NOT NULL GROUP BY level, score ORDER BY level DESC, score
"""

_TRANSITIONS = """
CREATE OR REPLACE TABLE watched AS
SELECT dense_rank() OVER (ORDER BY level, old_stage, new_stage) AS bucket, level, id, account_id, old_stage, new_stage
FROM entities WHERE in_old AND in_new AND old_stage IS DISTINCT FROM new_stage
"""

_LARGEST = """
CREATE OR REPLACE TABLE watched AS
SELECT row_number() OVER (PARTITION BY level ORDER BY move DESC, id) AS place,
    row_number() OVER (ORDER BY level, move DESC, id) AS bucket, level, id, account_id, old_stage, new_stage, move
FROM entities WHERE differs QUALIFY place <= coalesce(?, place)
"""

_BLAMES = """
WITH touching AS (
    SELECT w.bucket, w.id, l.level, l.score, l.line, l.new - l.old AS points
    FROM watched AS w JOIN lines AS l ON l.level = w.level AND l.id = w.id
    UNION ALL
    SELECT w.bucket, w.id, l.level, l.score, l.line, l.new - l.old
    FROM watched AS w
    JOIN entities AS e ON w.level = 'account' AND e.level = 'lead' AND e.account_id = w.id
    JOIN lines AS l ON l.level = 'lead' AND l.id = e.id
    UNION ALL
    SELECT w.bucket, w.id, l.level, l.score, l.line, l.new - l.old
    FROM watched AS w JOIN lines AS l ON w.level = 'lead' AND l.level = 'account' AND l.id = w.account_id
)
SELECT bucket, level, score, line, count(DISTINCT id), sum(points) FROM touching GROUP BY ALL
"""


def counts(connection: Connection, what: str) -> dict[Level, int]:
    """How many entities of each level there are (`present`), differ (`moved`), or are at another stage."""
    queries = {
        "present": "SELECT level, count(*) FROM entities GROUP BY level",
        "moved": "SELECT level, count_if(differs) FROM entities GROUP BY level",
        "stage_changes": "SELECT level, count_if(in_old AND in_new AND old_stage IS DISTINCT FROM new_stage) "
        "FROM entities GROUP BY level",
    }
    found = dict(connection.execute(queries[what]).fetchall())
    return {"lead": found.get("lead", 0), "account": found.get("account", 0)}


def largest_move(connection: Connection) -> Decimal:
    """The largest change of any score."""
    found = connection.execute("SELECT max(move) FROM entities").fetchall()[0][0]
    return Decimal(0) if found is None else Decimal(found)


def shifts(connection: Connection) -> tuple[Shift, ...]:
    """What became of each score that both rulesets have."""
    return tuple(_shift(*row) for row in connection.execute(_SHIFTS).fetchall())


def _shift(level: Level, score: str, count: int, rose: int, fell: int, up: Decimal, down: Decimal, *rest: Any) -> Shift:
    old_mean, old_quantiles, new_mean, new_quantiles = rest
    old, new = Spread(old_mean, *old_quantiles), Spread(new_mean, *new_quantiles)
    return Shift(level, score, count, rose, fell, Decimal(up), Decimal(down), old, new)


# --- the lines behind ---------------------------------------------------------------


def lines(connection: Connection, changed: Collection[str]) -> tuple[Blame, ...]:
    """Every line whose points differ for anybody, those that reach the most entities first."""
    query = "SELECT level, score, line, count(*), sum(new - old) FROM lines GROUP BY ALL"
    found = [_blame(row, changed) for row in connection.execute(query).fetchall()]
    return tuple(sorted(found, key=_order))


def _blame(row: tuple[Any, ...], changed: Collection[str]) -> Blame:
    level, score, line, entities, points = row
    return Blame(level, score, line, entities, Decimal(points), line in changed)


def _order(blame: Blame) -> tuple[bool, int, Decimal, str]:
    """Changed lines first, then those of the most entities and points."""
    return not blame.is_changed, -blame.entities, -abs(blame.points), blame.line


def _blames(connection: Connection, changed: Collection[str]) -> Mapping[int, list[Blame]]:
    """The lines behind what is in `watched`, by bucket."""
    found: dict[int, list[Blame]] = {}
    for bucket, *row in connection.execute(_BLAMES).fetchall():
        found.setdefault(bucket, []).append(_blame(tuple(row), changed))
    return {bucket: sorted(blames, key=_order) for bucket, blames in found.items()}


# --- stages and movers --------------------------------------------------------------


def transitions(connection: Connection, changed: Collection[str], leads: Leads) -> tuple[Transition, ...]:
    """All changes of stage, the most frequent first, with the lines that can have caused them."""
    connection.execute(_TRANSITIONS)
    query = "SELECT bucket, level, old_stage, new_stage, count(*) FROM watched GROUP BY ALL"
    found = connection.execute(query).fetchall()
    blames = _blames(connection, changed)

    def made(bucket: int, level: Level, was: str | None, now: str | None, count: int) -> Transition:
        behind = [blame for blame in blames.get(bucket, ()) if leads(blame, level, [STAGE])]
        return Transition(level, was, now, count, lines=tuple(behind[:SHOWN_LINES]))

    ordered = sorted(found, key=lambda row: (row[1], -row[4], str(row[2]), str(row[3])))
    return tuple(made(*row) for row in ordered)


def movers(connection: Connection, changed: Collection[str], leads: Leads, most: int | None) -> tuple[Mover, ...]:
    """Those of each level whose scores moved the farthest (all of them without `most`), accounts first."""
    connection.execute(_LARGEST, [most])
    blames = _blames(connection, changed)
    scores: dict[int, dict[str, tuple[Decimal | None, Decimal | None]]] = {}
    for bucket, score, old, new in connection.execute(
        "SELECT bucket, score, old, new FROM scores JOIN watched USING (level, id) WHERE old IS DISTINCT FROM new "
        "ORDER BY bucket, score"
    ).fetchall():
        scores.setdefault(bucket, {})[score] = (old, new)

    def made(bucket: int, level: Level, id_: str, move: Decimal, was: str | None, now: str | None) -> Mover:
        own = scores.get(bucket, {})
        results = [*own, *([STAGE] if was != now else [])]
        behind = [blame for blame in blames.get(bucket, ()) if not results or leads(blame, level, results)]
        stage = (was, now) if was != now else None
        return Mover(level, id_, Decimal(move), own, stage, tuple(behind[:SHOWN_LINES]))

    query = "SELECT bucket, level, id, move, old_stage, new_stage FROM watched ORDER BY bucket"
    return tuple(made(*row) for row in connection.execute(query).fetchall())
