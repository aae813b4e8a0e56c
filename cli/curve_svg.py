"""Curves as SVG inside a page; it takes the colour of its text, and so follows light and dark."""

from __future__ import annotations

from html import escape

from .pages import Curve
from .reports import printable

SIDE = 300
LEFT, TOP, BELOW = 44, 26, 42
FINEST = 0.0005
"""Steps smaller than this are not drawn: nobody can see them."""


def svg(curve: Curve) -> str:
    """One curve with its axes from 0 to 100 %."""
    line = " ".join(f"{LEFT + x * SIDE:.1f},{TOP + (1 - y) * SIDE:.1f}" for x, y in _thinned(curve))
    chance = f'<path d="M{LEFT} {TOP + SIDE}L{LEFT + SIDE} {TOP}" stroke-dasharray="3 6" opacity=".5"/>'
    ticks = "".join(_tick(share) for share in (0, 0.5, 1))
    return (
        f'<svg viewBox="0 0 {LEFT + SIDE + 26} {TOP + SIDE + BELOW}" font-size="13" aria-hidden="true">'
        f'<text x="{LEFT}" y="15" font-weight="600" fill="currentColor">{_text(curve.title)}</text>'
        f'<g fill="none" stroke="currentColor">'
        f'<path d="M{LEFT} {TOP}V{TOP + SIDE}H{LEFT + SIDE}" opacity=".5"/>{chance if curve.diagonal else ""}'
        f'<polyline points="{line}" stroke-width="2.2"/></g>{ticks}'
        f'<text x="{LEFT + SIDE / 2}" y="{TOP + SIDE + 34}" text-anchor="middle" fill="currentColor">'
        f"{_text(curve.across)}</text></svg>"
    )


def _thinned(curve: Curve) -> list[tuple[float, float]]:
    """The points that can be told apart; a curve may have as many as there are scores."""
    kept: list[tuple[float, float]] = []
    for x, y in curve.points:
        if not kept or abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= FINEST:
            kept.append((x, y))
    return [*kept, *curve.points[-1:]]


def _tick(share: float) -> str:
    text, fill = f"{100 * share:.0f} %", 'fill="currentColor"'
    across, down = LEFT + share * SIDE, TOP + (1 - share) * SIDE
    return (
        f'<text x="{LEFT - 6}" y="{down + 4:.0f}" text-anchor="end" {fill}>{text}</text>'
        f'<text x="{across:.0f}" y="{TOP + SIDE + 17}" text-anchor="middle" {fill}>{text}</text>'
    )


def _text(text: str) -> str:
    return escape(printable(text))
