"""Chance that is the same everywhere: only `random()` of the standard library, whose sequence Python promises to keep.

No logarithms or powers are drawn from, so that no mathematical library can change a digit.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")


class Chance:
    """A stream of chance with its own seed.

    >>> Chance("seven").whole(1, 6) == Chance("seven").whole(1, 6)
    True
    """

    def __init__(self, seed: str) -> None:
        self.draw = random.Random(seed).random

    def happens(self, probability: float) -> bool:
        """True with this probability."""
        return self.draw() < probability

    def between(self, low: float, high: float) -> float:
        """A number between the two."""
        return low + (high - low) * self.draw()

    def whole(self, low: int, high: int) -> int:
        """A whole number between the two, both included."""
        return low + int((high - low + 1) * self.draw())

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[int(len(items) * self.draw())]

    def skewed(self, low: float, high: float) -> float:
        """Mostly near `low`, seldom far above: n times as much is n times as rare (Zipf's law)."""
        return min(high, low / (1.0 - self.draw()))

    def middling(self) -> float:
        """Between 0 and 1, mostly near the middle."""
        draw = self.draw
        return (draw() + draw() + draw()) / 3

    def count(self, expected: float) -> int:
        """A whole number that is `expected` on average."""
        return int(2 * expected * self.draw() + self.draw()) if expected > 0.5 else int(self.draw() < expected)


class Weights(Generic[T]):
    """Items of which some are picked more often than others."""

    def __init__(self, weights: Mapping[T, float]) -> None:
        self.items = list(weights)
        self.sums = list(accumulate(weights.values()))

    def pick(self, chance: Chance) -> T:
        """One of the items, by weight."""
        return self.items[bisect_right(self.sums, chance.draw() * self.sums[-1])]
