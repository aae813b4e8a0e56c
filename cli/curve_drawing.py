"""A curve between 0 and 1 in both directions, drawn with braille signs: each has two by four dots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
WIDTH, HEIGHT = 34, 11


def curve(points: Sequence[tuple[float, float]], title: str, across: str, dotted: bool = False) -> list[str]:
    """The lines of a drawing, all of one length; `dotted` adds the diagonal on which chance lies."""
    canvas = [[0] * WIDTH for _ in range(HEIGHT)]
    if dotted:
        steps = 2 * WIDTH
        _mark(canvas, ((step / steps, step / steps) for step in range(0, steps + 1, 4)))
    _mark(canvas, _between(points))
    rows = ["".join(chr(0x2800 + cell) for cell in row) for row in canvas]
    shown = [f"{label:>4} ┤{row}" for label, row in zip(_labels(), rows, strict=True)]
    below = f"     └{'─' * WIDTH}"
    scale = f"      0 %{across:^{WIDTH - 8}}100 %"
    return [f"      {title:<{WIDTH}}", *shown, below, scale]


def side_by_side(left: Sequence[str], right: Sequence[str]) -> tuple[str, ...]:
    """Two drawings beside each other, eighty signs wide at most."""
    room = max(map(len, left))
    return tuple(f"{one:<{room}}{other}".rstrip() for one, other in zip(left, right, strict=True))


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
