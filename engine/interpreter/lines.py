"""One line: whether it holds, and what it gives after its own bounds (decision 3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields

from ...grammar.late_methods import dataclass
from ..model import Coverage, Expr, LeadAggregate, Line, Part, Points, Selection, SetTo, Times
from .bounds import Bounded, apply_bounds
from .people import Event
from .pieces import Piece, aging_instant, pieces_of, value
from .rows import Context, Row


@dataclass(eq=False, slots=True)
class LineWork:
    """How a line was worked out for one lead or account.

    `pieces` are what it counted or left out (one for a line with a condition that holds); `points` their sum in
    units, None where the line gives no contribution; `bounded` what its own bounds did; `value` the factor of a
    multiplier or the value of a `set`.
    """

    line: Line
    held: bool
    pieces: Sequence[Piece] = ()
    points: int | None = None
    bounded: Sequence[Bounded] = ()
    value: float | None = None

    @property
    def total(self) -> int:
        """What the line adds to its block, in units."""
        return (self.points or 0) + self.cap

    @property
    def cap(self) -> int:
        """What the line's own bounds took or added, in units."""
        return sum(item.difference for item in self.bounded)

    @property
    def counting(self) -> list[Piece]:
        """The pieces that count and have a worth."""
        return [piece for piece in self.pieces if piece.units is not None]

    def again(self) -> LineWork:
        """The work once more, so that what bounds take from its pieces is taken only once."""
        pieces = [piece.again() for piece in self.pieces]
        return LineWork(self.line, self.held, pieces, self.points, self.bounded, self.value) if pieces else self


def work_line(context: Context, line: Line, row: Row) -> LineWork:
    """Works out one line for a lead or an account."""
    if line.each is not None:
        pieces = pieces_of(context, line, row)
        return _added(context, line, row, pieces, any(piece.dropped is None for piece in pieces))
    assert line.condition is not None
    if not context.holds(line.condition, row):
        return LineWork(line, False)
    if isinstance(line.effect, Times | SetTo):
        return LineWork(line, True, value=context.number(line.effect.value, row))
    return _added(context, line, row, [_once(context, line, line.effect, row)], True)


def _added(context: Context, line: Line, row: Row, pieces: Sequence[Piece], held: bool) -> LineWork:
    work = LineWork(line, held, pieces)
    counting = work.counting
    if counting:
        work.points = sum(piece.units or 0 for piece in counting)
        work.bounded = apply_bounds(context, line.bounds, row, counting, work.points)
    return work


def _once(context: Context, line: Line, effect: Points, row: Row) -> Piece:
    """The only piece of a line that pays once; its age is that of the selection by which it ages."""
    at = None if line.decay is None else aging_instant(context, line.decay, row)
    piece = Piece(row, row.entity.id, at, points=context.number(effect.value, row))
    value(context, piece, line.decay, at)
    return piece


# --- the events behind a line -----------------------------------------------------------------------------------


def events_of(context: Context, work: LineWork, row: Row) -> Sequence[Event] | None:
    """The events that made a line: those that an `each` line counts, or that the only selection of a condition has."""
    line = work.line
    if line.each is not None:
        if line.each.unit == "lead":
            return None
        return [event for piece in work.pieces if piece.dropped is None for event in piece.events]
    assert line.condition is not None
    condition = line.condition
    selections = context.lasting.remembered(line, "selections", lambda: list(selections_in(condition)))
    return context.select(selections[0], row).events if len(selections) == 1 else None


def selections_in(part: Expr | Part) -> Iterator[Selection]:
    """The selections that a condition makes itself: not the anchors inside them, nor those of its leads."""
    if isinstance(part, LeadAggregate | Coverage):
        return
    for spec in fields(part):
        found = getattr(part, spec.name)
        for item in found if isinstance(found, tuple) else (found,):
            if isinstance(item, Selection):
                yield item
            elif isinstance(item, Expr):
                yield from selections_in(item)
