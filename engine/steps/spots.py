"""Whose results a search is about, and what its parts may ask of each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from ...grammar.nodes import Level
from ..interpreter.evaluation import Evaluation
from ..interpreter.rows import Row
from ..model import Expr
from .step import Steps


class Spot(NamedTuple):
    """A lead or an account, in the data as they are after the steps `given`."""

    level: Level
    id: str
    given: Steps = ()


class Searching(Protocol):
    """What the search of one part may ask for. All ways contain the steps that are given at their spot."""

    @property
    def is_over(self) -> bool:
        """Whether as many trials were made as are allowed."""

    def may_try(self, way: Steps) -> bool:
        """Whether a way may be tried still."""

    def evaluation(self, spot: Spot) -> Evaluation:
        """The results as they are there."""

    def row(self, spot: Spot) -> Row:
        """The row of the lead or account."""

    def holds(self, expr: Expr, spot: Spot) -> bool:
        """Whether a condition holds there."""

    def number(self, expr: Expr, spot: Spot) -> float | None:
        """The value of a number there."""

    def ways(self, expr: Expr, spot: Spot) -> Sequence[Steps]:
        """Ways to make a condition hold; the empty one where it does."""

    def raises(self, expr: Expr, spot: Spot) -> Sequence[Steps]:
        """Ways to make a number larger."""

    def best(self, expr: Expr, spot: Spot) -> Sequence[Steps]:
        """The same, those that do most first."""

    def reach(self, goals: Iterable[Expr], spot: Spot) -> Sequence[Steps]:
        """Ways to make all of several conditions hold."""

    def rank(self, steps: Steps) -> tuple[object, ...]:
        """The order of sets of steps, the best first."""
