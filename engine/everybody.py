"""What rules that compare with everybody need of all others, where somebody asks about one lead or account.

Nobody need be worked out one by one for that: what `rank` and `percentile` compare is taken from a run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from ..grammar.late_methods import dataclass
from ..grammar.nodes import Level
from .data import Dataset
from .interpreter.keys import comparable, is_id
from .interpreter.rollups import Elsewhere, segmented
from .memory import remembers
from .model import Measure, Model, Standing
from .plan.errors import PlanError
from .ready import ready
from .records import Population, Value
from .rows import walk
from .runners.embedded import run_plan
from .sql.statements import text
from .surroundings import near

FEW = 2_000
"""With so few events everybody is worked out as fast, and other days can be looked at, too."""


@dataclass(frozen=True)
class Others:
    """Those on whom the results of one lead or account depend (`beside`), and what is `compared` of all others."""

    beside: Population
    compared: Sequence[tuple[Standing, Elsewhere]]


def of_all_others(dataset: Dataset, model: Model, entity: str, as_of: int) -> Others | None:
    """At an instant. None for rules that remember days, which need those of everybody; where there are few; and where
    no plan can do what the rules ask for."""
    if remembers(model) or _are_few(dataset):
        return None
    beside = near(dataset, entity)
    try:
        return Others(beside, _compared_of_others(model, dataset, _ours(beside, entity), as_of))
    except PlanError:
        return None


def _are_few(dataset: Dataset) -> bool:
    query = "SELECT count(*) FROM (SELECT 1 FROM events LIMIT ?)"
    return bool(dataset.connection.execute(query, [FEW + 1]).fetchall()[0][0] <= FEW)


def _compared_of_others(
    model: Model, dataset: Dataset, ours: Mapping[Level, Collection[str]], as_of: int
) -> list[tuple[Standing, Elsewhere]]:
    asked = [(level, expr, [*_measures(number, level, expr)]) for number, (level, expr) in enumerate(_compared(model))]
    extra = (measure for _, _, measures in asked for measure in measures)
    whole = replace(model, order=(*model.order, *extra))
    found = ready(whole, dataset.connection, False, recorded=dataset.all_recorded)
    result = []
    with run_plan(found.plan, dataset, as_of, False, steps=found.steps) as run:
        for level, expr, measures in asked:
            titles = ["id", "disqualified", *(measure.name for measure in measures)]
            rows = run.connection.execute(text(run.entities(level, titles))).fetchall()
            others = [row for row in rows if row[0] not in ours[level]]
            there = (_valued(expr, *row[2:]) for row in others if row[1] is None)
            result.append((expr, Elsewhere({row[0] for row in others}, segmented(there))))
    return result


def _valued(expr: Standing, value: float | None, among: Value = None) -> tuple[float | None, object]:
    """What is compared of somebody, and among whom."""
    return value, "" if expr.per is None else comparable(among, is_id(expr.per))


def _ours(beside: Population, entity: str) -> Mapping[Level, Collection[str]]:
    """Those of whom all is there, and may change in trials: an account with its leads. Of whoever else is named beside
    them there may be a part only."""
    accounts = {each.account_id for each in beside.contacts if each.id == entity} | {entity}
    leads = {each.id for each in beside.contacts if each.account_id in accounts} | {entity}
    return {"lead": leads, "account": {id for id in accounts if id is not None}}


def _compared(model: Model) -> Iterator[tuple[Level, Standing]]:
    for definition in model.order:
        level: Level = "account" if definition.level == "account" else "lead"
        for step in walk(definition, level):
            if isinstance(step.item, Standing):
                yield step.level, step.item


def _measures(number: int, level: Level, expr: Standing) -> Iterator[Measure]:
    """What is compared, and among whom, as measures of which no rule can have the name."""
    yield Measure(level, f"compared {number}", expr.what)
    if expr.per is not None:
        yield Measure(level, f"among {number}", expr.per)
