"""How many instants a plan is for, and how far apart: it decides whether counts are followed through them."""

from __future__ import annotations

from collections.abc import Sequence

from ...grammar.late_methods import dataclass
from ..instants import DAY, HOUR

PAYS = 8
"""An event that counts at so many instants is worth being followed through them; at fewer it is counted at each."""

MANY = 64
"""So many instants are as good as more."""


@dataclass(frozen=True)
class Pace:
    """Of many instants how many they are, and how far apart on average, in microseconds."""

    count: int
    apart: int

    def pays(self, windows: Sequence[int]) -> bool:
        """Whether events count at so many instants, on average over the lengths of their windows."""
        return sum(min(self.count, window // self.apart) for window in windows) >= PAYS * len(windows)


DAYS = Pace(count=MANY, apart=DAY)
"""The days before."""

ALWAYS = Pace(count=PAYS, apart=1)
"""A pace at which whatever can be followed is, whatever its window."""


def pace(instants: Sequence[int]) -> Pace:
    """The pace of instants in ascending order, roughly: plans are kept for each."""
    apart = (instants[-1] - instants[0]) / max(1, len(instants) - 1)
    return Pace(min(MANY, len(instants)), max(1, round(apart / HOUR)) * HOUR)
