"""Shares and lifts, with intervals that know that cases of one account belong together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from .areas import Estimate, Z

if TYPE_CHECKING:
    from numpy import bool_, float64, int64
    from numpy.typing import NDArray


def wilson(share: float, count: float) -> Estimate:
    """The Wilson interval of a share of so many independent cases (JASA 22, 1927, 209–212).

    >>> found = wilson(0.5, 10)
    >>> round(found.low, 3), round(found.high, 3)
    (0.237, 0.763)
    """
    if count <= 0:
        return Estimate(share, 0.0, 1.0)
    bend = Z * Z / count
    middle = (share + bend / 2) / (1 + bend)
    half = Z * math.sqrt(share * (1 - share) / count + bend / (4 * count)) / (1 + bend)
    return Estimate(share, max(0.0, min(middle - half, share)), min(1.0, max(middle + half, share)))


def rate(won: NDArray[bool_], cluster: NDArray[int64]) -> Estimate | None:
    """The share of won cases; None of no case.

    Cases of one cluster tell less than as many independent ones: Wilson's interval is taken for the number of
    independent cases that would give the variance between clusters (the effective sample size of survey sampling).
    """
    count = len(won)
    if not count:
        return None
    share = float(won.mean())
    parts = _by_cluster(won - share, cluster)
    spread = share * (1 - share)
    variance = float(parts @ parts) * _small(len(parts)) / count**2
    effective = min(float(count), spread / variance) if spread and variance else float(len(parts))
    return wilson(share, effective)


def lift(fired: NDArray[bool_], won: NDArray[bool_], cluster: NDArray[int64]) -> Estimate | None:
    """How much likelier cases are won where something fires than on the whole: 1 is no difference.

    None where it fires for nobody or nobody is won. The interval is that of the logarithm of a ratio of sums over
    clusters (the delta method); where no case with it is won, half a case is taken, so that there is an upper end.
    """
    both, fires, wins, count = (float(np.sum(item)) for item in (fired & won, fired, won, np.ones(len(won))))
    if not fires or not wins:
        return None
    value = both / fires / (wins / count)
    taken = max(both, 0.5)
    deviation = (fired & won) / taken - fired / fires - won / wins + 1 / count
    parts = _by_cluster(deviation, cluster)
    error = math.sqrt(float(parts @ parts) * _small(len(parts)))
    middle = taken / fires / (wins / count)
    return Estimate(value, middle * math.exp(-Z * error) if both else 0.0, middle * math.exp(Z * error))


def _by_cluster(values: NDArray[Any], cluster: NDArray[int64]) -> NDArray[float64]:
    """The sums over each cluster that is there."""
    clusters = int(cluster.max()) + 1
    present = np.bincount(cluster, minlength=clusters) > 0
    sums: Any = np.bincount(cluster, np.asarray(values, dtype=np.float64), clusters)
    found: NDArray[float64] = sums[present]
    return found


def _small(clusters: int) -> float:
    """The usual correction for few clusters."""
    return clusters / (clusters - 1) if clusters > 1 else 1.0
