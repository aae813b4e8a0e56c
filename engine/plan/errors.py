"""What the planner refuses: with a code, a place and a way out, like every other finding."""

from __future__ import annotations

from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.source import NOWHERE, Span
from ..model import Expr


class PlanError(Exception):
    """A part of the model that cannot be computed by SQL; `diagnostic` says which, and where."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class NeedsItself(PlanError):
    """A definition that its own result decides, by way of the days before."""


def refuse(what: str, place: Expr | Span | None = None, hint: str = "") -> PlanError:
    """The error for a construct that this planner has no steps for."""
    return PlanError(finding("P102", f"{what} cannot be turned into SQL", span_of(place), hint=hint or ENGINE_HINT))


ENGINE_HINT = "the reference engine computes it: `--engine interpreter`"


def span_of(place: Expr | Span | None) -> Span:
    """The place in the rules, as far as it is known."""
    if isinstance(place, Span):
        return place
    return NOWHERE if place is None or place.origin is None else place.origin.span
