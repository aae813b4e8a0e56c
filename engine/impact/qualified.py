"""Those at one stage or beyond, such as MQAs: how many there were and are, who came and who went, by segment."""

from __future__ import annotations

import duckdb

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..compiling import Compiled
from ..suggest import did_you_mean
from .effect import Qualified, Segment

USUAL = "MQA"
SHOWN_IDS = 20

_MARKED = """
CREATE OR REPLACE TABLE qualified AS
SELECT id, account_id, was, now FROM (
    SELECT id, account_id, coalesce(list_contains(?, old_stage), false) AS was,
        coalesce(list_contains(?, new_stage), false) AS now
    FROM entities WHERE level = ?
) WHERE was OR now
"""
_COUNTED = """
SELECT count_if(was), count_if(now), count_if(now AND NOT was), count_if(was AND NOT now) FROM qualified
"""
_BY_SEGMENT = """
SELECT value, count_if(was), count_if(now), count_if(now AND NOT was), count_if(was AND NOT now)
FROM qualified LEFT JOIN segments USING (id) GROUP BY value
ORDER BY count_if(was <> now) DESC, count(*) DESC, value
"""
_IDS = "SELECT id FROM qualified WHERE was <> now AND now = ? ORDER BY id LIMIT ?"


class NoSuch(ValueError):
    """A stage or a field that was asked for and is not there; `hint` is the way out."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Target:
    """The stage that counts, and the stages from it on in both ladders."""

    level: Level
    stage: str
    old: tuple[str, ...]
    new: tuple[str, ...]


def target(old: Compiled, new: Compiled, stage: str | None) -> Target | None:
    """The stage that is asked for, or else MQA, or else the last one that both rulesets have; accounts before leads.

    None where they have no stage in common. Raises NoSuch for a stage that they do not have.
    """
    levels: tuple[Level, ...] = ("account", "lead")
    names = {level: (_names(old, level), _names(new, level)) for level in levels}
    common = {level: [name for name in names[level][1] if name in names[level][0]] for level in levels}
    for level in levels:
        wanted = stage or (USUAL if USUAL in common[level] else next(reversed(common[level]), None))
        if wanted in common[level]:
            before, after = ((side[side.index(wanted) :]) for side in names[level])
            return Target(level, wanted, before, after)
    if stage is None:
        return None
    known = [name for level in levels for name in common[level]]
    hint = did_you_mean(stage, known, empty="they share no stage")
    raise NoSuch(f"there is no stage `{stage}` in both rulesets", hint)


def _names(ruleset: Compiled, level: Level) -> tuple[str, ...]:
    ladder = ruleset.model.stages(level)
    return tuple(stage.name for stage in ladder.stages) if ladder else ()


def qualified(connection: duckdb.DuckDBPyConnection, found: Target, by: str | None) -> Qualified:
    """The numbers; with `by` also for each value in the table `segments` (see `segmented`)."""
    connection.execute(_MARKED, [list(found.old), list(found.new), found.level])
    old, new, gained, lost = connection.execute(_COUNTED).fetchall()[0]
    came, went = (
        tuple(row[0] for row in connection.execute(_IDS, [side, SHOWN_IDS]).fetchall()) for side in (True, False)
    )
    segments = tuple(Segment(*row) for row in connection.execute(_BY_SEGMENT).fetchall()) if by else ()
    return Qualified(found.level, found.stage, old, new, gained, lost, came, went, by, segments)
