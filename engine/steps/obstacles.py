"""Why no event of now could bring about what a condition asks for."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Literal

from ..interpreter.evaluation import Evaluation
from ..model import (
    And,
    Compare,
    Each,
    EventAggregate,
    Expr,
    Field,
    Happened,
    HeldFor,
    InStageFor,
    Missing,
    Not,
    Or,
    Part,
    PeriodAggregate,
    Result,
    SomeOf,
    Standing,
)
from ..model.base import inside
from .search import Search
from .spots import Spot
from .trials import MOVED

Reason = Literal["fact", "others", "past", "undone", "fall", "event", "unknown"]
"""`fact`: a field of the account or contact must change. `others`: it compares with all others. `past`: it asks for the
days before. `undone`: it has happened. `fall`: a number must fall. `event`: no event of now is selected, or enough."""

CERTAIN: Container[Reason] = ("fact", "others", "past", "undone", "fall")
"""Where this is why, more events of whatever kind would not do."""
WHY: Mapping[Reason, str] = {
    "fact": "a fact must change, no event does it",
    "others": "it compares with all others: what it takes is not computed",
    "past": "it asks for the days before: only time can bring it",
    "undone": "what has happened cannot be undone",
    "fall": "the number must be another: only time can bring it",
    "event": "no single event of now does it: it takes days, or is too late",
    "unknown": "how to get there is not computed",
}
"""The same in words."""


def obstacles(search: Search, goal: Expr, spot: Spot) -> Iterator[tuple[Expr, Reason]]:
    """The parts of a condition that do not hold, that no steps were found for, and why."""
    if search.holds(goal, spot) or search.has_ways(goal, spot):
        return
    if not isinstance(goal, And | Or | SomeOf):
        yield goal, _reason(search, goal)
        return
    stuck = [list(obstacles(search, item, spot)) for item in goal.items]
    if isinstance(goal, And) or all(
        stuck[place] for place, item in enumerate(goal.items) if not search.holds(item, spot)
    ):
        yield from (found for several in stuck for found in several)


def _reason(search: Search, goal: Expr) -> Reason:
    parts = list(_behind(search.trials.base, goal))
    if any(isinstance(part, Standing) for part in parts):
        return "others"
    if any(isinstance(part, HeldFor | InStageFor) for part in parts):
        return "past"
    if isinstance(goal, Not) and not isinstance(goal.item, Compare | Missing):
        return "undone"
    if any(isinstance(part, Field) for part in parts) and not any(isinstance(part, (*MOVED, Each)) for part in parts):
        return "fact"
    if isinstance(goal, Compare) and goal.op in ("<", "<=", "=="):
        return "fall"
    if any(isinstance(part, Happened | EventAggregate | PeriodAggregate) for part in parts):
        return "event"
    return "unknown"


def _behind(evaluation: Evaluation, goal: Expr) -> Iterator[Expr | Part]:
    """A condition and all that it hangs on: the scores and measures that it asks for, and those behind them."""
    waiting: list[Expr | Part] = [goal]
    seen: set[int] = set()
    while waiting:
        part = waiting.pop()
        yield part
        waiting += inside(part)
        if isinstance(part, Result) and part.what not in ("stage", "disqualified"):
            definition = evaluation.definition(part)
            if id(definition) not in seen:
                seen.add(id(definition))
                waiting.append(definition)
