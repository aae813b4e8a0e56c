"""What rules that compare with everybody need of all others, where somebody asks about one lead or account.

Nobody need be worked out one by one for that: what `rank` and `percentile` compare is taken from a plan over all data,
and so is what the days before have left, where that hangs on it.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping
from dataclasses import field, replace

from ..grammar.late_methods import dataclass
from ..grammar.nodes import Level
from .data import Dataset
from .history import Replayed, replay
from .history.memories import memory_of
from .instants import Zone, local_date
from .interpreter.keys import comparable, is_id
from .interpreter.made import Made
from .interpreter.memory import Memory
from .interpreter.rollups import OTHERS, Elsewhere, segmented
from .links import upstream
from .memory import remembered
from .model import Disqualification, Measure, Model, Stages, Standing
from .plan.steps import LEVELS
from .records import Population, Value
from .rows import compares, compares_all, walk
from .surroundings import near

FEW = 2_000
"""So many events are few."""

Ids = Mapping[Level, Collection[str]]


class Everybody:
    """All data, of which somebody asks about one lead or account.

    `beside` are those on whom its results depend, but for what is compared with all others. That is known of the
    instants at which it was looked (`look`); and if `tells_days`, so is what the days before these have left (`left`).
    `deciding` are the rules alone that decide stages and disqualification, where these compare with nobody.
    """

    def __init__(self, model: Model, data: Dataset, entity: str) -> None:
        self.data = data
        self.beside = near(data, entity)
        self.deciding = _deciding(model)
        self.tells_days = _days_compare(model)
        self.left: dict[datetime.date, Memory] = {}
        self._ours = _ours(self.beside, entity)
        self._compared = [_Compared(number, *each) for number, each in enumerate(_compared(model))]
        measures = [measure for each in self._compared for measure in each.measures()]
        order = (*model.order, *measures)
        if not self.tells_days:
            wanted = [each for each in model.order if isinstance(each, Disqualification)]
            order = upstream(order, [*wanted, *measures])
        self._model = replace(model, order=order)

    def tell(self, made: Made) -> None:
        """Keeps what is known of others where evaluations look for it: what is looked for later, too."""
        for each in self._compared:
            made.keep(each.expr, OTHERS, each.elsewhere)

    def look(self, at: int) -> None:
        """Works out what is compared at an instant. Raises PlanError."""
        asked = {(each.level, measure.name) for each in self._compared for measure in each.measures()}
        named = {level: {name for of, name in asked if of == level} for level in LEVELS}
        only = {level: {"id", "disqualified", *names} if names else set() for level, names in named.items()}
        with replay(self._model, self.data, [at], only=None if self.tells_days else only) as found:
            for each in self._compared:
                each.take(found, self._ours[each.level])
            if self.tells_days:
                day = local_date(at, Zone.named(self._model.timezone))
                self.left[day] = memory_of(found, day, _ids(self.beside))


@dataclass
class _Compared:
    """A `rank` or `percentile`, and of each instant what it compares of all others."""

    number: int
    level: Level
    expr: Standing
    elsewhere: dict[int, Elsewhere] = field(default_factory=dict)

    def measures(self) -> Iterator[Measure]:
        """What is compared, and among whom, as measures of which no rule can have the name."""
        yield Measure(self.level, f"compared {self.number}", self.expr.what)
        if self.expr.per is not None:
            yield Measure(self.level, f"among {self.number}", self.expr.per)

    def take(self, found: Replayed, ours: Collection[str]) -> None:
        """Keeps what was found of whoever is not one of ours."""
        columns = [f'"{measure.name}"' for measure in self.measures()]
        is_there = "disqualified IS NULL" if _has(found, self.level, "disqualified") else "true"
        query = f"SELECT id, {is_there}, {', '.join(columns)} FROM {self.level}_history"
        rows = [row for row in found.connection.execute(query).fetchall() if row[0] not in ours]
        there = (self._valued(*rest) for _, is_there, *rest in rows if is_there)
        (at,) = found.instants
        self.elsewhere[at] = Elsewhere({row[0] for row in rows}, segmented(there))

    def _valued(self, value: float | None, among: Value = None) -> tuple[float | None, object]:
        """What is compared of somebody, and among whom."""
        per = self.expr.per
        return value, "" if per is None else comparable(among, is_id(per))


def are_few(data: Dataset) -> bool:
    """Whether everybody is worked out as fast as what is compared of them by a plan."""
    query = "SELECT count(*) FROM (SELECT 1 FROM events LIMIT ?)"
    return bool(data.connection.execute(query, [FEW + 1]).fetchall()[0][0] <= FEW)


def _has(found: Replayed, level: Level, title: str) -> bool:
    return any(each.title == title for each in found.results[level])


def _deciding(model: Model) -> Model | None:
    wanted = [item for item in model.order if isinstance(item, Stages | Disqualification)]
    deciding = replace(model, order=upstream(model.order, wanted))
    return None if compares(deciding) else deciding


def _days_compare(model: Model) -> bool:
    """Whether what the days before have left hangs on what is compared with everybody."""
    wanted = remembered(model)
    return compares_all(*wanted.needed, *(run.condition for run in wanted.runs))


def _ours(beside: Population, entity: str) -> Ids:
    """Those of whom all is there, and may change in trials: an account with its leads. Of whoever else is named beside
    them there may be a part only."""
    accounts = {each.account_id for each in beside.contacts if each.id == entity} | {entity}
    leads = {each.id for each in beside.contacts if each.account_id in accounts} | {entity}
    return {"lead": leads, "account": {id for id in accounts if id is not None}}


def _ids(population: Population) -> Ids:
    """All whom a population has, or names."""
    leads = {each.id for each in population.contacts} | {each.contact_id for each in population.events}
    accounts = {each.id for each in population.accounts} | {each.account_id for each in population.contacts}
    accounts |= {each.account_id for each in population.events}
    return {
        "lead": {id for id in leads if id is not None},
        "account": {id for id in accounts if id is not None},
    }


def _compared(model: Model) -> Iterator[tuple[Level, Standing]]:
    for definition in model.order:
        level: Level = "account" if definition.level == "account" else "lead"
        for step in walk(definition, level):
            if isinstance(step.item, Standing):
                yield step.level, step.item
