"""What the outcomes say of each param: how often it counts among won and lost, and what it does to the odds."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ...grammar.late_methods import dataclass
from ..backtest.areas import Estimate, Z
from .scorecard import Floats

PULL = 0.25
"""The ridge of this regression: an effect of e² on the odds is as surprising as one standard deviation."""
FEWEST = 5
"""Cases in which a param must count, and in which it must not, for an effect to be told."""
MOST_STEPS = 50


@dataclass(frozen=True)
class Evidence:
    """In which share of won and of lost cases a param counts, and by what it multiplies the odds of winning there,
    everything else that counts being equal; None where too few cases tell."""

    in_won: float
    in_lost: float
    odds: Estimate | None


def evidence(
    gives: Floats, present: Floats, now: Floats, won: NDArray[np.bool_], cluster: NDArray[np.int64]
) -> list[Evidence]:
    """For each column of `gives` (what one unit of a param gives to the score), all of them together.

    A logistic regression with a small ridge; its intervals hold for cases that belong together in clusters.
    """
    counts = np.abs(gives) > 1e-9
    usual = np.array([_usual(column, fires) for column, fires in zip(gives.T, counts.T, strict=True)])
    columns = np.abs(gives) / usual
    rest = present - gives @ now
    spread = float(rest.std())
    known = np.array([_tells(fires) for fires in counts.T], dtype=bool)
    table = np.column_stack([np.ones(len(won)), (rest - rest.mean()) / (spread or 1.0), columns[:, known]])
    weights, errors = _regression(table, won, cluster)
    found = iter(zip(weights[2:], errors[2:], strict=True))
    return [
        Evidence(float(fires[won].mean()), float(fires[~won].mean()), _odds(*next(found)) if tells else None)
        for fires, tells in zip(counts.T, known, strict=True)
    ]


def _usual(gives: Floats, fires: NDArray[np.bool_]) -> float:
    """What one unit gives where it counts, on average."""
    return float(np.abs(gives[fires]).mean()) if fires.any() else 1.0


def _tells(fires: NDArray[np.bool_]) -> bool:
    return bool(FEWEST <= fires.sum() <= len(fires) - FEWEST)


def _odds(weight: float, error: float) -> Estimate:
    return Estimate(math.exp(weight), math.exp(weight - Z * error), math.exp(weight + Z * error))


def _regression(table: Floats, won: NDArray[np.bool_], cluster: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Coefficients and their standard errors (a sandwich with the sums of each cluster), by Newton's method."""
    pull = np.full(table.shape[1], PULL)
    pull[0] = 1e-6
    weights = np.zeros(table.shape[1])
    for _ in range(MOST_STEPS):
        chance = expit(table @ weights)
        slope = table.T @ (chance - won) + pull * weights
        bend = (table * (chance * (1 - chance))[:, None]).T @ table + np.diag(pull)
        step = np.linalg.solve(bend, slope)
        weights = weights - step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < 1e-9:
            break
    off = table * (expit(table @ weights) - won)[:, None]
    sums = np.zeros((int(cluster.max()) + 1, table.shape[1]))
    np.add.at(sums, cluster, off)
    inverse = np.linalg.inv(bend)
    spread = inverse @ (sums.T @ sums) @ inverse
    return weights, np.sqrt(np.maximum(np.diag(spread), 0.0))
