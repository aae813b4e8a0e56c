"""In a word: does the score tell won from lost at all?"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from ...grammar.late_methods import dataclass
from .areas import NORMAL, Area, Z

if TYPE_CHECKING:
    from .sample import Sample

FEWEST = 10
"""Won (and lost) accounts below which nothing is said of a score."""
WORTH_SEEING = 0.1
"""What an area has to differ from 0.5 by to be of use."""
POWER = NORMAL.inv_cdf(0.8)
Strength = Literal["none", "too few", "reversed", "weak", "fair", "good", "strong"]


@dataclass(frozen=True)
class Signal:
    """`none`: the interval of the area covers 0.5; `too few` outcomes to say; `reversed`: the lost have more points.

    `needed` is how many won cases it would take to tell an area of 0.60 from chance (with a power of 80 %), where that
    was not reached. `too_good` warns of an area that no honest score has.
    """

    strength: Strength
    p_value: float
    needed: int | None = None
    too_good: bool = False


def signal(sample: Sample, found: Area | None) -> Signal:
    """What the area says, in a word."""
    fewest = min(int(sample.won.sum()), int((~sample.won).sum()))
    if found is None or fewest < FEWEST:
        return Signal("too few", 1.0, _needed(sample, found))
    if found.estimate.covers(0.5):
        return Signal("none", found.p_value, _needed(sample, found))
    if found.value < 0.5:
        return Signal("reversed", found.p_value)
    names: tuple[tuple[float, Strength], ...] = ((0.65, "weak"), (0.75, "fair"), (0.85, "good"))
    strength: Strength = next((name for limit, name in names if found.value < limit), "strong")
    return Signal(strength, found.p_value, too_good=found.value > 0.97)


def _needed(sample: Sample, found: Area | None) -> int | None:
    """How many won cases would be needed, if the rest stays as it is: the variance falls as their number grows."""
    won = max(int(sample.won.sum()), 1)
    variance = found.variance * won if found is not None and found.error else 1 / 12 * (1 + sample.won.mean())
    needed = math.ceil(float(variance) * ((Z + POWER) / WORTH_SEEING) ** 2)
    return needed if needed > won else None
