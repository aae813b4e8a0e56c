"""Lines that hold and yet never change the score: they add nothing, or a cap or the clamp is used up without them.

Avoid: points on top of a cap that lines which always count have filled already; points below a floor.

    score trust for lead 0..100:
        base: always => +100
        visited('pricing') => +20

Prefer: room for every line.

    score trust for lead 0..100:
        base: always => +60
        visited('pricing') => +20
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.late_methods import dataclass
from ..model import Arith, Block, Bound, Const, Expr, Line, Part, Points, Score, Times
from ..rows import walk
from .intervals import Interval
from .lines import Placed, placed, title
from .review import Review
from .tallies import fixed
from .totals import Parts, Value, item_parts, line_points
from .words import number


def idle(review: Review) -> Iterator[Diagnostic]:
    """L104: lines whose points or factor can be taken out without changing any score."""
    for score in review.model.order:
        if isinstance(score, Score):

            def value(expr: Expr, score: Score = score) -> Interval:
                return review.bounds.of(expr, score.level)

            yield from (found for at in placed(score) if (found := _nothing(at, value)) is not None)
            yield from _used_up(score.items, value, _Room(score.low, score.high, always=True), score.bounds == ())
            yield from _groups(score.items, value)


# --- nothing added ------------------------------------------------------------------


def _nothing(at: Placed, value: Value) -> Diagnostic | None:
    """Points that are always 0, a factor that is always 1. In `first of` such a line keeps others from counting."""
    line = at.line
    if at.is_chosen or any(bound.kind == "min" for block in at.path for bound in block.bounds):
        return None
    if isinstance(line.effect, Times) and fixed(line.effect.value) == 1 and not _is_tunable(line):
        return _finding(line, "multiplies by 1", "give it another factor, or leave it out")
    if isinstance(line.effect, Points) and _divides_by_zero(line.effect.value):
        return _finding(line, "divides by 0: that is missing, and adds nothing", "divide by another number")
    if isinstance(line.effect, Points) and _gives(line, value) == 0 and not _is_tunable(line):
        return _finding(line, "adds nothing", "give it points, or leave it out")
    return None


def _divides_by_zero(value: Expr) -> bool:
    """Whether a value is always missing, because something in it is divided by a written 0."""
    if not isinstance(value, Arith):
        return False
    here = value.op == "/" and fixed(value.right) == 0
    return here or _divides_by_zero(value.left) or _divides_by_zero(value.right)


def _gives(line: Line, value: Value) -> float | None:
    """The only number of points that a line can give where it holds."""
    assert isinstance(line.effect, Points)
    return line_points(line, value(line.effect.value), value).single


def _is_tunable(item: Line | Block) -> bool:
    """A param in points or bounds: 0 may be its value for the time being."""
    parts: list[Part] = list(item.bounds)
    if isinstance(item, Block):
        return _has_param(parts) or any(_is_tunable(inner) for inner in item.items)
    return _has_param([*parts, item.effect])


def _has_param(parts: list[Part]) -> bool:
    steps = (step for part in parts for step in walk(part, "lead"))
    return any(isinstance(step.item, Const) and step.item.param is not None for step in steps)


# --- caps and clamps that are used up -------------------------------------------------


@dataclass(frozen=True)
class _Room:
    """The bounds of a block's total; those of a group act only when one of its lines holds."""

    low: float | None
    high: float | None
    always: bool = False

    def leaves_out(self, mine: Interval, others: Interval) -> str | None:
        """Why what is mine cannot change the bounded total, whatever the others give."""
        if self.high is not None and mine.low >= 0 and others.low >= self.high and (self.always or self.high >= 0):
            return f"the other lines always fill the upper bound of {number(self.high)}"
        if self.low is not None and mine.high <= 0 and others.high <= self.low and (self.always or self.low <= 0):
            return f"the total is at the lower bound of {number(self.low)} without it"
        return None


def _groups(items: tuple[Line | Block, ...], value: Value) -> Iterator[Diagnostic]:
    """The lines of groups; not where the group is one of a choice, because a line that gives nothing still holds."""
    for item in items:
        if isinstance(item, Block) and item.kind not in ("first", "best"):
            if item.kind == "group":
                yield from _used_up(
                    item.items, value, _room(item.bounds), all(bound.per is None for bound in item.bounds)
                )
            yield from _groups(item.items, value)


def _room(bounds: tuple[Bound, ...]) -> _Room:
    return _Room(_limit(bounds, "min"), _limit(bounds, "max"))


def _limit(bounds: tuple[Bound, ...], kind: str) -> float | None:
    return next((fixed(bound.value) for bound in bounds if bound.kind == kind), None)


def _used_up(items: tuple[Line | Block, ...], value: Value, room: _Room, is_plain: bool) -> Iterator[Diagnostic]:
    """Items that cannot change a total, because the others leave no room. Only where the total is a plain sum."""
    addends = list(_addends(items, value, sure=True))
    if not is_plain or any(part.factors or part.sets or _is_tunable(item) for item, part in addends):
        return
    lows = list(accumulate((part.points.low for _, part in addends), initial=0.0))
    highs = list(accumulate((part.points.high for _, part in addends), initial=0.0))
    low_behind = high_behind = 0.0
    for position, (item, part) in reversed(list(enumerate(addends))):
        mine, rest = part.points, Interval(lows[position] + low_behind, highs[position] + high_behind)
        reason = room.leaves_out(mine, rest) if mine.single != 0 else None
        if reason is not None:
            yield _finding(item, reason, "give the others less, widen the bound, or leave it out")
        else:
            low_behind, high_behind = low_behind + mine.low, high_behind + mine.high


def _addends(items: tuple[Line | Block, ...], value: Value, *, sure: bool) -> Iterator[tuple[Line | Block, Parts]]:
    """What is added up: lines and blocks, those inside `when` one by one."""
    for item in items:
        if isinstance(item, Block) and item.kind == "when":
            yield from _addends(item.items, value, sure=False)
        else:
            part = item_parts(item, value)
            yield item, part if sure else part.perhaps()


def _finding(item: Line | Block, reason: str, hint: str) -> Diagnostic:
    what = title(item) if isinstance(item, Line) else (f"group `{item.id}`" if item.id else "this block")
    return finding("L104", f"{what} never changes the score", item.span, label=reason, hint=hint)
