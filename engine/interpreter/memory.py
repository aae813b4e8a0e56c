"""What the days before one have left: who was at which stage since when, and which conditions held since when.

It is folded day by day (decisions 38, 39 and 132 to 137): each day sees only what those before it have left.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import field

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..memory import Run

Id = tuple[Level, str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entity was at the end of a day.

    `held` are the stages that it held, `stage` the last of them, at which it was on every day from `since` on;
    `reached` are the days on which it first held each stage that it ever held.
    """

    held: frozenset[str]
    stage: str | None
    since: datetime.date
    reached: Mapping[str, datetime.date] = field(default_factory=dict)


@dataclass(frozen=True)
class Memory:
    """What the days before `day` have left: the places of the day before, and of each run that still went on then the
    day on which it began. Who is not there held nothing."""

    day: datetime.date
    places: Mapping[Id, Place] = field(default_factory=dict)
    began: Mapping[Run, Mapping[str, datetime.date]] = field(default_factory=dict)

    def held(self, level: Level, id: str) -> frozenset[str]:
        """The stages that an entity held on the day before."""
        place = self.places.get((level, id))
        return frozenset() if place is None else place.held

    def days_at(self, stage: str, level: Level, id: str) -> int | None:
        """How many days ago the stay at a stage began that lasted to the day before; None without such a stay."""
        place = self.places.get((level, id))
        return None if place is None or place.stage != stage else (self.day - place.since).days

    def place_now(self, id: Id, held: frozenset[str], stage: str | None) -> Place:
        """Where an entity is at the end of `day`, by what it holds then."""
        before = self.places.get(id)
        since = before.since if before is not None and before.stage == stage else self.day
        reached = {} if before is None else before.reached
        new = {name: self.day for name in held if name not in reached}
        return Place(held, stage, since, {**reached, **new} if new else reached)
