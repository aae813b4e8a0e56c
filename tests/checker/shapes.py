"""Short names for parts of a model, so that a test reads like the rule it is about."""

from __future__ import annotations

from typing import Any

from scoreline.engine import model as m

from .compiled import Outcome

DAY = 86_400_000_000


def condition(read: Any, text: str, level: str = "lead") -> m.Expr:
    """The condition of a line."""
    outcome: Outcome = read(f"score s for {level}:\n    x: {text} => +1\n")
    (line,) = outcome.only(m.Score, "s").items
    return line.condition  # type: ignore[no-any-return]


def line(read: Any, text: str, level: str = "lead", before: str = "") -> m.Line:
    """A line of a score, whatever stands before it."""
    outcome: Outcome = read(f"{before}score s for {level}:\n    x: {text}\n")
    (found,) = outcome.only(m.Score, "s").items
    return found  # type: ignore[no-any-return]


def number(value: float) -> m.Const:
    return m.Const(value, kind="number")


def text(value: str) -> m.Const:
    return m.Const(value, kind="text")


PAGES = m.OfType(("page_view",))
PAGE = m.Prop("page", kind="text")


def selection(test: m.Expr, scope: Any = "lead") -> m.Selection:
    return m.Selection(scope, test)
