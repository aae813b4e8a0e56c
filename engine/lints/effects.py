"""Effects that do not do what they look like.

Avoid: a cap on a line that pays once; a factor below 1 that makes a bad sum better.

    attended('*') => +5 max 15
    group behaviour:
        unsubscribed => -20
        visited('pricing') => +5
        account.employees < 50 => *0.5

Prefer: `each` where points are meant per event; the factor on what is positive.

    each attended('*') => +5 max 15
    unsubscribed => -20
    group visits:
        visited('pricing') => +5
        account.employees < 50 => *0.5
"""

from __future__ import annotations

from collections.abc import Iterator

from ...grammar.diagnostics import Diagnostic, finding
from ..model import Block, Bound, Const, Expr, Points, Score, Times
from .intervals import Interval
from .lines import Placed, placed, title
from .review import Review
from .tallies import fixed
from .totals import parts
from .words import number


def caps_on_single_points(review: Review) -> Iterator[Diagnostic]:
    """L301: a bound on a line that pays a fixed number of points once."""
    for score in review.model.order:
        for at in placed(score) if isinstance(score, Score) else ():
            points = fixed(at.line.effect.value) if isinstance(at.line.effect, Points) else None
            if points is None or at.line.each is not None or not at.line.bounds:
                continue
            if at.line.decay is None or all(bound.kind == "max" for bound in at.line.bounds):
                paid = _bounded(points, at.line.bounds)
                nothing = f"pays {number(points)} points once, so its bound has nothing to bound"
                yield finding(
                    "L301",
                    f"{title(at.line)} "
                    + (nothing if paid == points else f"pays {number(paid)} points, not {number(points)}"),
                    at.line.span,
                    label="once, however often its events came",
                    hint="write `each …` for points per event, or leave the bound out",
                )


def _bounded(points: float, bounds: tuple[Bound, ...]) -> float:
    """What bounds leave of points that are paid once; a param among them counts with its present value."""
    for bound in bounds:
        limit = bound.value.value if isinstance(bound.value, Const) else None
        if isinstance(limit, float):
            points = min(points, limit) if bound.kind == "max" else max(points, limit)
    return points


def caps_below_one_step(review: Review) -> Iterator[Diagnostic]:
    """L306: a bound on an `each` line that not even its first event reaches with all its points."""
    for score in review.model.order:
        for at in placed(score) if isinstance(score, Score) else ():
            line = at.line
            points = fixed(line.effect.value) if isinstance(line.effect, Points) and line.each is not None else None
            bound = next((bound for bound in line.bounds if _cuts(points, bound)), None)
            if points is not None and bound is not None and line.decay is None:
                yield finding(
                    "L306",
                    f"one event of {title(line)} is worth more than its bound lets through",
                    line.span,
                    label=f"{number(points)} points each, and the bound is {number(fixed(bound.value) or 0)}",
                    hint="widen the bound, or give fewer points",
                )


def _cuts(points: float | None, bound: Bound) -> bool:
    limit = fixed(bound.value)
    if points is None or limit is None:
        return False
    return limit < points and points > 0 if bound.kind == "max" else limit > points and points < 0


def factors_on_negative_sums(review: Review) -> Iterator[Diagnostic]:
    """L302: a factor below 1 that halves losses as well as gains."""
    for score in review.model.order:
        for at in placed(score) if isinstance(score, Score) else ():
            if isinstance(at.line.effect, Times) and _softens(review, at):
                yield finding(
                    "L302",
                    f"{title(at.line)} makes a negative sum better",
                    at.line.span,
                    label="the sum before it can be below 0",
                    hint="put what it should act on into a `group` of its own",
                )


def _softens(review: Review, at: Placed) -> bool:
    """A factor below 1 where gains and losses are added up, and no bound at 0 or above hides a negative sum."""
    assert isinstance(at.line.effect, Times)

    def value(expr: Expr) -> Interval:
        return review.bounds.of(expr, at.score.level)

    factor = fixed(at.line.effect.value)
    floor = _floor(at.home)
    points = parts(at.home.items, value).points
    mixed = points.low < 0 < points.high
    return factor is not None and factor < 1 and mixed and (floor is None or floor < 0)


def _floor(home: Block | Score) -> float | None:
    if isinstance(home, Score):
        return home.low
    return next((fixed(bound.value) for bound in home.bounds if bound.kind == "min"), None)
