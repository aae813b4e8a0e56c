"""One population on many days: what no day between has touched is taken over from the last one that was worked out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from ...grammar.nodes import Level
from ..model import Const, Line, Score
from ..model import lines as lines_of
from ..records import Population, Value
from .evaluation import LEVELS, Evaluation, Found
from .ignoring import Left
from .lines import LineWork
from .memory import Memory
from .people import Entity, Lead, Timeline
from .reach import EVER, REACHES, Reach, Stretch, blocks, derived, reaches, stretch
from .rows import Row

Fields = tuple[Mapping[str, Value], str | None, Mapping[str, Value]]
"""Those of an entity, and the account of a lead with its own."""

Version = tuple[Level, str, int]
"""A lead or account, and which fields it has, of all that it ever had."""


class Course:
    """What is known of leads and accounts for more than one instant.

    `last` is an evaluation of the last day, or of a later one: it knows the events of all days.
    """

    def __init__(self, last: Evaluation) -> None:
        model = last.model
        self.model = model
        self.lasting = last.lasting
        self.reaches: Mapping[int, Reach] = last.lasting.remembered(model, REACHES, lambda: reaches(model))
        self.plain = {id(score) for level in LEVELS for score in model.scores(level) if _is_plain(score)}
        self.resting = {("derived", name) for (_, name), is_moving in derived(model).items() if not is_moving}
        self.resting -= {("derived", name) for (_, name), is_moving in derived(model).items() if is_moving}
        self.values: dict[tuple[Hashable, Version], Any] = {}
        self.works: dict[tuple[int, Version], tuple[Stretch, LineWork]] = {}
        self.totals: dict[tuple[int, Version], tuple[Stretch, int]] = {}
        self._fields: dict[tuple[Level, str], list[Fields]] = {}
        self._last = Day(self, Population(), last.as_of, last.memory, last.left)

    def last(self) -> Evaluation:
        """The evaluation of the last day."""
        return self._last

    def day(self, population: Population, as_of: int, memory: Memory) -> Evaluation:
        """The evaluation of a day, with what the days before it have left."""
        return Day(self, population, as_of, memory)

    def events(self, entity: Entity) -> Timeline | None:
        """All events of a lead or account, those of later days included; None where the last day does not know it."""
        world = self._last.world
        known = world.leads.get(entity.id) if isinstance(entity, Lead) else world.accounts.get(entity.id)
        return None if known is None else self._last.events_of(known)

    def version(self, entity: Entity) -> Version:
        """What the fields of a lead or account, and of the account of a lead, are."""
        account = entity.account if isinstance(entity, Lead) else None
        now = (entity.fields, None, {}) if account is None else (entity.fields, account.id, account.fields)
        key: tuple[Level, str] = "lead" if isinstance(entity, Lead) else "account", entity.id
        versions = self._fields.setdefault(key, [])
        if now not in versions:
            versions.append(now)
        return *key, versions.index(now)


class Day(Evaluation):
    """One day of a course."""

    def __init__(
        self, course: Course, population: Population, as_of: int, memory: Memory, left: Left | None = None
    ) -> None:
        super().__init__(course.model, population, as_of, memory, course.lasting, left)
        self._course = course
        self._versions: dict[Entity, Version] = {}
        self._known: dict[Entity, Timeline | None] = {}

    def line(self, line: Line, row: Row) -> LineWork:
        reach = self._course.reaches.get(id(line))
        every = None if reach is None else self._events(row.entity)
        if reach is None or every is None:
            return super().line(line, row)
        key, works = (id(line), self._version(row.entity)), self._course.works
        kept = works.get(key)
        if kept is not None and kept[0][0] <= self.as_of < kept[0][1]:
            return reach.copy(kept[1])
        work = super().line(line, row)
        works[key] = stretch(self, reach, work, row, every) or (self.as_of, self.as_of + 1), reach.copy(work)
        return work

    def score(self, score: Score, row: Row) -> int:
        if id(score) not in self._course.plain or self._events(row.entity) is None:
            return super().score(score, row)
        version, totals = self._version(row.entity), self._course.totals
        kept = totals.get((id(score), version))
        if kept is not None and kept[0][0] <= self.as_of < kept[0][1]:
            return kept[1]
        total = super().score(score, row)
        during = self._during(score, version)
        if during is not None:
            totals[id(score), version] = during, total
        return total

    def _during(self, score: Score, version: Version) -> Stretch | None:
        """When all lines of a score give the same as now; None where that is not known of one of them."""
        since, until = EVER
        for line in lines_of(score.items):
            kept = self._course.works.get((id(line), version))
            if kept is None or not kept[0][0] <= self.as_of < kept[0][1]:
                return None
            since, until = max(since, kept[0][0]), min(until, kept[0][1])
        return since, until

    def _once(self, name: Hashable, entity: Entity, make: Callable[[], Found]) -> Found:
        if name not in self._course.resting:
            return super()._once(name, entity, make)
        key, values = (name, self._version(entity)), self._course.values
        if key not in values:
            values[key] = make()
        found: Found = values[key]
        return found

    def _events(self, entity: Entity) -> Timeline | None:
        """All events of a lead or account; None where those of now are not just those of them that came before."""
        if entity not in self._known:
            every = self._course.events(entity)
            self._known[entity] = every if every is not None and self._agrees(every, entity) else None
        return self._known[entity]

    def _agrees(self, every: Timeline, entity: Entity) -> bool:
        now = self.events_of(entity).events
        if now is every.events:
            return True
        here = every.events[: bisect_right(every.times, self.as_of)]
        return [event.id for event in here] == [event.id for event in now]

    def _version(self, entity: Entity) -> Version:
        if entity not in self._versions:
            self._versions[entity] = self._course.version(entity)
        return self._versions[entity]


def _is_plain(score: Score) -> bool:
    """Whether nothing but the lines decides what a score is."""
    inner = list(blocks(score.items))
    bounds = [*score.bounds, *(bound for block in inner for bound in block.bounds)]
    return all(block.condition is None for block in inner) and all(isinstance(each.value, Const) for each in bounds)
