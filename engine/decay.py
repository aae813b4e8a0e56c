"""Decay as a table of factors by whole units of age: made once here, the same on every engine (decision 49)."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from functools import lru_cache

from .model import Decay


def factor(decay: Decay, age: int) -> float:
    """The share of points that is left at an age in whole units of `decay.unit`: the double nearest to the exact value.

    `halves`: 2^(−a/n); `fades`: (n−a)/n; `loses percent`: (100−pk)/100, or ((100−p)/100)^k compounding, for k whole
    periods. A negative age counts as 0; never below 0. `loses points` has no factor (see `points_lost`).

    >>> factor(Decay("halves", "day", 30.0), 30), factor(Decay("fades", "day", 3.0), 2)
    (0.5, 0.3333333333333333)
    """
    period, parts = decay.period.as_integer_ratio()  # whole numbers are exact, and much faster than fractions
    aged = max(0, age - decay.grace) * parts
    if decay.kind == "halves":
        halves, rest = divmod(aged, period)
        whole = halves < 1000
        return math.ldexp(_part_of_half(rest, period), -halves) if whole else _power(-aged, period)
    if decay.kind == "fades":
        return max(0, period - aged) / period
    from fractions import Fraction  # takes time to load, and few decays need it

    periods = aged // period
    share = Fraction(str(decay.amount)) / 100
    return float((1 - share) ** periods if decay.compounding else max(Fraction(0), 1 - share * periods))


@lru_cache(maxsize=100_000)
def _part_of_half(rest: int, period: int) -> float:
    """2^(−rest/period), between a half and one: all ages that are whole half-lives apart share it, since halving a
    double is exact."""
    return _power(-rest, period)


def _power(number: int, by: int) -> float:
    """2 to the power of a number divided by another."""
    with localcontext() as context:
        context.prec = 40
        return float(Decimal(2) ** (Decimal(number) / by))


def points_lost(decay: Decay, age: int) -> float:
    """How many points `loses 5 points every 30 days` has taken at an age in whole units."""
    from fractions import Fraction

    periods = max(0, age - decay.grace) // Fraction(decay.period)
    return float(Fraction(str(decay.amount)) * periods)


def worthless_from(decay: Decay, largest: float = 1e9) -> int | None:
    """The age in whole units from which points up to `largest` round to 0 units, or None if they never do."""
    if decay.floor is not None or decay.kind.startswith("loses"):
        return None
    age = decay.grace
    step = max(1, int(decay.period))
    while factor(decay, age) * largest * 10_000 >= 0.5:
        age += step
    return age
