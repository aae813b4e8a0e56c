"""What predictions of held-out cases are worth: areas under ROC curves and log-losses over folds, with their intervals.

Cases are compared within a fold only, because the scores of different folds may stand on different scales. The area is
the share of all such pairs, a won and a lost case, that stand in the right order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...grammar.late_methods import dataclass
from ..backtest.areas import Area, Estimate, Z, area, difference
from .folds import Fold
from .scorecard import Floats


@dataclass(frozen=True)
class HeldOut:
    """One way of scoring, on held-out cases: the score and the log-loss of each test case, fold by fold."""

    area: Area
    losses: Floats
    """The mean log-loss of each cluster that was tested."""

    @property
    def loss(self) -> float:
        return float(self.losses.mean())


@dataclass(frozen=True)
class Gain:
    """What one way of scoring has over another on the same held-out cases: more area, and less log-loss."""

    area: Estimate
    loss: Estimate

    @property
    def pays(self) -> bool:
        """Whether it tells won from lost better, beyond chance."""
        return self.area.low > 0


def held_out(
    folds: Sequence[Fold],
    scores: Sequence[Floats],
    losses: Sequence[Floats],
    won: NDArray[np.bool_],
    cluster: NDArray[np.int64],
) -> HeldOut:
    """All folds together, given the scores and the log-losses of each fold's test cases."""
    return HeldOut(_pooled(folds, scores, won, cluster), _by_cluster(folds, losses, cluster))


def _pooled(
    folds: Sequence[Fold], scores: Sequence[Floats], won: NDArray[np.bool_], cluster: NDArray[np.int64]
) -> Area:
    """The areas of the folds, each with the weight of its pairs, as one; parts of a cluster add up over the folds."""
    parts = np.zeros(int(cluster.max()) + 1)
    tested = np.zeros(len(parts), dtype=bool)
    pairs, value, cases_won, cases_lost = 0, 0.0, 0, 0
    for fold, points in zip(folds, scores, strict=True):
        found = area(points, won[fold.test], cluster[fold.test])
        if found is None:
            continue
        here, weight = np.unique(cluster[fold.test]), found.won * found.lost
        parts[here] += weight * found.parts
        tested[here] = True
        pairs, value = pairs + weight, value + weight * found.value
        cases_won, cases_lost = cases_won + found.won, cases_lost + found.lost
    return Area(value / pairs, parts[tested] / pairs, cases_won, cases_lost)


def _by_cluster(folds: Sequence[Fold], losses: Sequence[Floats], cluster: NDArray[np.int64]) -> Floats:
    tested = cluster[np.concatenate([fold.test for fold in folds])]
    total = np.bincount(tested, np.concatenate(losses))
    count = np.bincount(tested)
    return np.asarray(total[count > 0] / count[count > 0])


def gain(new: HeldOut, old: HeldOut) -> Gain:
    """What the new way has over the old one."""
    less = old.losses - new.losses
    error = float(less.std(ddof=1)) / math.sqrt(len(less)) if len(less) > 1 else 0.0
    value = float(less.mean())
    return Gain(difference(new.area, old.area)[0], Estimate(value, value - Z * error, value + Z * error))
