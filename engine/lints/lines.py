"""Lines where they stand: with the conditions of the blocks around them, and what has to be so for them to hold."""

from __future__ import annotations

from collections.abc import Iterator

from ...grammar.late_methods import dataclass
from ...grammar.source import Span
from ..model import And, Block, Cooldown, Expr, Happened, Line, Or, Score
from .tallies import fixed


@dataclass(frozen=True)
class Placed:
    """A line, its score and the blocks around it from the outside in."""

    line: Line
    score: Score
    path: tuple[Block, ...] = ()

    @property
    def gates(self) -> tuple[Expr, ...]:
        """The conditions of the `when` blocks around it."""
        return tuple(block.condition for block in self.path if block.kind == "when" and block.condition is not None)

    @property
    def conditions(self) -> tuple[Expr, ...]:
        """All conditions on the row that must hold, its own last."""
        own = self.line.condition
        return self.gates if own is None else (*self.gates, own)

    @property
    def is_chosen(self) -> bool:
        """Whether it stands in a block that lets only one of its items count."""
        return any(block.kind in ("first", "best") for block in self.path)

    @property
    def home(self) -> Block | Score:
        """The innermost group or the score: what multipliers and bounds around the line act on."""
        return next((block for block in reversed(self.path) if block.kind == "group"), self.score)


def placed(score: Score) -> Iterator[Placed]:
    """All lines of a score, in written order."""
    yield from _placed(score.items, score, ())


def _placed(items: tuple[Line | Block, ...], score: Score, path: tuple[Block, ...]) -> Iterator[Placed]:
    for item in items:
        if isinstance(item, Line):
            yield Placed(item, score, path)
        else:
            yield from _placed(item.items, score, (*path, item))


def blocks(items: tuple[Line | Block, ...], gates: tuple[Expr, ...] = ()) -> Iterator[tuple[Block, tuple[Expr, ...]]]:
    """All blocks, each with the conditions of the `when` blocks around it."""
    for item in items:
        if isinstance(item, Block):
            yield item, gates
            inner = (*gates, item.condition) if item.condition is not None else gates
            yield from blocks(item.items, inner)


def title(line: Line) -> str:
    """How a finding calls a line."""
    return f"line `{line.id}`" if line.has_written_id else "this line"


def head(line: Line) -> Span:
    """The place of a line's condition or selection, or else of the line."""
    origin = line.condition.origin if line.condition is not None else None
    return line.span if origin is None else origin.span


def holds(item: Line | Block) -> Expr | None:
    """A condition that is true exactly where the item holds (decision 8); None where there is no such condition."""
    if isinstance(item, Line):
        return item.condition if item.each is None else _counts(item)
    inner = [holds(below) for below in item.items]
    if any(condition is None for condition in inner):
        return None
    either = Or(tuple(condition for condition in inner if condition is not None))
    return either if item.condition is None else And((item.condition, either))


def _counts(line: Line) -> Expr | None:
    """Whether an `each` line counts an event: as soon as one is selected, if nothing else is asked."""
    each = line.each
    if each is None or each.selection is None or each.unit in ("value", "lead") or each.often is not None:
        return None
    if any(isinstance(limit, Cooldown) or (fixed(limit.count) or 0) < 1 for limit in line.at_most):
        return None
    return Happened(each.selection)


def needs(item: Line | Block) -> Expr:
    """A condition without which the item cannot hold."""
    if isinstance(item, Line):
        if item.condition is not None:
            return item.condition
        selection = item.each.selection if item.each is not None else None
        return And(()) if selection is None else Happened(selection)
    either = Or(tuple(needs(below) for below in item.items))
    return either if item.condition is None else And((item.condition, either))
