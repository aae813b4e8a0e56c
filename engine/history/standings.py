"""At which stage some leads or accounts were at the ends of days, as a replay has it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from ...grammar.nodes import Level
from ..instants import ONE_DAY, Zone, local_date
from ..interpreter.ladders import DISQUALIFIED
from ..plan.steps import LEVELS
from .replayed import Replayed

Stages = Mapping[datetime.date, str | None]
"""The stage at the end of each day, `disqualified` being one of them; nothing of a day on which somebody is unknown."""


def only_stages(level: Level) -> Mapping[Level, set[str]]:
    """The results that a replay must work out for them."""
    return {each: {"id", "stage", "disqualified"} if each == level else set() for each in LEVELS}


def stages_by_day(replayed: Replayed, level: Level, id: str | None = None) -> Mapping[str, Stages]:
    """The stages of everybody of a level by their ids; or of one alone."""
    zone = Zone.named(replayed.model.timezone)
    names = [each.title for each in replayed.results[level]]
    out = "disqualified IS NOT NULL" if "disqualified" in names else "false"
    stage = "stage" if "stage" in names else "NULL"
    query = f"""SELECT "at", id, CASE WHEN {out} THEN '{DISQUALIFIED}' ELSE {stage} END FROM {level}_history
        WHERE $id IS NULL OR id = $id"""
    found: dict[str, dict[datetime.date, str | None]] = {}
    for at, whose, now in replayed.connection.execute(query, {"id": id}).fetchall():
        found.setdefault(whose, {})[local_date(at, zone)] = now
    return found


def last_otherwise(stages: Stages, now: str | None, last: datetime.date, count: int) -> datetime.date | None:
    """The newest of so many days, up to the last one, at whose end somebody was elsewhere than now."""
    back = (last - number * ONE_DAY for number in range(count))
    return next((day for day in back if stages.get(day) != now), None)
