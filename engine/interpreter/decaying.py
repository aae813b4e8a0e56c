"""What points are worth at an age (decisions 16 to 18, 49)."""

from __future__ import annotations

import math

from ...grammar.late_methods import dataclass
from ..decay import factor, points_lost
from ..model import MICROS, Decay
from .rows import Context


@dataclass(frozen=True, slots=True)
class Decayed:
    """Points before and after a decay: `age` in whole units of the decay, `factor` where it multiplies, `lost` where
    it takes points away, `floored` where it ended at its floor."""

    before: float
    after: float
    age: int
    factor: float | None = None
    lost: float | None = None
    floored: bool = False


def decayed(context: Context, decay: Decay, points: float, at: int) -> Decayed:
    """The points of something that happened at an instant. The decay works on their size, the sign stays."""
    age = context.aged(at, MICROS[decay.unit])
    size = abs(points)
    share = lost = None
    if decay.kind == "loses points":
        lost = points_lost(decay, age)
        left = max(0.0, size - lost)
    else:
        share = _factor(context, decay, age)
        left = size * share
    floor = None if decay.floor is None else min(size, decay.floor)
    floored = floor is not None and left < floor
    if floor is not None and floored:
        left = floor
    return Decayed(points, math.copysign(left, points), age, share, lost, floored)


def _factor(context: Context, decay: Decay, age: int) -> float:
    """The factor at an age, worked out once: there are few ages and many events."""
    factors: dict[int, float] = context.lasting.remembered(decay, "factors", dict)
    if age not in factors:
        factors[age] = factor(decay, age)
    return factors[age]
