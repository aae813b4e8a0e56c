"""Why no event of now could bring about what a condition asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from ..model import (
    And,
    Compare,
    EventAggregate,
    Expr,
    Field,
    Happened,
    HeldFor,
    InStageFor,
    Missing,
    Not,
    Or,
    PeriodAggregate,
    SomeOf,
    Standing,
)
from .search import Search
from .spots import Spot
from .trials import MOVING

Reason = Literal["fact", "others", "past", "undone", "fall", "event", "unknown"]
"""`fact`: a field of the account or contact must change. `others`: it compares with all others. `past`: it asks for the
days before. `undone`: it has happened. `fall`: a number must fall. `event`: no event of now is selected, or enough."""


def obstacles(search: Search, goal: Expr, spot: Spot) -> Iterator[tuple[Expr, Reason]]:
    """The parts of a condition that do not hold, that no steps were found for, and why."""
    if search.holds(goal, spot) or search.has_ways(goal, spot):
        return
    if isinstance(goal, And | Or | SomeOf):
        for item in goal.items:
            yield from obstacles(search, item, spot)
    else:
        yield goal, _reason(goal)


def _reason(goal: Expr) -> Reason:
    parts = list(goal.walk())
    if any(isinstance(part, Standing) for part in parts):
        return "others"
    if any(isinstance(part, HeldFor | InStageFor) for part in parts):
        return "past"
    if isinstance(goal, Not) and not isinstance(goal.item, Compare | Missing):
        return "undone"
    if not any(isinstance(part, MOVING) for part in parts) and any(isinstance(part, Field) for part in parts):
        return "fact"
    if isinstance(goal, Compare) and goal.op in ("<", "<=", "=="):
        return "fall"
    if any(isinstance(part, Happened | EventAggregate | PeriodAggregate) for part in parts):
        return "event"
    return "unknown"
