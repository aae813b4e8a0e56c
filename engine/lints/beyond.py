"""Bounds that decide instead of the lines: a floor above all points, `set` beyond the range.

Avoid: a range that begins where no line reaches, a `set` that the range cuts off again.

    score trust for lead 50..100:
        page_view => +20
        unsubscribed => set 500

Prefer: a range that lines move in.

    score trust for lead 0..100:
        page_view => +20
        unsubscribed => set 0
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...grammar.diagnostics import Diagnostic, finding
from ..model import And, Block, Expr, Happened, Line, Near, OfType, Or, Score, Selection, SetTo
from .intervals import Interval
from .lines import Placed, blocks, placed, title
from .review import Review
from .tallies import fixed
from .totals import Value, parts
from .words import number


def beyond(review: Review) -> Iterator[Diagnostic]:
    """L307, L308 and L103: floors above the points, `set` beyond the range, events that restart their own count."""
    for score in review.model.order:
        if isinstance(score, Score):
            yield from _floors(score, partial(review.bounds.of, row=score.level))
            for at in placed(score):
                yield from _set(at)
                yield from _restarted(at)


# --- floors ---------------------------------------------------------------------------------------------------------


def _floors(score: Score, value: Value) -> Iterator[Diagnostic]:
    if score.low is not None and score.low > 0 and not score.bounds:
        most = parts(score.items, value).total()
        if _never_leaves(score.low, most):
            yield finding(
                "L307",
                f"`{score.name}` is {number(score.low)} for everybody: its lines give {number(most.high)} at most",
                score.span,
                label=f"never leaves {number(score.low)}",
                hint="begin the range at 0, or give more points",
            )
    for block, _ in blocks(score.items):
        low = _floor(block) if block.kind == "group" else None
        if low is not None and _never_leaves(low, most := parts(block.items, value).total()):
            yield finding(
                "L307",
                f"group `{block.id}` gives {number(low)} whenever a line of it holds: "
                f"they give {number(most.high)} at most",
                block.span,
                label=f"its `min {number(low)}` decides alone",
                hint="lower the `min`, or give more points",
            )


def _never_leaves(low: float, most: Interval) -> bool:
    return most.high < low


def _floor(block: Block) -> float | None:
    return next((fixed(bound.value) for bound in block.bounds if bound.kind == "min" and bound.per is None), None)


# --- set --------------------------------------------------------------------------------------------------------------


def _set(at: Placed) -> Iterator[Diagnostic]:
    """The range of the score, or the bounds of the group, take back what `set` puts."""
    to = fixed(at.line.effect.value) if isinstance(at.line.effect, SetTo) else None
    if to is None:
        return
    low, high = _range(at.home)
    limit = high if high is not None and to > high else low if low is not None and to < low else None
    if limit is not None:
        yield finding(
            "L308",
            f"{title(at.line)} sets {number(to)}, and {number(limit)} is what comes of it",
            at.line.span,
            label=f"beyond the range {_shown(low)}..{_shown(high)}",
            hint=f"write `set {number(limit)}`, or widen the range",
        )


def _range(home: Block | Score) -> tuple[float | None, float | None]:
    if isinstance(home, Score):
        return home.low, home.high
    limits = {bound.kind: fixed(bound.value) for bound in home.bounds if bound.per is None}
    return limits.get("min"), limits.get("max")


def _shown(limit: float | None) -> str:
    return "" if limit is None else number(limit)


# --- counting since -------------------------------------------------------------------------------------------------


def _restarted(at: Placed) -> Iterator[Diagnostic]:
    """`counting since visit` over visits: each visit begins anew, and drops itself and all before it."""
    found = next((item for item in _needed(at.line) if _restarts_itself(item)), None)
    if found is not None:
        names = " or ".join(f"`{name}`" for name in _types(found.test) or ())
        yield finding(
            "L103",
            f"{title(at.line)} can never fire",
            at.line.span,
            label=f"each {names} starts the count anew, and is dropped itself",
            hint="count since something else, or put the line outside of the block",
        )


def _needed(line: Line) -> Iterator[Selection]:
    """The selections without an event of which the line cannot hold."""
    if line.each is not None and line.each.selection is not None:
        yield line.each.selection
    waiting: list[Expr] = [line.condition] if line.condition is not None else []
    while waiting:
        match waiting.pop():
            case And(items=items):
                waiting += items
            case Happened(selection=selection, often=None):
                yield selection


def _restarts_itself(selection: Selection) -> bool:
    tests = selection.test.items if isinstance(selection.test, And) else ()
    own = _types(tests[0]) if tests else None
    for test in tests:
        if isinstance(test, Near) and test.relation == "since" and test.anchor.which is None:
            others = _types(test.anchor.test)
            if own and others and own <= others and test.anchor.scope == selection.scope:
                return True
    return False


def _types(test: Expr) -> set[str] | None:
    """The types of a test that asks for nothing else; of one that asks for more, those of its head."""
    match test:
        case OfType(types=types):
            return {*types}
        case Or(items=items):
            found = [_types(item) for item in items]
            return {name for names in found if names for name in names} if all(found) else None
        case And(items=items) if items and any(isinstance(item, Near) for item in items):
            return _types(items[0])
    return None
