"""Curves drawn with braille signs, each of which has two by four dots; and bars out of blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from .pages import Curve, Curves
from .reports import printable

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
WIDTH, HEIGHT = 32, 11


def drawn(curves: Curves) -> tuple[str, ...]:
    """Both curves beside each other, at most 78 signs wide."""
    left, right = _lines(curves.left), _lines(curves.right)
    room = max(map(len, left))
    return tuple(f"{one:<{room}}{other}".rstrip() for one, other in zip(left, right, strict=True))


def _lines(curve: Curve) -> list[str]:
    canvas = [[0] * WIDTH for _ in range(HEIGHT)]
    if curve.diagonal:
        steps = 2 * WIDTH
        _mark(canvas, ((step / steps, step / steps) for step in range(0, steps + 1, 4)))
    _mark(canvas, _between(curve.points))
    rows = ["".join(chr(0x2800 + cell) for cell in row) for row in canvas]
    shown = [f"{label:>4} ┤{row}" for label, row in zip(_labels(), rows, strict=True)]
    scale = f"     0 %{printable(curve.across):^{WIDTH - 7}}100 %"
    return [f"      {printable(curve.title):<{WIDTH}}", *shown, f"     └{'─' * WIDTH}", scale]


def _labels() -> list[str]:
    """What stands left of the lines: 100 at the top, 0 at the bottom."""
    labels = [""] * HEIGHT
    labels[0], labels[HEIGHT // 2], labels[-1] = "100", "50", "0"
    return labels


def _between(points: Sequence[tuple[float, float]]) -> Iterable[tuple[float, float]]:
    """The points, and so many between two that no gap is seen."""
    for (x0, y0), (x1, y1) in pairwise(points):
        steps = max(1, round(max(abs(x1 - x0) * 2 * WIDTH, abs(y1 - y0) * 4 * HEIGHT)))
        for step in range(steps + 1):
            yield x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps


def _mark(canvas: list[list[int]], points: Iterable[tuple[float, float]]) -> None:
    for x, y in points:
        across, down = round(x * (2 * WIDTH - 1)), round((1 - y) * (4 * HEIGHT - 1))
        canvas[down // 4][across // 2] |= _DOTS[down % 4][across % 2]


def bar(share: float, room: int = 20) -> str:
    """A bar for a share of the room, in eighths of a sign.

    >>> bar(0.5, 4), bar(0.01, 4), bar(0, 4)
    ('██', '▏', '')
    """
    eighths = round(share * room * 8)
    if share > 0:
        eighths = max(eighths, 1)
    whole, rest = divmod(eighths, 8)
    return "█" * whole + ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")[rest]
