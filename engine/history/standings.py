"""At which stage some leads or accounts were at the ends of days, as a replay has it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from ...grammar.nodes import Level
from ..data import Dataset
from ..instants import ONE_DAY, Zone, local_date
from ..interpreter.ladders import DISQUALIFIED
from ..model import Model
from ..plan.steps import LEVELS
from .replay import Replayed, replay

Stages = Mapping[datetime.date, str | None]
"""The stage at the end of each day, `disqualified` being one of them; nothing of a day on which somebody is unknown."""


def stages_of(model: Model, data: Dataset, level: Level, instants: Sequence[int]) -> Mapping[str, Stages]:
    """The stages of everybody of a level by their ids. Raises PlanError."""
    with replay(model, data, instants, only=only_stages(level)) as replayed:
        return stages_by_day(replayed, level)


def only_stages(level: Level) -> Mapping[Level, set[str]]:
    """The results that a replay must work out for them."""
    return {each: {"id", "stage", "disqualified"} if each == level else set() for each in LEVELS}


def stages_by_day(replayed: Replayed, level: Level) -> Mapping[str, Stages]:
    """The stages of everybody of a level by their ids."""
    zone = Zone.named(replayed.model.timezone)
    names = [each.title for each in replayed.results[level]]
    out = "disqualified IS NOT NULL" if "disqualified" in names else "false"
    stage = "stage" if "stage" in names else "NULL"
    query = f"""SELECT "at", id, CASE WHEN {out} THEN '{DISQUALIFIED}' ELSE {stage} END FROM {level}_history"""
    found: dict[str, dict[datetime.date, str | None]] = {}
    for at, id, now in replayed.connection.execute(query).fetchall():
        found.setdefault(id, {})[local_date(at, zone)] = now
    return found


def last_otherwise(stages: Stages, now: str | None, last: datetime.date, count: int) -> datetime.date | None:
    """The newest of so many days, up to the last one, at whose end somebody was elsewhere than now."""
    back = (last - number * ONE_DAY for number in range(count))
    return next((day for day in back if stages.get(day) != now), None)
