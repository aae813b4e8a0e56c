"""What if: the results of leads and accounts as they would be after some steps, by really working them out."""

from __future__ import annotations

from collections.abc import Container, Hashable, Mapping
from typing import Any

from ...grammar.nodes import Level
from ..interpreter.evaluation import Evaluation
from ..interpreter.ignoring import Left
from ..interpreter.people import Lead
from ..interpreter.world import Known, build
from ..model import (
    Definition,
    Derived,
    Disqualification,
    Expr,
    Field,
    LeadSet,
    Model,
    Part,
    Result,
    Selection,
    Stages,
    Standing,
)
from ..records import Population
from ..rows import walk
from .step import Steps, with_steps


class Trial(Evaluation):
    """The data after some steps. What they cannot have changed is taken over from the data as they are.

    Unless `exact`, what `ignore` has left before is left, and so are the steps: an exact trial says whether that is so.
    """

    def __init__(
        self, base: Evaluation, population: Population, private: frozenset[Hashable], exact: bool = False
    ) -> None:
        self._base = None if exact else base
        super().__init__(base.model, population, base.as_of, base.memory, base.lasting)
        same = {lead.id for lead in base.world.leads.values() if self._is_as_before(lead)}
        kept: Mapping[Any, Any] = base._results  # by the name of the result and whose it is
        for (name, entity), result in kept.items():
            if name in private and isinstance(entity, Lead) and entity.id in same:
                self._results[name, self.world.leads[entity.id]] = result

    def _left(self, model: Model, known: Known, as_of: int) -> Left:
        if self._base is None:
            return super()._left(model, known, as_of)
        gone = {event.id for event in self._base.left.events}
        kept = {event.id for event in known.events if event.id not in gone}
        return Left(build(known, {lead.id for lead in self._base.left.contacts}, kept))

    def _is_as_before(self, lead: Lead) -> bool:
        """Whether the same events are left of a lead: a step may make `ignore` leave out another one."""
        now = self.world.leads.get(lead.id)
        return now is not None and [e.id for e in now.timeline.events] == [e.id for e in lead.timeline.events]


class Trials:
    """Every trial is made once; `spent` counts them."""

    def __init__(self, base: Evaluation, population: Population) -> None:
        self.base = base
        self.spent = 0
        self._population = population
        self._private = private_results(base.model)
        self._made: dict[tuple[Steps, bool], Evaluation] = {((), False): base, ((), True): base}

    def after(self, steps: Steps) -> Evaluation:
        """The data after these steps, if `ignore` leaves what it has left before."""
        return self._trial(steps, exact=False)

    def exactly(self, steps: Steps) -> Evaluation:
        """The data after these steps."""
        return self._trial(steps, exact=bool(self.base.model.ignored))

    def _trial(self, steps: Steps, exact: bool) -> Evaluation:
        if (steps, exact) not in self._made:
            self.spent += 1
            population = with_steps(self._population, steps, self.base.as_of)
            self._made[steps, exact] = Trial(self.base, population, self._private, exact)
        return self._made[steps, exact]


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
