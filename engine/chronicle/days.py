"""The evaluation of each day, with what the days before it have left."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ..instants import ONE_DAY, Zone, day_end, local_date
from ..interpreter import Evaluation
from ..interpreter.course import Course
from ..interpreter.memory import Memory
from ..interpreter.remembering import left_by
from ..memory import Remembered, first_day, remembered, remembers
from ..model import Model
from ..records import Population, known_at

if TYPE_CHECKING:
    from ..everybody import Everybody


class Days:
    """Walks a model over the days of a population; days before `first` are only remembered.

    `until` gives the days up to an instant, the last one at the instant itself; `after` then those that follow, as if
    nothing more happened. Where the population is a part of the data, `others` know what is compared of all others on
    all of these days.
    """

    def __init__(
        self,
        model: Model,
        population: Population,
        as_of: int,
        first: datetime.date,
        others: Everybody | None = None,
    ) -> None:
        self._model = model
        self._population = population
        self._as_of = as_of
        self._first = first
        self._zone = Zone.named(model.timezone)
        self._others = others
        self._is_told = others is not None and others.tells_days
        self._wanted = remembered(model) if remembers(model) and not self._is_told else Remembered()
        self._memory = Memory(first)
        self._today = local_date(as_of, self._zone)
        self._follow(population)

    def until(self) -> Iterator[Evaluation]:
        """Each day from the first one on."""
        day = self._first
        if self._wanted.ladders or self._wanted.runs:
            oldest = min((event.at for event in self._population.events), default=None)
            day = first_day(self._model, oldest, self._as_of)
        while day < self._today:
            found = self._at(day_end(day, self._zone), day)
            if day >= self._first:
                yield found
            self._memory = left_by(found, self._wanted)
            day += ONE_DAY
        yield self._at(self._as_of, self._today)

    def after(self, days: int) -> Iterator[Evaluation]:
        """The days after that of the instant, with what is known at the instant."""
        self._follow(known_at(self._population, self._as_of))
        for number in range(days + 1):
            day = self._today + number * ONE_DAY
            found = self._at(day_end(day, self._zone), day)
            if number:
                yield found
            self._memory = left_by(found, self._wanted)

    def _follow(self, population: Population) -> None:
        self._course = Course(self._model, population)
        if self._others is not None:
            self._others.tell(self._course.lasting)

    def _at(self, at: int, day: datetime.date) -> Evaluation:
        told = self._others.left.get(day) if self._others is not None and self._is_told else None
        return self._course.day(at, told or replace(self._memory, day=day))
