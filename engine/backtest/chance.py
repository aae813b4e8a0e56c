"""How likely a line would look as good as it does if it had nothing to do with the outcome.

The variance of an area (areas.py) is that of what was found; where hardly anybody has a line it comes out far too
small, for what could have happened did not. So lines are tested by the variance that they have where nothing is behind
them: that of all ways to deal the outcomes out (the Mann-Whitney test), with the covariance that cases of one account
have in points and in outcomes. Where fewer than five are expected in a cell, Fisher's exact test has the last word.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from .areas import two_sided

if TYPE_CHECKING:
    from numpy import bool_, float64, int64
    from numpy.typing import NDArray

EXPECTED = 5


def p_value(points: NDArray[float64], fired: NDArray[bool_], won: NDArray[bool_], cluster: NDArray[int64]) -> float:
    """The chance of points that differ as much between won and lost, if they do so by luck alone (two-sided)."""
    outcome, rank = won - won.mean(), _ranks(points)
    plain = float((outcome @ outcome) * (rank @ rank)) / max(len(won) - 1, 1)
    if not plain:
        return 1.0
    together = _shared(outcome, rank, cluster)
    variance = plain + max(together, 0.0)
    found = two_sided(float(outcome @ rank) / math.sqrt(variance))
    return max(found, _exact(fired, won, variance / plain))


def _ranks(points: NDArray[float64]) -> NDArray[float64]:
    """The ranks, those of equal points in their middle, less the middle of all."""
    _, code, count = np.unique(points, return_inverse=True, return_counts=True)
    middle = np.cumsum(count) - (count - 1) / 2
    ranks: NDArray[float64] = middle[code] - (len(points) + 1) / 2
    return ranks


def _shared(outcome: NDArray[float64], rank: NDArray[float64], cluster: NDArray[int64]) -> float:
    """What pairs of cases of one cluster add to the variance: the product of both mean covariances, for each pair."""
    clusters = int(cluster.max()) + 1
    sizes = np.bincount(cluster, minlength=clusters).astype(np.float64)
    pairs = float((sizes * (sizes - 1)).sum())
    if not pairs:
        return 0.0

    def covariance(values: NDArray[float64]) -> float:
        sums: Any = np.bincount(cluster, values, clusters)
        return float(sums @ sums - values @ values) / pairs

    return covariance(outcome) * covariance(rank) * pairs


def _exact(fired: NDArray[bool_], won: NDArray[bool_], effect: float) -> float:
    """Fisher's exact test of who has the line, where the cells are small; 0 where they are not.

    So many cases of few accounts count as fewer: the table is divided by the design effect.
    """
    table = np.array([[np.sum(fired & won), np.sum(fired & ~won)], [np.sum(~fired & won), np.sum(~fired & ~won)]])
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    if rows.min() * columns.min() / len(won) / effect >= EXPECTED or not rows.min():
        return 0.0
    from scipy.stats import fisher_exact

    return float(fisher_exact(np.rint(table / effect).astype(int))[1])
