"""A score as a tree of blocks and lines that adds up."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence

from ..interpreter.evaluation import Evaluation
from ..interpreter.lines import LineWork
from ..interpreter.rows import Row
from ..interpreter.scores import Adjustment as Adjusted
from ..interpreter.scores import BlockWork, ItemWork, ScoreWork, settings
from ..model import Block as RuleBlock
from ..model import Line as Rule
from ..model import Score as RuleScore
from ..rounding import from_units
from . import words
from .conditions import explain_condition
from .describe import text_of
from .lines import explain_line, untried
from .report import Adjustment, Block, Item, Score

EARLIER = "an earlier line of `first of` holds"
BETTER = "another line of `best of` gives more, or as much and stands before it"
LATER = "a later `set` decides"


def explain_score(evaluation: Evaluation, score: RuleScore, row: Row) -> Score:
    """A score of one lead or account, line by line."""
    work = evaluation.work(score, row)
    overruled = frozenset(_overruled(work.items))
    return Score(
        score.name,
        score.low,
        score.high,
        _sum(work.items),
        from_units(work.total),
        tuple(_item(evaluation, item, row, overruled) for item in work.items),
        tuple(_adjustment(adjusted, work) for adjusted in work.adjustments),
    )


def _sum(items: Iterable[ItemWork]) -> float:
    return from_units(sum(item.total for item in items))


def _overruled(items: Sequence[ItemWork]) -> Iterator[int]:
    """The `set` lines that hold and give way to a later one of their block, by their identity."""
    yield from map(id, settings(items)[:-1])
    for item in items:
        if isinstance(item, BlockWork):
            yield from _overruled(item.items)


def _item(
    evaluation: Evaluation,
    work: ItemWork,
    row: Row,
    overruled: Container[int],
    counts: bool = True,
    note: str | None = None,
) -> Item:
    if isinstance(work, LineWork):
        return explain_line(evaluation, work, row, counts, LATER if id(work) in overruled else note)
    block = work.block
    condition = None if block.condition is None else explain_condition(evaluation, block.condition, row)
    return Block(
        block.kind,
        block.id,
        _title(block),
        work.held,
        counts,
        _sum(work.items),
        from_units(work.total) if counts else 0.0,
        tuple(_inner(evaluation, work, row, overruled, counts)),
        tuple(_adjustment(adjusted, None) for adjusted in work.adjustments),
        condition,
        note,
    )


def _title(block: RuleBlock) -> str:
    if block.kind == "group":
        return f"group {block.id}"
    if block.kind == "when" and block.condition is not None:
        return f"when {text_of(block.condition)}"
    return f"{block.kind} of"


def _inner(
    evaluation: Evaluation, work: BlockWork, row: Row, overruled: Container[int], counts: bool
) -> Iterable[Item]:
    """The items of a block: those that were looked at, and, in a `first of`, those that were not."""
    for item in work.tried:
        beaten = item.held and not any(item is taken for taken in work.items)
        yield _item(evaluation, item, row, overruled, counts and not beaten, BETTER if beaten else None)
    if work.block.kind == "first":
        yield from _not_tried(evaluation, work.block.items[len(work.tried) :], row)


def _not_tried(evaluation: Evaluation, items: Sequence[Rule | RuleBlock], row: Row) -> Iterable[Item]:
    for item in items:
        if isinstance(item, Rule):
            yield untried(evaluation, item, row, EARLIER)
        else:
            inner = tuple(_not_tried(evaluation, item.items, row))
            yield Block(item.kind, item.id, _title(item), False, False, 0.0, 0.0, inner, note=EARLIER)


def _adjustment(adjusted: Adjusted, work: ScoreWork | None) -> Adjustment:
    before, after = from_units(adjusted.before), from_units(adjusted.after)
    text = _reason(adjusted, work)
    return Adjustment(adjusted.kind, adjusted.line, text, before, after, from_units(adjusted.difference))


def _reason(adjusted: Adjusted, work: ScoreWork | None) -> str:
    """What changed the sum: the bounds, the factor, the value, the range."""
    if adjusted.kind == "cap":
        effective = [item for item in adjusted.bounded if item.difference]
        return ", ".join(words.bound(item.bound, item.limit) for item in effective)
    if adjusted.by is not None:
        value = adjusted.by.value or 0.0
        return f"× {words.number(value)}" if adjusted.kind == "multiplier" else f"set {words.number(value)}"
    assert work is not None
    return span(work.score.low, work.score.high)


def span(low: float | None, high: float | None) -> str:
    """The range of a score as it is written.

    >>> span(0.0, 100.0), span(0.0, None), span(None, None)
    ('0..100', '0..', '')
    """
    if low is None and high is None:
        return ""
    return f"{'' if low is None else words.number(low)}..{'' if high is None else words.number(high)}"
