"""The statements of a plan in a dialect."""

from __future__ import annotations

from typing import Literal

from sqlglot import ErrorLevel, exp

from ...grammar.late_methods import dataclass
from ..garbage import uncollected
from ..plan.steps import Plan, Relation, Step
from .queries import query, table


@dataclass(frozen=True)
class Statement:
    """One statement: the step that it makes, what it is for, and its text."""

    step: str
    purpose: str
    text: str


def sql(plan: Plan, dialect: str = "duckdb") -> list[Statement]:
    """One CREATE TABLE for each step that is a query (decay tables and `instant` are filled by the runner).

    Raises sqlglot's UnsupportedError for what the dialect cannot express.
    """
    steps = (step for step in plan.steps if isinstance(step, Step))
    with uncollected():
        return [Statement(step.name, step.purpose, text(create(step), dialect)) for step in steps]


def create(step: Step) -> exp.Create:
    """The step as a temporary table."""
    return temporary(table(step.name), query(step.relation))


def temporary(
    this: exp.Expr, made: exp.Query | None = None, kind: Literal["TABLE", "VIEW"] = "TABLE", replace: bool = False
) -> exp.Create:
    """A table or a view that goes with the connection: of the rows of a query, or without rows, of a schema; `replace`:
    in the place of one of that name."""
    properties = exp.Properties(expressions=[exp.TemporaryProperty()])
    return exp.Create(this=this, kind=kind, expression=made, properties=properties, replace=replace)


def unordered(query: exp.Select) -> exp.Select:
    """A query whose rows come as they come, in the place of it."""
    query.set("order", None)
    return query


def select(relation: Relation, dialect: str = "duckdb") -> str:
    """A relation as the text of a query."""
    return text(query(relation), dialect)


def text(tree: exp.Expr, dialect: str = "duckdb") -> str:
    """The text of a tree; what the dialect cannot say is an error."""
    return tree.sql(dialect=dialect, unsupported_level=ErrorLevel.RAISE, copy=False)
