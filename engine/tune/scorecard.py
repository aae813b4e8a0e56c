"""The scorecard: a logistic regression whose coefficients are points in their ranges, drawn towards the present ones.

The chance of winning is `1 / (1 + exp(-(a + b · score)))`. With another value v of a param the score moves by
(v − present) × what one unit of the param gives in that case. Found are a, b and all values at once that make the
outcomes most likely, less a penalty on how far each value moves in its range: without evidence a value stays. This is a
ridge regression around the author's points, and the range is a hard bound.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from ...grammar.late_methods import dataclass

Floats = NDArray[np.float64]

STRENGTHS = (1.0, 4.0, 16.0, 64.0, 256.0)
"""How strongly values are held: 1 / (the distance, in ranges, that counts as usual)²; from a whole range to 1/16."""
COST = 1.0
"""What a change must gain in log-likelihood to be worth its line in the diff (as Akaike's criterion counts)."""
LEAST_SLOPE = 1e-9
FIRST_SLOPE = 0.25
"""Where the search begins at least: from a slope of 0 no value would move."""
TINY = 1e-3
"""A pull on slopes that keeps them finite where the score tells won from lost without a mistake."""
MOST_STEPS = 50


@dataclass(frozen=True)
class Freedom:
    """What may vary: for each column of `gives` a value between `low` and `high`, `now` at present.

    `gives` is what one unit of each value gives in each case, `width` the distance in which moves are measured.
    """

    gives: Floats
    now: Floats
    low: Floats
    high: Floats
    width: Floats

    def of(self, cases: NDArray[np.bool_] | NDArray[np.int64]) -> Freedom:
        """The same for some of the cases."""
        return replace(self, gives=self.gives[cases])

    def score(self, present: Floats, values: Floats) -> Floats:
        """The score with these values, as far as it is a sum."""
        return present + self.gives @ (values - self.now)


@dataclass(frozen=True)
class Scorecard:
    """Values, and the line from a score to the odds: `a + b · score`."""

    values: Floats
    a: float
    b: float

    def odds(self, score: Floats) -> Floats:
        """The logarithm of the odds of winning at a score."""
        return self.a + self.b * score


def losses(odds: Floats, won: NDArray[np.bool_]) -> Floats:
    """The log-loss of each case: how surprised the odds are by its outcome."""
    return np.asarray(np.logaddexp(0.0, np.where(won, -odds, odds)))


def calibrated(score: Floats, won: NDArray[np.bool_]) -> tuple[float, float]:
    """The line from a score to log odds that fits best (Platt), by Newton's method; the slope is never negative."""
    middle, spread = float(score.mean()), float(score.std()) or 1.0
    scaled = (score - middle) / spread
    share = float(np.clip(won.mean(), 1e-6, 1 - 1e-6))
    level = math.log(share / (1 - share))
    a, b = level, 0.0
    for _ in range(MOST_STEPS):
        chance = expit(a + b * scaled)
        off, weight = chance - won, chance * (1 - chance)
        slope_a, slope_b = float(off.sum()), float(off @ scaled) + TINY * b
        aa, ab, bb = float(weight.sum()) + TINY, float(weight @ scaled), float(weight @ (scaled * scaled)) + TINY
        by = aa * bb - ab * ab
        step_a, step_b = (bb * slope_a - ab * slope_b) / by, (aa * slope_b - ab * slope_a) / by
        most = max(abs(step_a), abs(step_b), 1.0)
        a, b = a - step_a / most, b - step_b / most
        if abs(step_a) + abs(step_b) < 1e-9:
            break
    if b < 0:
        a, b = level, 0.0
    return a - b * middle / spread, b / spread


def fit(present: Floats, freedom: Freedom, won: NDArray[np.bool_], strength: float) -> Scorecard:
    """The values that fit best with this strength of the pull towards the present ones."""
    count, width = len(won), freedom.width
    spread = float(present.std()) or 1.0
    middle = float(present.mean())
    moves = freedom.gives * width / spread
    base = (present - middle) / spread

    def cost(at: Floats) -> tuple[float, Floats]:
        a, b, move = at[0], at[1], at[2:]
        score = base + moves @ move
        odds = a + b * score
        off = (expit(odds) - won) / count
        loss = float(losses(odds, won).mean() + strength / (2 * count) * (move @ move)) + 1e-6 * b * b
        slope = np.concatenate(
            [[off.sum(), off @ score + TINY / count * b], b * (off @ moves) + strength / count * move]
        )
        return loss, slope

    a, b = calibrated(base, won)
    bounds = [
        (None, None),
        (LEAST_SLOPE, None),
        *zip((freedom.low - freedom.now) / width, (freedom.high - freedom.now) / width, strict=True),
    ]
    start = np.concatenate([[a, max(b, FIRST_SLOPE)], np.zeros(len(width))])
    best = minimize(cost, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    values = np.clip(freedom.now + best[2:] * width, freedom.low, freedom.high)
    slope = float(best[1]) / spread
    return Scorecard(values, float(best[0]) - slope * middle, slope)


def rounded(found: Floats, freedom: Freedom, steps: Floats, present: Floats, won: NDArray[np.bool_]) -> Floats:
    """The values in whole steps, and only those that are worth a change; the others stay as they are.

    One after the other, the change whose loss costs least is taken back while that costs less than COST.
    """
    values = np.clip(freedom.now + np.round((found - freedom.now) / steps) * steps, freedom.low, freedom.high)
    values = np.round(values, 9)
    changed = [int(place) for place in np.flatnonzero(np.abs(values - freedom.now) > 1e-9)]
    total = _total(freedom, present, values, won)
    while changed:
        without = [(_total(freedom, present, _back(values, freedom, place), won), place) for place in changed]
        least, place = min(without)
        if least - total >= COST:
            break
        values, total = _back(values, freedom, place), least
        changed.remove(place)
    return values


def _back(values: Floats, freedom: Freedom, place: int) -> Floats:
    taken = values.copy()
    taken[place] = freedom.now[place]
    return taken


def _total(freedom: Freedom, present: Floats, values: Floats, won: NDArray[np.bool_]) -> float:
    score = freedom.score(present, values)
    a, b = calibrated(score, won)
    return float(losses(a + b * score, won).sum())
