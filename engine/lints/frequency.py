"""How often and how long ago: conditions that say something else about those who never came than it seems.

Avoid: `at most`, which is also true of nobody's visits; `days since`, which is missing for those who never came.

    visited('careers') at most 2 times => +5
    days since visited > 30 => -10

Prefer: ask for the visit too, or for silence.

    visited('careers') and visited('careers') at most 2 times => +5
    not visited within 30 days => -10
"""

from __future__ import annotations

from collections.abc import Iterator

from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.source import Span
from ..model import (
    And,
    Compare,
    Const,
    Disqualification,
    EventAggregate,
    Expr,
    Happened,
    Missing,
    Not,
    Often,
    Or,
    Score,
    Selection,
    Stages,
)
from .lines import placed
from .review import Review
from .words import called, place


def frequency(review: Review) -> Iterator[Diagnostic]:
    """L202 and L203: upper bounds that hold for those who never came, ages that leave them out."""
    for conditions, span in _conditions(review):
        for test in _asserted(conditions[-1]):
            if isinstance(test, Happened) and test.often is not None:
                yield from _at_most(review, test, test.often, conditions, span)
            elif isinstance(test, Compare):
                yield from _days_since(test, conditions, span)


def _conditions(review: Review) -> Iterator[tuple[tuple[Expr, ...], Span]]:
    for definition in review.model.order:
        match definition:
            case Score():
                yield from ((at.conditions, at.line.span) for at in placed(definition) if at.line.condition is not None)
            case Disqualification(condition=condition, span=span):
                yield (condition,), span
            case Stages(stages=stages):
                yield from (((stage.condition,), stage.span) for stage in stages)


def _asserted(expr: Expr) -> Iterator[Expr]:
    """The tests that stand without `not` before them."""
    if isinstance(expr, And | Or):
        for item in expr.items:
            yield from _asserted(item)
    else:
        yield expr


def _at_most(
    review: Review, test: Happened, often: Often, conditions: tuple[Expr, ...], span: Span
) -> Iterator[Diagnostic]:
    never_came = Not(Happened(test.selection))
    if not _allows_none(often) or review.prover.impossible(*conditions, never_came) is not None:
        return
    name = called(test.selection)
    yield finding(
        "L202",
        "this also holds for those who never came",
        place(test, span),
        label="0 is few enough",
        hint=f"add `and {name}`" if name != "…" else "ask for the event too: `S and S at most 2 times`",
    )


def _allows_none(often: Often) -> bool:
    """An upper bound above 0 over all that is selected; `at most 0 times` says plainly what it means."""
    count = often.count.value if isinstance(often.count, Const) else None
    if often.group is not None or often.stretch is not None or not isinstance(count, float | int):
        return False
    return (often.op == "<=" and count >= 1) or (often.op == "<" and count > 1)


def _days_since(test: Compare, conditions: tuple[Expr, ...], span: Span) -> Iterator[Diagnostic]:
    match test:
        case Compare(op=">" | ">=", left=EventAggregate(function="days_since", selection=selection) as days):
            if not _is_earliest(selection) and not _is_aware(days, selection, conditions):
                yield finding(
                    "L203",
                    "this does not hold for those who never came",
                    place(test, span),
                    label="missing without an event",
                    hint=f"for silence write `not {called(selection)} within …`; else add `and {called(selection)}`",
                )


def _is_earliest(selection: Selection) -> bool:
    """Since the earliest: that asks for how long someone has been here, not for silence."""
    return selection.which is not None and selection.which[0] == "earliest"


def _is_aware(days: Expr, selection: Selection, conditions: tuple[Expr, ...]) -> bool:
    """Whether the condition speaks of those who never came, or of those who did."""
    return any(
        part == Missing(days) or (isinstance(part, Happened) and part.selection == selection)
        for condition in conditions
        for part in condition.walk()
    )
