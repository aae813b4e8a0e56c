"""The cases in tenths by their score: lift, and what a score says of the chance to be won."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...grammar.late_methods import dataclass
from .areas import Estimate
from .rates import rate

if TYPE_CHECKING:
    from numpy import bool_, float64, int64
    from numpy.typing import NDArray

    from .sample import Sample

TENTHS = 10


@dataclass(frozen=True)
class Band:
    """A tenth of the cases, the best first: its scores, its won cases, their rate, and the rate over that of all.

    Equal scores stay together, so that bands may be larger or smaller than a tenth.
    """

    number: int
    low: float
    high: float
    mean: float
    cases: int
    won: int
    rate: Estimate
    lift: float


@dataclass(frozen=True)
class Calibration:
    """What a score says of the chance to be won.

    `curve` are the points of the monotone curve that fits best (isotonic regression): score and chance. It was fitted
    to the earlier half of the cases (or to every other account, where all are of one instant) and tried on the rest:
    `error` is the mean square of what it missed there (Brier), `naive` that of saying the same rate for everybody.
    `expected` and `came` are the rates of the rest, as it said and as it was.
    """

    curve: tuple[tuple[float, float], ...]
    error: float
    naive: float
    expected: float
    came: float

    @property
    def skill(self) -> float:
        """How much of the naive error the score takes away; 0 is none of it, 1 all."""
        return 1 - self.error / self.naive if self.naive else 0.0


def bands(points: NDArray[float64], won: NDArray[bool_], cluster: NDArray[int64]) -> tuple[Band, ...]:
    """The tenths, the best first."""
    _, code = np.unique(-points, return_inverse=True)
    sizes = np.bincount(code)
    middle = np.cumsum(sizes) - sizes / 2
    tenth = np.minimum((TENTHS * middle / len(points)).astype(int), TENTHS - 1)[code]
    base = float(won.mean())
    found = []
    for number in range(TENTHS):
        inside = tenth == number
        share = rate(won[inside], cluster[inside])
        if share is not None:
            own = points[inside]
            size, hits = int(inside.sum()), int(won[inside].sum())
            over = share.value / base if base else 0.0
            found.append(
                Band(number + 1, float(own.min()), float(own.max()), float(own.mean()), size, hits, share, over)
            )
    return tuple(found)


def calibration(sample: Sample) -> Calibration | None:
    """How scores turn into chances; None where a half has nobody who was won, or nobody who was not."""
    from sklearn.isotonic import IsotonicRegression

    early = _earlier_half(sample)
    if any(len(np.unique(sample.won[half])) < 2 for half in (early, ~early)):
        return None
    fitted = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    fitted.fit(sample.points[early], sample.won[early])
    came = sample.won[~early].astype(float)
    said = fitted.predict(sample.points[~early])
    naive = float(sample.won[early].mean())
    curve = tuple(zip(map(float, fitted.X_thresholds_), map(float, fitted.y_thresholds_), strict=True))
    return Calibration(
        curve,
        float(((said - came) ** 2).mean()),
        float(((naive - came) ** 2).mean()),
        float(said.mean()),
        float(came.mean()),
    )


def _earlier_half(sample: Sample) -> NDArray[bool_]:
    """The cases of the earlier half of the instants, or of every other account where there is only one instant."""
    if len(sample.instants) < 2:
        half: NDArray[bool_] = sample.cluster % 2 == 0
        return half
    middle = sample.at[len(sample) // 2]
    early: NDArray[bool_] = sample.at < middle
    if not early.any():
        early = sample.at <= middle
    return early
