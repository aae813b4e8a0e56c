"""Since when someone has been at the present stage, and what tipped it: the days before are tried one by one."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import partial

from ...grammar.late_methods import dataclass
from ..instants import ONE_DAY, Zone, day_end, day_start, local_date
from ..interpreter import Evaluation, Row
from ..interpreter.course import Course, size
from ..interpreter.evaluation import memories
from ..interpreter.ladders import DISQUALIFIED
from ..interpreter.memory import Memory
from ..interpreter.steady import Steady
from ..memory import remembers
from ..records import Population
from .causes import Causes
from .report import Arrival

WORK = 400_000
"""How many events are gone through, on all days together, where nobody asked since when: only accounts with a
thousand leads and more have as many."""


@dataclass(frozen=True)
class Recollection:
    """What each day was left by those before it; where rules remember nothing, that is nothing."""

    days: Mapping[datetime.date, Memory]

    @staticmethod
    def of(course: Course, as_of: int) -> Recollection:
        """All days from the first that is remembered to that of the instant."""
        if not remembers(course.model):
            return Recollection({})
        every = memories(course.model, course.population, as_of, course.glance)
        return Recollection({memory.day: memory for memory in every})

    def on(self, day: datetime.date) -> Memory:
        """The memory of a day."""
        return self.days.get(day) or Memory(day)


def arrive(course: Course, evaluation: Steady, row: Row, past: Recollection, work: int) -> Arrival | None:
    """How a lead or account came to where it is. None where there are no stages, and nothing disqualifies it.

    Days on which nothing can have changed that decides it are passed over. At most so many events are gone through as
    `work` says, on all other days together; None where that is not even one day.
    """
    now, since = evaluation.since_when(lambda: standing(evaluation, row))
    if now is None and evaluation.model.stages(row.level) is None:
        return None
    zone = evaluation.zone
    today = day = local_date(evaluation.as_of, zone)
    first = first_day(course.population, evaluation.as_of, zone)
    earliest = day_start(first - ONE_DAY, zone)
    while True:
        after, day = day, min(day, local_date(max(since, earliest), zone)) - ONE_DAY
        if day < first - ONE_DAY:
            return Arrival("start", first.isoformat())
        work -= size(course.population)
        if work < 0:
            return None if after == today else Arrival("longer", after.isoformat())
        earlier = course.glance(day_end(day, zone), past.on(day))
        before, since = earlier.since_when(partial(_standing_of, earlier, row))
        if before != now:
            after = day + ONE_DAY
            later = evaluation if after == today else course.day(day_end(after, zone), past.on(after))
            earlier = course.day(day_end(day, zone), past.on(day))
            causes = Causes(earlier, later).of_stage(row.level, row.entity.id)
            return Arrival("day", after.isoformat(), before, causes)


def _standing_of(evaluation: Evaluation, row: Row) -> str | None:
    """Where someone stands whose row is of another instant."""
    there = evaluation.row(row.level, row.entity.id)
    return None if there is None else standing(evaluation, there)


def standing(evaluation: Evaluation, row: Row) -> str | None:
    """The stage; `disqualified` also where the level has no stages."""
    return DISQUALIFIED if evaluation.disqualified(row.entity) is not None else evaluation.stage(row)


def first_day(population: Population, as_of: int, zone: Zone) -> datetime.date:
    """The day of the oldest record that has a time: before it nothing can have been otherwise."""
    times = [event.at for event in population.events]
    times += [each.valid_from for each in population.accounts if each.valid_from is not None]
    times += [each.valid_from for each in population.contacts if each.valid_from is not None]
    return local_date(min([as_of, *times]), zone)
