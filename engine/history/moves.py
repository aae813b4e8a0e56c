"""Stage moves in a replay: who was at which stage at one instant, and at which at the next, and how many were where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..moves import Move
from ..plan.steps import LEVELS
from .replayed import Replayed

Counts = list[dict[str | None, int]]
"""By instant how many were at each stage; None: at none."""


def has_stages(replayed: Replayed, level: Level) -> bool:
    """Whether anybody of a level can be at a stage."""
    return any(each.role == "stage" for each in replayed.results[level])


class StageMoves:
    """Who of a level moved between one instant and the next, without reasons, by instant and id; and how many were
    where at each of them.

    Whoever was not there before was at no stage, and so is whoever is there no more; at the first instant nobody moves.
    """

    def __init__(self, level: Level) -> None:
        self.level: Level = level
        self.moves: list[Move] = []
        self.counts: Counts = []
        self._last: int | None = None

    def add(self, replayed: Replayed) -> None:
        """What becomes of them at the first instants of a replay, or at those that follow the ones added before."""
        at = replayed.instants
        start = len(self.counts)
        self.counts += [{} for _ in at]
        if not has_stages(replayed, self.level):
            return
        cursor, sql = replayed.connection, _SQL[self.level]
        if self._last is None:
            cursor.execute(sql.before, {"at": None}).fetchall()
        else:
            at = (self._last, *at)
        cursor.execute(_NUMBERED, {"at": list(at)}).fetchall()
        for number, id_, was, now in cursor.execute(sql.moves, {"last": len(at) - 1}).fetchall():
            self.moves.append(Move(at[number], at[number - 1], self.level, id_, was, now))
        for each, stage, count in cursor.execute(sql.counts).fetchall():
            self.counts[start + replayed.instants.index(each)][stage] = count
        self._last = at[-1]
        cursor.execute(sql.before, {"at": self._last}).fetchall()


def asked(connection: duckdb.DuckDBPyConnection, moves: list[Move]) -> None:
    """Hold whoever moved, at the instant and at the one before, in the table ASKED."""
    values: Mapping[str, Any] = {
        "at": [at for move in moves for at in (move.since, move.at)],
        "id": [move.id for move in moves for _ in range(2)],
    }
    connection.execute(_ASKED, values).fetchall()


ASKED = "history: asked"

_ASKED = f"""
CREATE OR REPLACE TEMP TABLE "{ASKED}" AS
SELECT DISTINCT "at", id FROM (SELECT unnest($at::BIGINT[]) AS "at", unnest($id::TEXT[]) AS id)
"""

_NUMBERED = """
CREATE OR REPLACE TEMP TABLE "history: instants" AS
SELECT unnest($at::BIGINT[]) AS "at", unnest(range(len($at::BIGINT[]))) AS number
"""


@dataclass(frozen=True)
class _Statements:
    """Those of a level: who is remembered for the next time, who moved, and how many were where."""

    before: str
    moves: str
    counts: str


# Only those at a stage are looked at: whoever is at none, or not there, is as good as absent.
_SQL = {
    level: _Statements(
        before=f"""
    CREATE OR REPLACE TEMP TABLE "history: {level}s before" AS
    SELECT "at", id, stage FROM {level}_history WHERE "at" = $at::BIGINT AND stage IS NOT NULL
    """,
        moves=f"""
    WITH staged AS (
        SELECT "at", id, stage FROM {level}_history WHERE stage IS NOT NULL
        UNION ALL SELECT "at", id, stage FROM "history: {level}s before"
    ), there AS (
        SELECT number, id, stage, lag(number) OVER mine AS number_before, lag(stage) OVER mine AS stage_before,
            lead(number) OVER mine AS number_after
        FROM staged JOIN "history: instants" USING ("at")
        WINDOW mine AS (PARTITION BY id ORDER BY number)
    )
    SELECT number, id, if(number_before = number - 1, stage_before, NULL) AS was, stage AS now
    FROM there
    WHERE number > 0 AND (number_before IS DISTINCT FROM number - 1 OR stage_before <> stage)
    UNION ALL
    SELECT number + 1, id, stage, NULL
    FROM there
    WHERE number < $last AND number_after IS DISTINCT FROM number + 1
    ORDER BY 1, 2
    """,
        counts=f"""
    SELECT "at", stage, count(*) FROM {level}_history GROUP BY ALL ORDER BY ALL
    """,
    )
    for level in LEVELS
}
