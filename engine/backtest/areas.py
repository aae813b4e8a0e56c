"""The area under the ROC curve, with intervals that know that cases of one account belong together.

The area is the chance that a won case has more points than a lost one (a tie counts half): the Mann–Whitney
statistic. Its variance, and the covariance of two areas over the same cases, are those of DeLong, DeLong and
Clarke-Pearson (Biometrics 44, 1988, 837–845), with the sums over clusters of Obuchowski (Biometrics 53, 1997,
567–578); with one case a cluster the two are the same but for the factor I/(I−1). An area at the edge, where that
variance is 0, gets Newcombe's interval (Statistics in Medicine 25, 2006, 559–573, method 5).
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from ...grammar.late_methods import dataclass

if TYPE_CHECKING:
    from numpy import bool_, float64, int64
    from numpy.typing import NDArray

LEVEL = 0.95
"""How sure every interval is."""
NORMAL = NormalDist()
Z = NORMAL.inv_cdf(0.5 + LEVEL / 2)


@dataclass(frozen=True)
class Estimate:
    """A number with the interval in which it lies with 95 % confidence."""

    value: float
    low: float
    high: float

    def covers(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Area:
    """An area under a ROC curve; `parts` are what each cluster adds to its deviation from the truth."""

    value: float
    parts: NDArray[float64]
    won: int
    lost: int

    @property
    def variance(self) -> float:
        return covariance(self, self)

    @property
    def error(self) -> float:
        return math.sqrt(max(self.variance, 0.0))

    @property
    def estimate(self) -> Estimate:
        """With the interval on the scale of log odds, which stays between 0 and 1."""
        spread = self.value * (1 - self.value)
        if not spread or not self.error:
            return _newcombe(self.value, self.won, self.lost)
        middle, half = math.log(self.value / (1 - self.value)), Z * self.error / spread
        return Estimate(self.value, _from_odds(middle - half), _from_odds(middle + half))

    @property
    def p_value(self) -> float:
        """How likely an area as far from 0.5 is where points say nothing (two-sided)."""
        if not self.error:
            return 1.0 if self.value == 0.5 else 0.0
        return two_sided((self.value - 0.5) / self.error)


def area(points: NDArray[float64], won: NDArray[bool_], cluster: NDArray[int64]) -> Area | None:
    """The area under the ROC curve; None without any won or any lost case.

    >>> each = np.arange(4)
    >>> area(np.array([1.0, 2.0, 2.0, 3.0]), np.array([False, False, True, True]), each).value
    0.875
    """
    winners, losers = points[won], points[~won]
    if not len(winners) or not len(losers):
        return None
    above = _share_below(losers, winners)
    below = 1 - _share_below(winners, losers)
    value = float(above.mean())
    clusters = int(cluster.max()) + 1
    parts = np.bincount(cluster[won], above - value, clusters) / len(winners)
    parts += np.bincount(cluster[~won], below - value, clusters) / len(losers)
    present = np.bincount(cluster, minlength=clusters) > 0
    return Area(value, parts[present], len(winners), len(losers))


def covariance(one: Area, other: Area) -> float:
    """The covariance of two areas over the same cases."""
    count = len(one.parts)
    if count < 2:
        return 0.0
    return float(one.parts @ other.parts) * count / (count - 1)


def difference(one: Area, other: Area) -> tuple[Estimate, float]:
    """One area less another over the same cases, and how likely such a difference is where there is none."""
    value = one.value - other.value
    error = math.sqrt(max(one.variance + other.variance - 2 * covariance(one, other), 0.0))
    p_value = two_sided(value / error) if error else (0.0 if value else 1.0)
    return Estimate(value, value - Z * error, value + Z * error), p_value


def two_sided(z: float) -> float:
    """How likely a standard normal number is as far from 0."""
    return 2 * NORMAL.cdf(-abs(z))


def _share_below(values: NDArray[float64], of: NDArray[float64]) -> NDArray[float64]:
    """For each of some numbers: the share of the values below it, with half of those that are equal."""
    ordered = np.sort(values)
    found: Any = np.searchsorted(ordered, of, "left") + np.searchsorted(ordered, of, "right")
    share: NDArray[float64] = found / (2 * len(values))
    return share


def _from_odds(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds)) if log_odds > -700 else 0.0


def _newcombe(value: float, won: int, lost: int) -> Estimate:
    """Newcombe's interval: the areas from which the one that was found is not too far, by Hanley and McNeil's error."""

    def too_far(area: float) -> bool:
        more = (won + lost) / 2 - 1
        spread = 1 + more * (1 - area) / (2 - area) + more * area / (1 + area)
        return abs(value - area) > Z * math.sqrt(area * (1 - area) * spread / (won * lost))

    return Estimate(value, _edge(value, 0.0, too_far), _edge(value, 1.0, too_far))


def _edge(inside: float, outside: float, too_far: Any) -> float:
    """Where a region ends between a point inside and one at the end of the scale."""
    for _ in range(60):
        middle = (inside + outside) / 2
        inside, outside = (inside, middle) if too_far(middle) else (middle, outside)
    return inside
