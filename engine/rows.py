"""A walk through a piece of the model that knows, at each step, of which level's row the value is and where it stands.

Inside `leads where …`, `by …` and what stands before `of leads`, the row is a lead, also in a rule of accounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..grammar.nodes import Level
from ..grammar.source import NOWHERE, Span
from .model import Coverage, Expr, LeadAggregate, LeadSet, Line, Model, Part, Standing
from .model.base import inside


class Step(NamedTuple):
    """One expression or part, the level of the row for which it is worked out, and the closest place known."""

    item: Expr | Part
    level: Level
    span: Span


def walk(item: Expr | Part, level: Level, around: Span = NOWHERE) -> Iterator[Step]:
    """The item and all below it, in written order."""
    waiting = [Step(item, level, _span(item, around))]
    while waiting:
        step = waiting.pop()
        yield step
        below = inside(step.item)
        if below:
            item, level, around = step
            inner: Level = "lead" if _is_of_leads(item) else level
            waiting.extend([Step(child, inner, _span(child, around)) for child in reversed(below)])


def compares_all(*items: Expr | Part) -> bool:
    """Whether something below ranks somebody among all others: what hangs on that needs everybody."""
    return any(isinstance(step.item, Standing) for item in items for step in walk(item, "lead"))


def compares(model: Model) -> bool:
    """The same of a whole model."""
    return Standing in model.classes


def _span(item: Expr | Part, around: Span) -> Span:
    if isinstance(item, Expr):
        return item.origin.span if item.origin is not None else around
    own: Span = getattr(item, "span", NOWHERE)
    return around if own is NOWHERE or own == NOWHERE else own


def _is_of_leads(item: Expr | Part) -> bool:
    if isinstance(item, Line):
        return item.each is not None and item.each.unit == "lead"
    return isinstance(item, LeadAggregate | Coverage | LeadSet)
