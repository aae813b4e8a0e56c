"""Numbers as all runners make them: rounding, and points in whole units of 1/10000."""

from __future__ import annotations

import math

UNITS = 10_000
LIMIT = 1_000_000_000.0


def round_to(value: float, decimals: int) -> float | None:
    """Half away from zero, in doubles: sign(x) × floor(|x| × 10^n + 0.5) / 10^n; None if that overflows.

    >>> round_to(2.5, 0), round_to(-0.00005, 4)
    (3.0, -0.0001)
    """
    scaled = abs(value) * 10.0**decimals + 0.5
    if not math.isfinite(scaled):
        return None
    return math.copysign(math.floor(scaled) / 10.0**decimals, value) if scaled >= 1 else 0.0


def to_units(value: float | None) -> int | None:
    """A number of points as whole units of 1/10000; None for missing, NaN, and beyond ±10^9.

    >>> to_units(0.00005), to_units(-20.0), to_units(2e9)
    (1, -200000, None)
    """
    if value is None or not abs(value) <= LIMIT:
        return None
    units = math.floor(abs(value) * UNITS + 0.5)
    return -units if value < 0 else units


def from_units(units: int) -> float:
    """Units as rules read them: one division of doubles.

    >>> from_units(413000)
    41.3
    """
    return units / 10000.0


def format_units(units: int) -> str:
    """Units as a decimal without trailing zeros or exponent.

    >>> format_units(415000), format_units(-5), format_units(0)
    ('41.5', '-0.0005', '0')
    """
    whole, rest = divmod(abs(units), UNITS)
    text = f"{whole}.{rest:04d}".rstrip("0").rstrip(".")
    return f"-{text}" if units < 0 else text
