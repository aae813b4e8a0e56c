"""Stage moves in a replay: who was at which stage at one instant, and at which at the next, and how many were where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from ...grammar.nodes import Level
from ..moves import Move
from .replay import Replayed

Counts = list[dict[str | None, int]]
"""By instant how many were at each stage; None: at none."""


def has_stages(replayed: Replayed, level: Level) -> bool:
    """Whether anybody of a level can be at a stage."""
    return any(each.role == "stage" for each in replayed.results[level])


def stage_moves(replayed: Replayed, level: Level) -> list[Move]:
    """Who moved between one instant and the next, without reasons, by instant and id.

    Whoever was not there before was at no stage, and so is whoever is there no more; at the first instant nobody moves.
    """
    if not has_stages(replayed, level):
        return []
    at = replayed.instants
    _number(replayed)
    found = replayed.connection.execute(_MOVES[level], {"last": len(at) - 1}).fetchall()
    return [Move(at[number], at[number - 1], level, id_, was, now) for number, id_, was, now in found]


def stage_counts(replayed: Replayed, level: Level) -> Counts:
    """At each instant how many were at each stage."""
    counts: Counts = [{} for _ in replayed.instants]
    if has_stages(replayed, level):
        _number(replayed)
        for number, stage, count in replayed.connection.execute(_COUNTS[level]).fetchall():
            counts[number][stage] = count
    return counts


def _number(replayed: Replayed) -> None:
    """Instants are numbered: the one before is the one with the number before."""
    replayed.connection.execute(_NUMBERED, {"at": list(replayed.instants)}).fetchall()


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

# Only those at a stage are looked at: whoever is at none, or not there, is as good as absent.
_MOVES = {
    level: f"""
    WITH there AS (
        SELECT number, id, stage, lag(number) OVER mine AS number_before, lag(stage) OVER mine AS stage_before,
            lead(number) OVER mine AS number_after
        FROM {level}_history JOIN "history: instants" USING ("at")
        WHERE stage IS NOT NULL
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
    """
    for level in ("lead", "account")
}

_COUNTS = {
    level: f"""
    SELECT number, stage, count(*) FROM {level}_history JOIN "history: instants" USING ("at") GROUP BY ALL ORDER BY ALL
    """
    for level in ("lead", "account")
}
