"""Where the threshold should be: for what sales can work, or for how many of them should be won."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...grammar.late_methods import dataclass
from .areas import Estimate
from .curves import Cut
from .rates import rate

if TYPE_CHECKING:
    from .sample import Sample

FEWEST = 10
"""Cases at or above a threshold below which its precision is luck."""


@dataclass(frozen=True)
class Advice:
    """A threshold and why: `wanted` is what was asked for; `cut` None where no threshold gives it.

    `each_time` is how many cases are at or above it at one instant, on average.
    """

    wanted: str
    cut: Cut | None
    precision: Estimate | None = None
    each_time: float = 0.0


def for_capacity(sample: Sample, found: Sequence[Cut], capacity: int) -> Advice:
    """The lowest threshold that lets through no more than so many at a time, on average over the instants.

    Where each case has an instant of its own, it is so many of the whole sample.
    """
    times = len(sample.instants) if sample.design == "snapshots" else 1
    fitting = [cut for cut in found if cut.volume <= capacity * times]
    each = "at a time" if times > 1 else "in all"
    return _advice(sample, f"no more than {capacity:,} {each}", fitting[-1] if fitting else None, times)


def for_precision(sample: Sample, found: Sequence[Cut], precision: float) -> Advice:
    """The lowest threshold at or above which at least that share was won (of 10 cases or more)."""
    fitting = [cut for cut in found if cut.precision >= precision and cut.volume >= FEWEST]
    times = len(sample.instants) if sample.design == "snapshots" else 1
    return _advice(sample, f"at least {100 * precision:g} % won", fitting[-1] if fitting else None, times)


def _advice(sample: Sample, wanted: str, cut: Cut | None, times: int) -> Advice:
    if cut is None:
        return Advice(wanted, None)
    above = sample.points >= cut.threshold
    return Advice(wanted, cut, rate(sample.won[above], sample.cluster[above]), cut.volume / times)
