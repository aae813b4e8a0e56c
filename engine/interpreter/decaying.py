"""What points are worth at an age (decisions 16 to 18, 49)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..decay import factor, points_lost
from ..instants import age_in
from ..model import MICROS, Decay


@dataclass(frozen=True, slots=True)
class Decayed:
    """Points before and after a decay: `age` in whole units of the decay, `factor` where it multiplies."""

    before: float
    after: float
    age: int
    factor: float | None


def decayed(decay: Decay, points: float, at: int, as_of: int) -> Decayed:
    """The points of something that happened at an instant. The decay works on their size, the sign stays."""
    age = age_in(at, as_of, MICROS[decay.unit])
    size = abs(points)
    share = None
    if decay.kind == "loses points":
        left = max(0.0, size - points_lost(decay, age))
    else:
        share = factor(decay, age)
        left = size * share
    if decay.floor is not None:
        left = size if size < decay.floor else max(left, decay.floor)
    return Decayed(points, math.copysign(left, points), age, share)
