"""Every threshold of a score: how many cases are at or above it, and how many of them were won."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...grammar.late_methods import dataclass
from .areas import LEVEL, Estimate

if TYPE_CHECKING:
    from numpy import bool_, float64, int64
    from numpy.typing import NDArray

ROUNDS = 500
SEED = 20260301
"""Of the bootstrap: the same data give the same interval."""


@dataclass(frozen=True)
class Cut:
    """A threshold: the cases at or above it, how many of them were won, and what that makes.

    `precision` is the share of won cases among them, `recall` the share of all won cases that they hold, `alarms` the
    share of all lost cases (the other axis of the ROC curve).
    """

    threshold: float
    volume: int
    won: int
    precision: float
    recall: float
    alarms: float


def cuts(points: NDArray[float64], won: NDArray[bool_]) -> tuple[Cut, ...]:
    """Every threshold that makes a difference, the highest first.

    >>> [(cut.threshold, cut.volume, cut.precision) for cut in cuts(np.array([1.0, 3.0]), np.array([False, True]))]
    [(3.0, 1, 1.0), (1.0, 2, 0.5)]
    """
    values, code = np.unique(-points, return_inverse=True)
    volume = np.cumsum(np.bincount(code))
    hits = np.cumsum(np.bincount(code, won))
    wins, losses = max(float(won.sum()), 1.0), max(float((~won).sum()), 1.0)
    return tuple(
        Cut(float(-value), int(n), int(hit), float(hit / n), float(hit / wins), float((n - hit) / losses))
        for value, n, hit in zip(values, volume, hits, strict=True)
    )


def average_precision(points: NDArray[float64], won: NDArray[bool_], cluster: NDArray[int64]) -> Estimate:
    """The area under the curve of precision over recall, in steps (the average precision).

    Its interval is that of a bootstrap over clusters, with a fixed seed.
    """
    _, code = np.unique(-points, return_inverse=True)
    levels = int(code.max()) + 1
    value = _average_precision(code, won, np.ones(len(won)), levels)
    clusters = int(cluster.max()) + 1
    chance = np.random.default_rng(SEED)
    found = []
    for _ in range(ROUNDS):
        drawn = np.bincount(chance.integers(0, clusters, clusters), minlength=clusters)
        weight = drawn[cluster].astype(np.float64)
        if weight[won].sum():
            found.append(_average_precision(code, won, weight, levels))
    low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(min(low, value)), float(max(high, value)))


def _average_precision(code: Any, won: NDArray[bool_], weight: NDArray[float64], levels: int) -> float:
    volume = np.cumsum(np.bincount(code, weight, levels))
    hits = np.bincount(code, weight * won, levels)
    precision = np.divide(np.cumsum(hits), volume, out=np.zeros(levels), where=volume > 0)
    return float((hits * precision).sum() / hits.sum())


def thinned(found: tuple[Cut, ...], most: int) -> tuple[Cut, ...]:
    """So many of the thresholds, spread evenly over how many cases they let through; first and last stay."""
    if len(found) <= most:
        return found
    sought = np.linspace(found[0].volume, found[-1].volume, most)
    places = np.searchsorted([cut.volume for cut in found], sought)
    return tuple(found[place] for place in sorted({int(place) for place in places}))
