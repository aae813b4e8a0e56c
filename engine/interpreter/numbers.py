"""Arithmetic, functions and summaries of numbers (decisions 42, 43, 54, 55). A missing input is None."""

from __future__ import annotations

import math
import operator
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from ..rounding import round_to, to_units
from .keys import Comparable


def finite(value: float) -> float | None:
    """The number, or None for NaN and infinity; a negative zero becomes a plain one."""
    return value + 0.0 if math.isfinite(value) else None


def divide(left: float, right: float) -> float | None:
    """Division by zero is missing."""
    return None if right == 0 else finite(left / right)


ARITHMETIC: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


def arithmetic(op: str, left: float | None, right: float | None) -> float | None:
    """`left op right` in doubles."""
    if left is None or right is None:
        return None
    return divide(left, right) if op == "/" else finite(ARITHMETIC[op](left, right))


def rounded(value: float, decimals: float = 0.0) -> float | None:
    """`round(x)`, `round(x, n)`; more decimals than a double can have are missing."""
    places = math.floor(decimals)
    if places > 300:
        return None
    result = round_to(value, places)
    return None if result is None else finite(result)


def square_root(value: float) -> float | None:
    return None if value < 0 else finite(math.sqrt(value))


def logarithm(value: float) -> float | None:
    """The natural logarithm, rounded to 9 decimals."""
    return None if value <= 0 else rounded(math.log(value), 9)


FUNCTIONS: Mapping[str, Callable[..., float | None]] = {
    "abs": abs,
    "round": rounded,
    "floor": lambda value: finite(float(math.floor(value))),
    "ceil": lambda value: finite(float(math.ceil(value))),
    "sqrt": square_root,
    "log": logarithm,
}
"""Functions that are missing where an input is; `min` and `max` skip missing inputs and stand apart."""


# --- summaries of many values -----------------------------------------------------------------------------------


def total_units(values: Sequence[float]) -> list[int]:
    """Values as units of 1/10000; those beyond the range of points are no values."""
    return [units for value in values if (units := to_units(value)) is not None]


def total(values: Sequence[float]) -> float:
    return sum(total_units(values)) / 10000.0


def average(values: Sequence[float]) -> float | None:
    units = total_units(values)
    return sum(units) / (len(units) * 10000.0) if units else None


def median(values: Sequence[float]) -> float | None:
    """The middle one, or the mean of the middle two."""
    units = sorted(total_units(values))
    if not units:
        return None
    middle = len(units) // 2
    return units[middle] / 10000.0 if len(units) % 2 else (units[middle - 1] + units[middle]) / 20000.0


SUMMARIES: Mapping[str, Callable[[Sequence[float]], float | None]] = {
    "sum": total,
    "avg": average,
    "median": median,
}
"""Summaries of known numbers by their name in the rules."""


def most_common(keys: Sequence[Comparable]) -> Comparable | None:
    """The key that occurs most often; of several the smallest."""
    counts = Counter(keys)
    most = max(counts.values(), default=0)
    return min((key for key, count in counts.items() if count == most), default=None)
