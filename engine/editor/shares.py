"""How many points a line can give at most, and which part of its score that is."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from ...grammar.late_methods import dataclass
from ...grammar.source import Span
from ..lints.bounds import Bounds
from ..lints.intervals import Interval
from ..lints.totals import line_points
from ..model import Expr, Line, Model, Points, Score, lines


@dataclass(frozen=True)
class Share:
    """The most that a line adds or takes, and the most that all lines of its score add or take in that direction."""

    line: Line
    most: float
    of: float

    @property
    def percent(self) -> float | None:
        return 100 * self.most / self.of if isfinite(self.most) and isfinite(self.of) and self.of else None


def shares(model: Model, score: Score) -> list[Share]:
    """The lines of a score that add or take points, those with the most first."""
    found = list(_mosts(model, score))
    adds = sum(most for _, most in found if most > 0)
    takes = sum(most for _, most in found if most < 0)
    made = [Share(line, most, adds if most > 0 else takes) for line, most in found]
    return sorted(made, key=lambda share: -abs(share.most))


def share_of(model: Model, span: Span) -> tuple[Score, Share] | None:
    """The share of the line at a place, with its score."""
    for score in [*model.scores("lead"), *model.scores("account")]:
        if any(line.span == span for line in lines(score.items)):
            found = next((share for share in shares(model, score) if share.line.span == span), None)
            return (score, found) if found is not None else None
    return None


def _mosts(model: Model, score: Score) -> Iterator[tuple[Line, float]]:
    """Each line that adds or takes points, with the number that is farthest from nothing."""
    bounds = Bounds(model)

    def value(expr: Expr) -> Interval:
        return bounds.of(expr, score.level)

    for line in lines(score.items):
        if isinstance(line.effect, Points):
            points = line_points(line, value(line.effect.value), value)
            yield line, points.high if points.high > 0 else points.low
