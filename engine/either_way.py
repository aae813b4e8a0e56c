"""Where somebody stands on days, however comparisons with everybody come out.

Most of those who are asked about stand where they do whatever their rank is: nobody need be ranked for that. So the
rules that decide it are tried with each way in which these comparisons can come out; where all agree, it is so.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from ..grammar.nodes import Level
from .instants import Zone, local_date
from .interpreter.course import Course
from .interpreter.ladders import DISQUALIFIED
from .interpreter.memory import Memory
from .links import key_of, upstream
from .memory import remembers
from .model import Compare, Const, Definition, Disqualification, Expr, Model, Part, Result, Stages, Standing
from .plan.scalars import rewrite
from .reads import Key
from .records import Population, known_at
from .rows import compares, walk

MOST = 2
"""With more comparisons there are too many ways."""


class EitherWay:
    """Somebody in a population, and by which rules it is tried where they stand."""

    def __init__(self, ways: Sequence[Model], population: Population, level: Level, id: str) -> None:
        self._ways = ways
        self._population = population
        self._level: Level = level
        self._id = id

    def stood(self, instants: Collection[int], known: int | None = None) -> Mapping[int, str | None]:
        """The stage at those of the instants at which it is one and the same; `disqualified` is one, too. With `known`
        as if nothing more happened after that instant."""
        population = self._population if known is None else known_at(self._population, known)
        every = [self._stood(Course(way, population), sorted(instants, reverse=True)) for way in self._ways]
        first = every[0]
        return {at: stage for at, stage in first.items() if all(each[at] == stage for each in every)}

    def _stood(self, course: Course, instants: Sequence[int]) -> Mapping[int, str | None]:
        """The last instant first: those are passed over at which nothing can have been otherwise."""
        found: dict[int, str | None] = {}
        stage, since = None, sys.maxsize
        for at in instants:
            if at < since:
                stage, since = self._standing(course, at)
            found[at] = stage
        return found

    def _standing(self, course: Course, at: int) -> tuple[str | None, int]:
        """Where they stand at an instant, and since when that is so."""
        there = course.glance(at, Memory(local_date(at, Zone.named(course.model.timezone))))
        row = there.row(self._level, self._id)
        if row is None:
            return None, at
        return there.since_when(
            lambda: DISQUALIFIED if there.disqualified(row.entity) is not None else there.stage(row)
        )


def either_way(model: Model, level: Level) -> Sequence[Model]:
    """The rules that decide where those of a level stand, once for each way in which what these compare with everybody
    may come out. None at all where that is more than whether a few comparisons hold of the very one who is asked about,
    or where rules remember the days before."""
    deciding = upstream(model.order, [item for item in model.order if _decides(item, level)])
    open_ = _Open()
    for item in deciding:
        open_.gather(item)
    left = _settled(deciding, level, dict.fromkeys(open_.places, True))
    asked = open_.within(left)
    others = upstream(left, [item for item in left if _is_of_others(item, level)])
    if remembers(model) or len(asked) > MOST or not open_.are_own(asked, level) or open_.within(others):
        return ()
    ways = []
    for holds in itertools.product((False, True), repeat=len(asked)):
        known = dict.fromkeys(open_.places, True) | dict(zip(asked, holds, strict=True))
        ways.append(replace(model, order=_settled(deciding, level, known)))
    return () if any(map(compares, ways)) else ways


def _decides(item: Definition, level: Level) -> bool:
    return isinstance(item, Disqualification) or (isinstance(item, Stages) and item.level == level)


def _is_of_others(item: Definition, level: Level) -> bool:
    """Whether a rule also decides on others on whom an entity of this level hangs."""
    return isinstance(item, Disqualification) or (level == "lead" and item.level == "account")


def _settled(order: Sequence[Definition], level: Level, known: Mapping[Compare, bool]) -> tuple[Definition, ...]:
    """What decides, with what some comparisons come out as, and without what these alone have asked for."""

    def settle(expr: Expr) -> Expr | None:
        return Const(value=known[expr]) if isinstance(expr, Compare) and expr in known else None

    made = [rewrite(item, settle) for item in order]
    return upstream(made, [item for item in made if _decides(item, level)])


class _Open:
    """The comparisons that hang on everybody, by the rules in which they stand: whether each is asked of the very one
    of whom the rule is."""

    def __init__(self) -> None:
        self.places: dict[Compare, dict[Key, bool]] = {}
        self._hanging: set[Key] = set()

    def gather(self, item: Definition) -> None:
        """Adds those of a definition, whose sources were looked at before; it may hang on everybody by more."""
        own: Level = "account" if item.level == "account" else "lead"
        for step in walk(item, own):
            if isinstance(step.item, Compare) and self._hangs(step.item):
                places = self.places.setdefault(step.item, {})
                places[key_of(item)] = places.get(key_of(item), True) and step.level == own
        if self._hangs(rewrite(item, lambda expr: _KNOWN if expr in self.places else None)):
            self._hanging.add(key_of(item))

    def within(self, order: Sequence[Definition]) -> list[Compare]:
        """Those that stand in some definitions."""
        keys = {key_of(item) for item in order}
        return [each for each, places in self.places.items() if places.keys() & keys]

    def are_own(self, some: Collection[Compare], level: Level) -> bool:
        """Whether these are asked of the one who is asked about, who is of this level, and of nobody beside."""
        return all(key.level == level and is_own for each in some for key, is_own in self.places[each].items())

    def _hangs(self, part: Expr | Part) -> bool:
        return any(self._is_open(step.item) for step in walk(part, "lead"))

    def _is_open(self, part: Expr | Part) -> bool:
        if isinstance(part, Result):
            return (part.what, part.level, part.name) in self._hanging
        return isinstance(part, Standing)


_KNOWN = Const(value=True)
