"""Since when someone has been at the present stage, and what tipped it: the days before are tried one by one."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping

from ...grammar.late_methods import dataclass
from ..instants import Zone, day_end, local_date
from ..interpreter import Evaluation, Row
from ..interpreter.course import Course
from ..interpreter.evaluation import memories
from ..interpreter.ladders import DISQUALIFIED
from ..interpreter.memory import Memory
from ..memory import remembers
from ..model import Model
from ..records import Population
from .causes import Causes
from .report import Arrival

WORK = 20_000
"""How many events are gone through, on all days together, where nobody asked since when."""
PER_LEAD = 20
"""A lead takes as long as so many events."""

LESS = 4
"""Whether somebody was disqualified on a day takes so much less than at which stage they were."""

ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Recollection:
    """What each day was left by those before it; where rules remember nothing, that is nothing."""

    days: Mapping[datetime.date, Memory]

    @staticmethod
    def of(model: Model, population: Population, as_of: int) -> Recollection:
        """All days from the first that is remembered to that of the instant."""
        every = memories(model, population, as_of) if remembers(model) else ()
        return Recollection({memory.day: memory for memory in every})

    def on(self, day: datetime.date) -> Memory:
        """The memory of a day."""
        return self.days.get(day) or Memory(day)


def arrive(
    course: Course, evaluation: Evaluation, population: Population, row: Row, past: Recollection, work: int
) -> Arrival | None:
    """How a lead or account came to where it is. None where there are no stages, and nothing disqualifies it.

    At most so many events are gone through as `work` says, on all days together; None where that is not even one day.
    """
    now = standing(evaluation, row)
    if now is None and evaluation.model.stages(row.level) is None:
        return None
    first, later = first_day(population, evaluation.as_of, evaluation.zone), evaluation
    a_day = len(population.events) + PER_LEAD * len(population.contacts)
    if now == DISQUALIFIED:
        a_day = a_day // LESS + 1
    for day in _days_before(evaluation):
        work -= a_day
        if work < 0:
            return None if later is evaluation else Arrival("longer", (day + ONE_DAY).isoformat())
        earlier = course.day(population, day_end(day, evaluation.zone), past.on(day))
        there = earlier.row(row.level, row.entity.id)
        before = None if there is None else standing(earlier, there)
        if before != now:
            causes = Causes(earlier, later).of_stage(row.level, row.entity.id)
            return Arrival("day", (day + ONE_DAY).isoformat(), before, causes)
        if day < first:
            return Arrival("start", first.isoformat())
        later = earlier
    raise AssertionError("days before have no end")


def standing(evaluation: Evaluation, row: Row) -> str | None:
    """The stage; `disqualified` also where the level has no stages."""
    return DISQUALIFIED if evaluation.disqualified(row.entity) is not None else evaluation.stage(row)


def first_day(population: Population, as_of: int, zone: Zone) -> datetime.date:
    """The day of the oldest record that has a time: before it nothing can have been otherwise."""
    times = [event.at for event in population.events]
    times += [each.valid_from for each in population.accounts if each.valid_from is not None]
    times += [each.valid_from for each in population.contacts if each.valid_from is not None]
    return local_date(min([as_of, *times]), zone)


def _days_before(evaluation: Evaluation) -> Iterator[datetime.date]:
    """The days before that of an evaluation, the last one first."""
    day = local_date(evaluation.as_of, evaluation.zone)
    while True:
        day -= ONE_DAY
        yield day
