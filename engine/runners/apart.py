"""Runs a model once over many populations that have nothing to do with each other, at one instant.

Their ids begin with their number, so that nobody meets; and the plan is lifted over the numbers, so that those who are
compared with everybody are compared with their own people alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from ..data import Dataset
from ..data.sql import column, run
from ..model import Model
from ..plan import plan as make_plan
from ..plan.across import POPULATIONS, across
from ..plan.steps import DATA, Plan
from ..records import Population
from ..results import Contribution, DataCounts, Outcome
from ..sql.queries import table
from ..sql.statements import text
from .across import UNREAD
from .embedded import Run, run_plan
from .entries import named_entries, owner_id

_ENTRY = ("score", "line", "kind", "points", "events", "first", "last")


def run_apart(model: Model, people: Population, as_of: int, digits: int) -> Outcome:
    """The outcome for all, whose ids begin with so many digits: the number of their population. What became of the
    data is not counted. Raises PlanError."""
    data = Dataset.from_population(people, model.schema)
    _add_numbers(data, digits)
    with run_plan(_lifted(make_plan(model)), data, as_of) as made:
        leads, accounts = tuple(made.results_of("lead")), tuple(made.results_of("account"))
        return Outcome(as_of, DataCounts(), leads, accounts, tuple(_entries(made)))


def _add_numbers(data: Dataset, digits: int) -> None:
    """The column of the number in each table, and the relation of all numbers."""
    ids = [exp.select(_number("id", digits)).from_(table(name)) for name in DATA]
    made = exp.Create(this=table(POPULATIONS.relation), kind="TABLE", expression=exp.union(*ids, dialect="duckdb"))
    run(data.connection, made)
    for name in DATA:
        numbered = exp.select(exp.Star(), _number("id", digits)).from_(table(name))
        run(data.connection, exp.Create(this=table(name), kind="TABLE", replace=True, expression=numbered))


def _number(id_: str, digits: int) -> exp.Expr:
    start = exp.Anonymous(this="left", expressions=[column(id_), exp.Literal.number(digits)])
    return exp.alias_(exp.cast(start, "BIGINT"), POPULATIONS.number, quoted=True)


def _lifted(plan: Plan) -> Plan:
    lifted = across((step for step in plan.steps if step.name not in UNREAD), POPULATIONS)
    days, doubt = (None if each is None else _lifted(each) for each in (plan.days, plan.doubt))
    return replace(plan, steps=lifted.steps, days=days, doubt=doubt)


def _entries(made: Run) -> Sequence[Contribution]:
    def within(alias: str) -> list[exp.Expr]:
        return [column(POPULATIONS.number, alias).eq(column(POPULATIONS.number, "c"))]

    columns = [column("level", "n"), owner_id(), *(column(name, "n") for name in _ENTRY[:3])]
    columns += [column(name, "c") for name in _ENTRY[3:]]
    query = named_entries(made.plan, columns, (POPULATIONS.number, "key", "entry"), within)
    return [Contribution(*row) for row in made.connection.execute(text(query)).fetchall()]
