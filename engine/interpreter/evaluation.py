"""A model evaluated on a population at one instant: every result when it is first asked for, and how it came about."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from ...grammar.nodes import Level
from ..instants import Zone, day_end, local_date
from ..memory import days_before, first_day, remembered, remembers
from ..model import Definition, Derived, Disqualification, Grade, Measure, Model, Result, Score, Stage, Stages
from ..records import Population, Value
from ..rounding import from_units
from . import ladders
from .evaluator import Evaluator
from .ignoring import Left, leave_out
from .made import Made
from .memory import Id, Memory, Place
from .people import Account, Entity, Lead, Timeline
from .remembering import left_by
from .rows import Row, account_row, lead_row
from .scores import ScoreWork, work_score
from .world import Known

Found = TypeVar("Found")
LEVELS: tuple[Level, Level] = ("lead", "account")


class Evaluation(Evaluator):
    """Gives the results of rules for single leads and accounts, and their workings.

    Nothing is computed before it is asked for, and nothing twice but workings: `score` keeps the total,
    `work` makes the whole account of it again. `memory` is what the days before have left, where it is known; else
    they are replayed if the model remembers anything. `lasting` is what evaluations of the same data have in common,
    `left` what `ignore` leaves of the population at the instant, where that is known.
    """

    def __init__(
        self,
        model: Model,
        population: Population,
        as_of: int,
        memory: Memory | None = None,
        lasting: Made | None = None,
        left: Left | None = None,
    ) -> None:
        self.lasting = lasting or Made()
        self.later = 0
        if left is None:
            known = Known.at(population, as_of)
            self.later = known.later
            left = leave_out(model, known, as_of, self.lasting)
        self.left = left
        super().__init__(model, self.left.world, as_of, self.lasting)
        self._results: dict[Hashable, Any] = {}
        self._definitions: Mapping[tuple[str, str, str], Any] = self.lasting.remembered(
            model, "definitions", lambda: _by_name(model)
        )
        self._disqualifications: Mapping[Level, list[Disqualification]] = self.lasting.remembered(
            model, "disqualifications", lambda: {level: model.disqualifications(level) for level in LEVELS}
        )
        if memory is not None:
            self.memory = memory
        elif remembers(model):
            self.memory = recalled(model, population, as_of)

    def row(self, level: Level, id: str) -> Row | None:
        """The row of a lead or an account; None where there is none of that id."""
        if level == "lead":
            lead = self.world.leads.get(id)
            return None if lead is None else lead_row(lead)
        account = self.world.accounts.get(id)
        return None if account is None else account_row(account)

    def rows(self, level: Level) -> list[Row]:
        """The rows of all leads or accounts, in the order of their ids."""
        if level == "lead":
            return [lead_row(lead) for lead in self.world.leads.values()]
        return [account_row(account) for account in self.world.accounts.values()]

    def work_out(self, definition: Definition, row: Row) -> None:
        """Works a definition out for a row and keeps what comes."""
        match definition:
            case Derived():
                self.field(row.entity, definition.name)
            case Measure():
                self.measure(definition, row)
            case Score():
                self.score(definition, row)
            case Grade():
                self.grade(definition, row)
            case Disqualification():
                self.disqualifying(row)
            case Stages():
                self.stage(row)

    # --- results ----------------------------------------------------------------------------------------------------

    def score(self, score: Score, row: Row) -> int:
        """The score in units."""
        return self._once(("score", score.name), row.entity, lambda: work_score(self, score, row).total)

    def work(self, score: Score, row: Row) -> ScoreWork:
        """How the score was worked out."""
        work = work_score(self, score, row)
        self._once(("score", score.name), row.entity, lambda: work.total)
        return work

    def measure(self, measure: Measure, row: Row) -> Value:
        return self._once(("measure", measure.name), row.entity, lambda: self.value(measure.value, row))

    def grade(self, grade: Any, row: Row) -> str | None:
        return self._once(("grade", grade.name), row.entity, lambda: ladders.grade(self, grade, row))

    def stage(self, row: Row) -> str | None:
        """The last stage that is held, or `disqualified`; None where there is no ladder, or none is held."""
        if self.model.stages(row.level) is None:
            return None
        if self.disqualified(row.entity) is not None:
            return ladders.DISQUALIFIED
        held = self.stages_held(row)
        return held[-1].name if held else None

    def stages_held(self, row: Row) -> list[Stage]:
        """The stages of the ladder that are held; who is disqualified holds none."""
        ladder = self.model.stages(row.level)
        if ladder is None or self.disqualified(row.entity) is not None:
            return []
        return self._once(("stages",), row.entity, lambda: ladders.stages_held(self, ladder, row))

    def disqualifying(self, row: Row) -> Disqualification | None:
        """The line that disqualifies an entity."""
        lines = self._disqualifications[row.level]
        return self._once(("disqualified",), row.entity, lambda: ladders.first_reason(self, lines, row))

    def _once(self, name: Hashable, entity: Entity, make: Callable[[], Found]) -> Found:
        key = name, entity
        if key not in self._results:
            self._results[key] = make()
        found: Found = self._results[key]
        return found

    def known(self, name: Hashable, entity: Entity) -> tuple[Any] | None:
        """What was worked out before under a name for a lead or account; None where nothing was."""
        key = name, entity
        return (self._results[key],) if key in self._results else None

    # --- what rules read ----------------------------------------------------------------------------------------------

    def disqualified(self, entity: Entity) -> str | None:
        if not self._disqualifications["lead" if isinstance(entity, Lead) else "account"]:
            return None
        line = self.disqualifying(row_of(entity))
        return None if line is None else line.reason

    def result(self, wanted: Result, entity: Entity) -> Value:
        row = row_of(entity)
        if wanted.what == "disqualified":
            return self.disqualified(entity)
        if wanted.what == "stage":
            return self.stage(row)
        definition = self.definition(wanted)
        if isinstance(definition, Score):
            return from_units(self.score(definition, row))
        if isinstance(definition, Measure):
            return self.measure(definition, row)
        return self.grade(definition, row)

    def definition(self, wanted: Result) -> Any:
        """The score, measure or grade that gives a result."""
        return self._definitions[wanted.what, wanted.level, wanted.name]

    def field(self, entity: Entity, name: str) -> Value:
        known = super().field(entity, name)
        if known is not None:
            return known
        derived = self._definitions.get(("derived", "lead" if isinstance(entity, Lead) else "account", name))
        if not isinstance(derived, Derived):
            return None
        return self._once(("derived", name), entity, lambda: self.value(derived.value, row_of(entity)))

    def events_of(self, entity: Entity) -> Timeline:
        """A disqualified lead's events count for no account."""
        if isinstance(entity, Lead):
            return self.world.timeline(entity)
        return self._once(("events",), entity, lambda: self._counting(self.world.timeline(entity)))

    def _counting(self, timeline: Timeline) -> Timeline:
        leads = dict.fromkeys(event.lead for event in timeline.events if event.lead is not None)
        gone = {lead for lead in leads if self.disqualified(lead) is not None}
        return Timeline.in_order([event for event in timeline.events if event.lead not in gone]) if gone else timeline


def row_of(entity: Entity) -> Row:
    """The row of a lead or an account."""
    return account_row(entity) if isinstance(entity, Account) else lead_row(entity)


# --- the days before ------------------------------------------------------------------------------------------------


def recalled(model: Model, population: Population, as_of: int, every_ladder: bool = False) -> Memory:
    """What the days before that of an instant have left; with `every_ladder` also of stages that no rule asks for."""
    of_day = partial(Evaluation, model, population, lasting=Made())
    return deque(memories(model, population, as_of, of_day, every_ladder), maxlen=1).pop()


def memories(
    model: Model,
    population: Population,
    as_of: int,
    of_day: Callable[[int, Memory], Evaluation],
    every_ladder: bool = False,
) -> Iterator[Memory]:
    """The memory of each day from the first that is remembered to that of an instant, one after the other; `of_day`
    gives the evaluation of an instant with what the days before have left."""
    wanted = remembered(model, every_ladder)
    zone = Zone.named(model.timezone)
    oldest = min((event.at for event in population.events), default=None)
    memory = Memory(local_date(as_of, zone))
    for day in days_before(first_day(model, oldest, as_of), as_of, zone):
        memory = replace(memory, day=day)
        yield memory
        memory = left_by(of_day(day_end(day, zone), memory), wanted)
    yield replace(memory, day=local_date(as_of, zone))


def places(model: Model, population: Population, as_of: int) -> Mapping[Id, Place]:
    """At which stage everybody is at an instant, and since when: every ladder is followed from the first day on."""
    memory = recalled(model, population, as_of, every_ladder=True)
    return left_by(Evaluation(model, population, as_of, memory), remembered(model, every_ladder=True)).places


def _by_name(model: Model) -> Mapping[tuple[str, str, str], Any]:
    found: dict[tuple[str, str, str], Any] = {}
    for definition in model.order:
        if isinstance(definition, Derived):
            found["derived", "lead" if definition.level == "contact" else "account", definition.name] = definition
        elif not isinstance(definition, Disqualification | Stages):
            found[type(definition).__name__.lower(), definition.level, definition.name] = definition
    return found
