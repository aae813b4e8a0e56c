"""Blocks and scores: sums, multipliers, `set`, bounds and the range (decisions 1, 2, 6, 9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import Literal

from ...grammar.late_methods import dataclass
from ..model import Block, Bound, Line, Score, SetTo, Times
from ..rounding import UNITS, round_to, to_units
from .bounds import Bounded, apply_bounds
from .lines import LineWork
from .pieces import Piece
from .rows import Context, Row


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A change of a block's total that no single line makes: what stood before it, and what after, in units."""

    kind: Literal["cap", "multiplier", "set", "clamp"]
    line: str | None
    before: int
    after: int
    by: LineWork | None = None
    bounded: Sequence[Bounded] = ()

    @property
    def difference(self) -> int:
        return self.after - self.before


@dataclass(eq=False, slots=True)
class BlockWork:
    """How a block was worked out. `tried` are the items that were looked at, `items` those of them that count."""

    block: Block
    held: bool
    tried: Sequence[ItemWork]
    items: Sequence[ItemWork]
    total: int
    adjustments: list[Adjustment] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class ScoreWork:
    """How a score was worked out for one lead or account: `total` is the score in units."""

    score: Score
    row: Row
    items: Sequence[ItemWork]
    adjustments: list[Adjustment]
    total: int


ItemWork = LineWork | BlockWork


def work_score(context: Context, score: Score, row: Row) -> ScoreWork:
    """Works out a score for a lead or an account."""
    items = [work_item(context, item, row) for item in score.items]
    adjustments, total = _adjusted(context, score.name, items, score.bounds, row)
    clamped = total
    if score.low is not None:
        clamped = max(clamped, to_units(score.low) or 0)
    if score.high is not None:
        clamped = min(clamped, to_units(score.high) or 0)
    if clamped != total:
        adjustments.append(Adjustment("clamp", None, total, clamped))
    return ScoreWork(score, row, items, adjustments, clamped)


def work_item(context: Context, item: Line | Block, row: Row) -> ItemWork:
    """Works out a line or a block."""
    if isinstance(item, Line):
        return context.line(item, row)
    if item.kind == "when":
        return _when(context, item, row)
    if item.kind == "first":
        return _first(context, item, row)
    works = [work_item(context, each, row) for each in item.items]
    return _best(item, works) if item.kind == "best" else _group(context, item, works, row)


def _when(context: Context, block: Block, row: Row) -> BlockWork:
    applies = block.condition is None or context.holds(block.condition, row)
    works = [work_item(context, item, row) for item in block.items] if applies else []
    return _plain(block, works, works)


def _first(context: Context, block: Block, row: Row) -> BlockWork:
    tried: list[ItemWork] = []
    for item in block.items:
        tried.append(work_item(context, item, row))
        if tried[-1].held:
            return _plain(block, tried, tried[-1:])
    return _plain(block, tried, ())


def _best(block: Block, works: Sequence[ItemWork]) -> BlockWork:
    """The largest total among the items that hold, the first written of equal ones."""
    winner = max((work for work in works if work.held), key=lambda work: work.total, default=None)
    return _plain(block, works, () if winner is None else (winner,))


def _plain(block: Block, tried: Sequence[ItemWork], items: Sequence[ItemWork]) -> BlockWork:
    return BlockWork(block, any(item.held for item in items), tried, items, sum(item.total for item in items))


def _group(context: Context, block: Block, works: Sequence[ItemWork], row: Row) -> BlockWork:
    work = _plain(block, works, works)
    bounds = block.bounds if work.held else ()
    work.adjustments, work.total = _adjusted(context, block.id, works, bounds, row)
    return work


def _adjusted(
    context: Context, name: str | None, items: Sequence[ItemWork], bounds: Sequence[Bound], row: Row
) -> tuple[list[Adjustment], int]:
    """What comes after the sum of a block's items: its multipliers, its last `set`, its bounds. And the total then."""
    adjustments: list[Adjustment] = []
    total = sum([item.total for item in items])
    if not bounds and not any(isinstance(work.line.effect, Times | SetTo) for work in _effects(items)):
        return adjustments, total
    for work in _multipliers(items):
        after = multiplied(total, work.value)
        adjustments.append(Adjustment("multiplier", work.line.id, total, after, by=work))
        total = after
    for work in settings(items)[-1:]:
        after = to_units(work.value) or 0
        adjustments.append(Adjustment("set", work.line.id, total, after, by=work))
        total = after
    bounded = apply_bounds(context, bounds, row, list(_pieces(items)), total)
    after = total + sum(item.difference for item in bounded)
    adjustments.append(Adjustment("cap", name, total, after, bounded=bounded))
    return [item for item in adjustments if item.difference], after


def multiplied(total: int, factor: float | None) -> int:
    """A total times a factor of 4 decimals, half away from zero; a missing or negative factor does nothing."""
    share = None if factor is None or factor < 0 else to_units(round_to(factor, 4))
    if share is None:
        return total
    size = (2 * abs(total) * share + UNITS) // (2 * UNITS)
    return -size if total < 0 else size


def _multipliers(items: Sequence[ItemWork]) -> list[LineWork]:
    return [work for work in _effects(items) if isinstance(work.line.effect, Times)]


def settings(items: Sequence[ItemWork]) -> list[LineWork]:
    """The `set` lines of a block that hold and whose value is known: the last one wins."""
    found = (work for work in _effects(items) if isinstance(work.line.effect, SetTo))
    return [work for work in found if to_units(work.value) is not None]


def _effects(items: Sequence[ItemWork]) -> Iterator[LineWork]:
    """The held lines whose innermost group these items are, in written order."""
    for item in items:
        if isinstance(item, LineWork):
            if item.held:
                yield item
        elif item.block.kind != "group":
            yield from _effects(item.items)


def _pieces(items: Sequence[ItemWork]) -> Iterator[Piece]:
    """All pieces that count in these items, inner groups included."""
    for item in items:
        if isinstance(item, LineWork):
            yield from item.counting
        else:
            yield from _pieces(item.items)
