"""Since when someone has been at the present stage, and what tipped it.

The days before are tried one by one, or worked out by a plan where that would take longer.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import field, replace
from functools import partial
from typing import TYPE_CHECKING

from ...grammar.late_methods import dataclass
from ..instants import ONE_DAY, Zone, day_end, day_start, local_date
from ..interpreter import Evaluation, Row
from ..interpreter.course import Course, size
from ..interpreter.evaluation import memories
from ..interpreter.ladders import DISQUALIFIED
from ..interpreter.memory import Memory
from ..interpreter.steady import Steady
from ..memory import remembers
from ..records import Population, known_at
from ..rows import compares
from .causes import Causes
from .followed import Followed
from .report import Arrival

if TYPE_CHECKING:
    from ..everybody import Everybody

WORK = 500_000
"""How many events are gone through, on all days together, where nobody asked since when; before a plan takes over, days
count for more than their events."""
DAY = 1_500
"""A day takes as long as so many events, however few it has."""
FEWEST = 40
"""To go through fewer days than that takes longer than a plan, since all there is must be looked at first."""
MANY = 5_000
"""Of an account of that size (see `size`) a plan tells sooner what its people score than going through them."""


@dataclass(frozen=True)
class Recollection:
    """What is known of the days before: of a course, what each was `left` by those before it, where rules remember
    anything, what rules compare of all `others`, where they do, and what a plan has `followed`."""

    course: Course
    left: Mapping[datetime.date, Memory] = field(default_factory=dict)
    others: Everybody | None = None
    oldest: int | None = None
    followed: Followed | None = None

    @staticmethod
    def of(
        course: Course, as_of: int, others: Everybody | None = None, oldest: int | None = None, back: int = 0
    ) -> Recollection:
        """All days from the first that is remembered to that of the instant. `oldest` is when the oldest event of all
        the data happened, of which the course may have a part. So many days `back` others will be asked where somebody
        stood."""
        if others is not None:
            others.tell(course.lasting)
            others.begin(as_of, back)
            if others.tells_days:
                return Recollection(course, others.left, others, oldest)
        if not remembers(course.model):
            return Recollection(course, others=others, oldest=oldest)
        every = memories(course.model, course.population, as_of, course.glance)
        return Recollection(course, {memory.day: memory for memory in every}, others, oldest)

    def at(self, as_of: int) -> Steady:
        """The evaluation of an instant that was looked at."""
        return self.course.day(as_of, self._left(local_date(as_of, Zone.named(self.course.model.timezone))))

    def glance(self, day: datetime.date) -> Steady:
        """The end of a day, to be asked for results only."""
        return self.course.glance(self._end(day), self._left(day))

    def on(self, day: datetime.date) -> Steady:
        """The end of a day."""
        at = self._end(day)
        if self.others is not None:
            self.others.look(at)
        found = self.at(at)
        if self.followed is not None:
            self.followed.tell(found, at)
        return found

    @contextmanager
    def following(self, evaluation: Steady, row: Row, back: int) -> Iterator[Recollection]:
        """The same where a plan follows an account of many people: what they score at the instant of its evaluation is
        known then, and where it stood on so many days before begins to be worked out. As it is where there is no need
        or no way."""
        model = self.course.model
        many = row.level == "account" and size(self.course.population) >= MANY
        if not many or self.others is not None or remembers(model) or compares(model):
            yield self
            return
        at = evaluation.as_of
        known = known_at(self.course.population, at)
        with closing(Followed(model, known, row.level, row.entity.id, scored=True)) as followed:
            is_told = followed.begin(at)
            followed.tell(evaluation, at)
            asked = self._asked(evaluation, row, back) if is_told and back else None
            if asked is not None:
                followed.look_back(*asked)
            yield replace(self, followed=followed) if is_told else self

    def _asked(self, evaluation: Steady, row: Row, back: int) -> tuple[datetime.date, datetime.date] | None:
        """The first and the last of the days of which a plan will be asked where somebody stood; None where nobody
        asks."""
        now, since = evaluation.since_when(lambda: standing(evaluation, row))
        if now is None and evaluation.model.stages(row.level) is None:
            return None
        first, today = self.first_day(evaluation), local_date(evaluation.as_of, evaluation.zone)
        last = _day_before(today, since, first, evaluation.zone)
        return (_farthest(today, first, back), last) if last >= first - ONE_DAY else None

    def first_day(self, evaluation: Evaluation) -> datetime.date:
        """The day of the oldest record before an instant that has a time: before it nothing can have been otherwise."""
        return first_day(self.course.population, evaluation.as_of, evaluation.zone, self.oldest)

    def _end(self, day: datetime.date) -> int:
        return day_end(day, Zone.named(self.course.model.timezone))

    def _left(self, day: datetime.date) -> Memory:
        return self.left.get(day) or Memory(day)


def affordable(population: Population, planned: bool) -> int:
    """How many days may be gone through one by one; before a plan takes over no more than take as long as that."""
    if not planned:
        return WORK // max(1, size(population))
    found = WORK // (DAY + size(population))
    return found if found >= FEWEST else 0


def arrive(past: Recollection, evaluation: Steady, row: Row, left: int, planned: int = 0) -> Arrival | None:
    """How a lead or account came to where it is. None where there are no stages, and nothing disqualifies it.

    Days on which nothing can have changed that decides it are passed over. At most `left` others are gone through one
    by one; then those before are worked out by a plan, back to so many days as are `planned` before the instant. None
    where nothing at all may be looked at.
    """
    now, since = evaluation.since_when(lambda: standing(evaluation, row))
    left = left if past.followed is None else 0
    if now is None and evaluation.model.stages(row.level) is None:
        return None
    zone, first = evaluation.zone, past.first_day(evaluation)
    today = day = local_date(evaluation.as_of, zone)
    while True:
        after, day = day, _day_before(day, since, first, zone)
        if day < first - ONE_DAY:
            return Arrival("start", first.isoformat())
        if not left:
            found = _planned(past, evaluation, row, first, day, planned) if planned else None
            return found or (None if after == today else Arrival("longer", after.isoformat()))
        left -= 1
        earlier = past.glance(day)
        before, since = earlier.since_when(partial(_standing_of, earlier, row))
        if before != now:
            return _turned(past, evaluation, row, day, before)


def _planned(
    past: Recollection, evaluation: Steady, row: Row, first: datetime.date, last: datetime.date, most: int
) -> Arrival | None:
    """The same by a plan for the days up to the last one on which it may have been otherwise; None where no plan can do
    what the rules ask for."""
    from ..history.standings import last_otherwise
    from ..plan.errors import PlanError

    today, now = local_date(evaluation.as_of, evaluation.zone), standing(evaluation, row)
    farthest = _farthest(today, first, most)
    with ExitStack() as stack:
        followed = past.others or past.followed
        if followed is None:
            known = known_at(past.course.population, evaluation.as_of)
            followed = stack.enter_context(closing(Followed(evaluation.model, known, row.level, row.entity.id)))
        while last >= farthest:
            try:
                found, earliest = followed.stages(farthest, last)
            except PlanError:
                return None
            day = last_otherwise(found, now, last, (last - earliest).days + 1)
            if day is not None:
                return _turned(past, evaluation, row, day, found.get(day))
            last = earliest - ONE_DAY
    return Arrival("start", first.isoformat()) if farthest < first else Arrival("longer", farthest.isoformat())


def _day_before(day: datetime.date, since: int, first: datetime.date, zone: Zone) -> datetime.date:
    """The newest day before this one on which it may have been otherwise, where it is known since when it is so; or the
    second before the first one."""
    return min(day, local_date(max(since, day_start(first - ONE_DAY, zone)), zone)) - ONE_DAY


def _farthest(today: datetime.date, first: datetime.date, most: int) -> datetime.date:
    """The day before the first one, or as many days ago as may be looked at."""
    return today - min(most, (today - first).days + 1) * ONE_DAY


def _turned(past: Recollection, evaluation: Steady, row: Row, day: datetime.date, before: str | None) -> Arrival:
    """It is so since the day after this one, at whose end it was otherwise."""
    after = day + ONE_DAY
    later = evaluation if after == local_date(evaluation.as_of, evaluation.zone) else past.on(after)
    earlier = past.on(day)
    return Arrival("day", after.isoformat(), before, Causes(earlier, later).of_stage(row.level, row.entity.id))


def _standing_of(evaluation: Evaluation, row: Row) -> str | None:
    """Where someone stands whose row is of another instant."""
    there = evaluation.row(row.level, row.entity.id)
    return None if there is None else standing(evaluation, there)


def standing(evaluation: Evaluation, row: Row) -> str | None:
    """The stage; `disqualified` also where the level has no stages."""
    return DISQUALIFIED if evaluation.disqualified(row.entity) is not None else evaluation.stage(row)


def first_day(population: Population, as_of: int, zone: Zone, oldest: int | None = None) -> datetime.date:
    """The day of the oldest record that has a time: before it nothing can have been otherwise. `oldest` is the oldest
    event of all the data, where the population is a part of them."""
    times = [as_of, *(event.at for event in population.events)]
    times += [each.valid_from for each in population.accounts if each.valid_from is not None]
    times += [each.valid_from for each in population.contacts if each.valid_from is not None]
    return local_date(min(times if oldest is None else [*times, oldest]), zone)
