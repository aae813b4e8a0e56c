"""What if: the results of leads and accounts as they would be after some steps, by really working them out."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable
from dataclasses import replace
from typing import Any

from ...grammar.nodes import Level
from ..interpreter.evaluation import Evaluation, Found
from ..interpreter.ignoring import Left
from ..interpreter.lines import LineWork
from ..interpreter.people import Entity, Lead
from ..interpreter.reach import reaches
from ..interpreter.rows import Row
from ..interpreter.world import Known, World, build
from ..model import (
    Coverage,
    Definition,
    Derived,
    Disqualification,
    EventAggregate,
    Expr,
    Field,
    Happened,
    LeadAggregate,
    LeadSet,
    Line,
    Model,
    Part,
    PeriodAggregate,
    Result,
    Selection,
    Stages,
    Standing,
)
from ..records import Population
from ..rows import walk
from .step import Newcomer, Steps, happenings, people_of, with_people, with_steps

MOVED = (Happened, EventAggregate, PeriodAggregate, LeadAggregate, Coverage)
"""What events move."""
MOVING = (*MOVED, Result)
"""What events can move, of themselves or through what they move."""


class Trial(Evaluation):
    """The data after some steps. What they cannot have changed is taken over from the data as they are.

    Unless `left` says what is left of them, `ignore` is applied anew: a step may make it leave out another event.
    """

    def __init__(self, trials: Trials, population: Population, steps: Steps, left: Left | None) -> None:
        base = trials.base
        super().__init__(base.model, population, base.as_of, base.memory, base.lasting, left)
        self._base, self._trials = base, trials
        self._steps = steps
        self._earlier: dict[str, Lead | None] = {}

    def _once(self, name: Hashable, entity: Entity, make: Callable[[], Found]) -> Found:
        """What only a lead's own events can change is worked out once, for all trials in which they are the same."""
        earlier = self._as_before(entity) if name in self._trials.private and isinstance(entity, Lead) else None
        return super()._once(name, entity, make) if earlier is None else self._trials.once(name, earlier, make)

    def _as_before(self, lead: Lead) -> Lead | None:
        """A lead as it was, if the same events are left of it."""
        if lead.id not in self._earlier:
            self._earlier[lead.id] = self._same(lead)
        return self._earlier[lead.id]

    def _same(self, lead: Lead) -> Lead | None:
        before = self._base.world.leads.get(lead.id)
        if before is None:
            return None
        was, now = self._base.world.timeline(before), self.world.timeline(lead)
        same = was is now or [event.id for event in was.events] == [event.id for event in now.events]
        return before if same else None

    def line(self, line: Line, row: Row) -> LineWork:
        """Lines that look for events of other types give what they gave."""
        types = self._trials.reaches.get(id(line))
        if types is None or row.lead is None or self.world.leads is not self._base.world.leads:
            return super().line(line, row)
        if any(step.contact_id == row.lead.id and step.type in types for step in self._steps):
            return super().line(line, row)
        return self._trials.work(line, row)


class Trials:
    """Every trial is made once; `spent` counts them."""

    def __init__(self, base: Evaluation, population: Population) -> None:
        self.base = base
        self.spent = 0
        self.private = private_results(base.model)
        self.reaches = reaches(base.model, base.lasting)
        self._population = population
        self._lines: dict[tuple[int, Lead | None], LineWork] = {}
        self._same: dict[tuple[Hashable, Lead], Any] = {}
        self._taken = {event.id for event in population.events}
        self._worlds: dict[tuple[Newcomer, ...], World] = {(): base.world}
        self._made: dict[tuple[Steps, bool], Evaluation] = {((), False): base, ((), True): base}

    def after(self, steps: Steps) -> Evaluation:
        """The data after these steps, if `ignore` leaves what it has left before."""
        return self._trial(steps, exact=False)

    def exactly(self, steps: Steps) -> Evaluation:
        """The data after these steps."""
        return self._trial(steps, exact=bool(self.base.model.ignored))

    def was_made(self, steps: Steps) -> bool:
        """Whether the results after these steps are there."""
        return (steps, False) in self._made

    def work(self, line: Line, row: Row) -> LineWork:
        """How a line of a lead is worked out in the data as they are."""
        key = id(line), row.lead
        if key not in self._lines:
            self._lines[key] = self.base.line(line, row).again()
        return self._lines[key].again()

    def once(self, name: Hashable, lead: Lead, make: Callable[[], Found]) -> Found:
        """What is known of a lead in the data as they are, or else what a trial in which it is the same makes."""
        key = name, lead
        if key not in self._same:
            known = self.base.known(name, lead)
            self._same[key] = make() if known is None else known[0]
        found: Found = self._same[key]
        return found

    def _trial(self, steps: Steps, exact: bool) -> Evaluation:
        if (steps, exact) not in self._made:
            self.spent += 1
            self._made[steps, exact] = self._try(steps, exact)
        return self._made[steps, exact]

    def _try(self, steps: Steps, exact: bool) -> Evaluation:
        at = self.base.as_of
        if exact:
            return Trial(self, with_steps(self._population, steps, at), steps, None)
        world = self._with(people_of(steps)).with_events(happenings(steps, at, self._taken))
        return Trial(self, self._population, steps, Left(world))

    def _with(self, people: tuple[Newcomer, ...]) -> World:
        """What `ignore` has left before, and some people who were not there."""
        if people not in self._worlds:
            self._worlds[people] = _joined(self.base, with_people(self._population, people))
        return self._worlds[people]


def _joined(base: Evaluation, population: Population) -> World:
    """The world of a population of which what `ignore` has left out before is left out."""
    known = Known.at(population, base.as_of)
    gone = {event.id for event in base.left.events}
    kept = {event.id for event in known.events if event.id not in gone}
    world = build(known, {lead.id for lead in base.left.contacts}, kept)
    return replace(world, origin=base.world)


# --- what no one else's events can change -----------------------------------------------------------------------------

Kept = tuple[Level, Hashable]
"""A result by its level and the name under which an evaluation keeps it."""


def private_results(model: Model) -> frozenset[Hashable]:
    """The results of leads that only their own events can change, by the names under which an evaluation keeps them."""
    every = [_kept(item) for item in model.order]
    shared: set[Kept] = set()
    for item, kept in zip(model.order, every, strict=True):  # each comes after all that it reads
        if any(_is_shared(step.item, shared) for step in walk(item, kept[0])):
            shared.add(kept)
    return frozenset(name for level, name in every if level == "lead" and (level, name) not in shared)


def _kept(item: Definition) -> Kept:
    match item:
        case Derived():
            return "lead" if item.level == "contact" else "account", ("derived", item.name)
        case Disqualification():
            return item.level, ("disqualified",)
        case Stages():
            return item.level, ("stages",)
    return item.level, (type(item).__name__.lower(), item.name)


def _is_shared(part: Expr | Part, shared: Container[Kept]) -> bool:
    """Whether a part of a rule looks at the events of an account, at leads, or at what does so."""
    match part:
        case Selection():
            return part.scope == "account"
        case LeadSet() | Standing():
            return True
        case Field():
            return ("lead" if part.level == "contact" else "account", ("derived", part.name)) in shared
        case Result(what="stage"):
            return (part.level, ("stages",)) in shared
        case Result(what="disqualified"):
            return (part.level, ("disqualified",)) in shared
        case Result():
            return (part.level, (part.what, part.name)) in shared
    return False
