"""How a number went over time, as a line of little bars."""

from __future__ import annotations

from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"
_WIDEST = 60


def bars(values: Sequence[int | None], widest: int = _WIDEST) -> str:
    """A line of little bars, from the smallest value to the largest; of many values every so many, and the last.

    >>> bars([0, 35, None, 70]), bars(range(100), 5)
    ('▁▄ █', '▁▂▄▆█')
    """
    apart = max(1, -(-len(values) // widest))
    some = values[(len(values) - 1) % apart :: apart] if values else ()
    known = [each for each in some if each is not None]
    low, high = min(known, default=0), max(known, default=0)
    steps = len(_BARS) - 1
    return "".join(
        " " if each is None else _BARS[(each - low) * steps // (high - low) if high > low else 0] for each in some
    )
