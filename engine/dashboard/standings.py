"""At which stage some accounts or people were on each day before, and will be on each day after, if nothing happens."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..data import Dataset
from ..history import Replayed, days, replay
from ..history.memories import ids_of, memory_of
from ..history.part import known, replay_of
from ..history.standings import Stages, last_otherwise, only_stages, stages_by_day
from ..instants import ONE_DAY, Zone, local_date
from ..interpreter.memory import Memory
from ..memory import remembers
from ..model import Model
from ..records import Population

BACK, AHEAD = 182, 90
"""So many days are worked out before and after that of the instant."""


@dataclass(frozen=True)
class Turn:
    """A day at whose end the stage is another than on the day before."""

    day: datetime.date
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Standings:
    """The stages of all days around `today`, by whose they are; and what each day was left by those before it."""

    today: datetime.date
    by_id: Mapping[str, Stages]
    replayed: Replayed

    def last(self, id: str, now: str | None) -> Turn | None:
        """How somebody came to where they are now; None where that was before all of these days."""
        found = self.by_id.get(id, {})
        day = last_otherwise(found, now, self.today - ONE_DAY, BACK)
        return None if day is None else Turn(day + ONE_DAY, found.get(day), now)

    def gone(self, id: str) -> Iterator[Turn]:
        """The moves of the days before, and of the day itself, but for the first one."""
        yield from self._turns(id, range(1 - BACK, 1))

    def coming(self, id: str) -> Iterator[Turn]:
        """The moves of the days after."""
        yield from self._turns(id, range(1, AHEAD + 1))

    def _turns(self, id: str, numbers: Iterable[int]) -> Iterator[Turn]:
        found = self.by_id.get(id, {})
        for number in numbers:
            day = self.today + number * ONE_DAY
            before, after = found.get(day - ONE_DAY), found.get(day)
            if before != after:
                yield Turn(day, before, after)

    def left(self, days: Collection[datetime.date], around: Population) -> dict[datetime.date, Memory]:
        """What some of these days were left by those before them, of the records around somebody; nothing where rules
        remember nothing."""
        if not remembers(self.replayed.model):
            return {}
        ids = ids_of(around)
        return {day: memory_of(self.replayed, day, ids) for day in days}


@contextmanager
def standings(model: Model, data: Dataset, level: Level, ids: Collection[str], as_of: int) -> Iterator[Standings]:
    """By one plan for all days, and for no more than these depend on. Raises PlanError."""
    instants = _instants(model, as_of, BACK)
    with replay_of(model, data, level, ids, instants, only=only_stages(level), known_at=as_of) as replayed:
        yield _standings(replayed, level, ids, as_of)


@contextmanager
def standings_ahead(model: Model, data: Dataset, level: Level, ids: Collection[str], as_of: int) -> Iterator[Standings]:
    """Those of the days after alone, by one plan for all data: for rules that compare with everybody, and remember
    nothing. Raises PlanError."""
    with (
        known(data, as_of) as everything,
        replay(model, everything, _instants(model, as_of, 0), only=only_stages(level)) as replayed,
    ):
        yield _standings(replayed, level, ids, as_of)


def _instants(model: Model, as_of: int, back: int) -> list[int]:
    """The ends of so many days before, the instant itself, and the ends of the days after."""
    zone = Zone.named(model.timezone)
    today = local_date(as_of, zone)
    before = days(zone, today - back * ONE_DAY, today - ONE_DAY)
    return [*before, as_of, *days(zone, today + ONE_DAY, today + AHEAD * ONE_DAY)]


def _standings(replayed: Replayed, level: Level, ids: Collection[str], as_of: int) -> Standings:
    found = stages_by_day(replayed, level)
    today = local_date(as_of, Zone.named(replayed.model.timezone))
    return Standings(today, {id: found.get(id, {}) for id in ids}, replayed)
