"""Bounds: what `max` and `min` take or add, and from which pieces.

The difference that a bound makes is taken from the pieces themselves, so that a later bound (of the group, of the
score's head) sees what the earlier one left: a line that already reached its cap is not capped for it twice. A cap
takes from the newest pieces first, as if the points had been given one after the other until the cap was reached.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from ...grammar.late_methods import dataclass
from ..model import Bound
from ..rounding import to_units
from .pieces import Piece, group_of
from .rows import Context, Row


@dataclass(frozen=True, slots=True)
class Bounded:
    """A bound at work: the value it had in this run, and the difference in units that it made."""

    bound: Bound
    limit: float
    difference: int


def apply_bounds(
    context: Context, bounds: Sequence[Bound], row: Row, pieces: Sequence[Piece], total: int
) -> list[Bounded]:
    """The differences that bounds make to a total, in this order: those per period as written, then the others."""
    applied = []
    for bound in sorted(bounds, key=lambda bound: bound.per is None):
        limit = context.number(bound.value, row)
        units = to_units(limit)
        if limit is not None and units is not None:
            difference = _applied(context, bound, units, pieces, total)
            total += difference
            applied.append(Bounded(bound, limit, difference))
    return applied


def _applied(context: Context, bound: Bound, limit: int, pieces: Sequence[Piece], total: int) -> int:
    if bound.per is None:
        difference = _excess(bound, limit, total)
        absorb(pieces, difference)
        return difference
    groups: dict[Hashable, list[Piece]] = {}
    for piece in pieces:
        groups.setdefault(group_of(context, bound, piece), []).append(piece)
    difference = 0
    for members in groups.values():
        excess = _excess(bound, limit, sum(piece.kept for piece in members))
        absorb(members, excess)
        difference += excess
    return difference


def _excess(bound: Bound, limit: int, total: int) -> int:
    """What must be added to a total so that it keeps the bound."""
    return min(0, limit - total) if bound.kind == "max" else max(0, limit - total)


def absorb(pieces: Sequence[Piece], difference: int) -> None:
    """Takes a difference from the newest pieces of the other sign first, each down to 0; the rest from the newest."""
    if not difference:
        return
    ordered = sorted(pieces, key=lambda piece: (-(piece.at or 0), piece.id))
    for piece in ordered:
        taken = max(difference, -piece.kept) if difference < 0 else min(difference, -piece.kept)
        if (taken < 0) == (difference < 0) and taken:
            piece.kept += taken
            difference -= taken
    if difference and ordered:
        ordered[0].kept += difference
