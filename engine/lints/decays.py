"""Decay that does not reach a line, and windows that reach further than a decay.

Avoid: a default decay over a line that it cannot age; a window in which most events are worth nothing.

    score engagement for lead 0..100:
        halves every 30 days
        visited('pricing') and attended('*') => +20
        each downloaded('*') within 180 days => +5 fades over 90 days

Prefer: lines that cannot age outside of the block; the window of the decay.

    score engagement for lead 0..100:
        visited('pricing') and attended('*') => +20
        group content:
            halves every 30 days
            each visited('docs/*') => +2
            each downloaded('*') => +5 fades over 90 days
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from ...grammar import nodes
from ...grammar.diagnostics import Diagnostic, Related, finding
from ..model import MICROS, AgeWindow, And, Decay, Expr, Happened, Line, Points, Score, Selection
from ..reads import Selected, reads
from .facts import micros
from .lines import placed, title
from .review import Review
from .tallies import fixed
from .words import number


def missed_lines(review: Review) -> Iterator[Diagnostic]:
    """L304: lines with events in a block with a default decay that does not apply to them (decision 15)."""
    lines = {at.line.span: at.line for score in review.model.order if isinstance(score, Score) for at in placed(score)}
    for file in review.files:
        for node, decay in _under_default(file):
            line = lines.get(node.span)
            if line is not None and line.decay is None and _has_events(line):
                yield finding(
                    "L304",
                    f"the default decay does not reach {title(line)}",
                    line.span,
                    label="several selections, or none that it needs: nothing to age by",
                    hint="move it out of the block, or let it ask for one selection only",
                    related=(_stands_at(decay),),
                )


def _stands_at(decay: nodes.Decay) -> Related:
    return Related(decay.span, "the default decay")


def _under_default(node: nodes.Node, decay: nodes.Decay | None = None) -> Iterator[tuple[nodes.Line, nodes.Decay]]:
    """The lines under a default decay that do not say anything about decay themselves."""
    if isinstance(node, nodes.Body):
        decay = node.decay or decay
    if isinstance(node, nodes.Line):
        own = any(isinstance(item, nodes.Decay | nodes.NoDecay) for item in node.modifiers)
        if decay is not None and not own and isinstance(node.effect, nodes.Points):
            yield node, decay
        return
    for child in node.children():
        yield from _under_default(child, decay)


def _has_events(line: Line) -> bool:
    return isinstance(line.effect, Points) and any(isinstance(read, Selected) for read in reads(line, "lead"))


def long_windows(review: Review) -> Iterator[Diagnostic]:
    """L305: a window that is wider than the time in which a decay leaves anything of the points."""
    for score in review.model.order:
        for at in placed(score) if isinstance(score, Score) else ():
            line, decay = at.line, at.line.decay
            selection = _aged(review, line)
            life = _life(line, decay) if decay is not None else None
            window = _window(selection) if selection is not None else None
            if life is not None and window is not None and window > life:
                yield _too_wide(line, life)


def _too_wide(line: Line, life: float) -> Diagnostic:
    days = number(life / MICROS["day"])
    return finding(
        "L305",
        f"the window of {title(line)} is wider than its decay lasts",
        line.span,
        label=f"nothing is left after {days} days",
        hint=f"leave the window out, or let it end at {days} days",
    )


def _aged(review: Review, line: Line) -> Selection | None:
    """The selection whose events age, where its window can only be there for the points: without an event in it the
    line gives nothing."""
    by = line.decay.ages_by if line.decay is not None else None
    if line.each is not None:
        return line.each.selection if by is None else None
    if by is None or line.condition is None or not review.prover.implies(line.condition, Happened(by)):
        return None
    return by


def _window(selection: Selection) -> float | None:
    test = selection.test
    items: tuple[Expr, ...] = test.items if isinstance(test, And) else (test,)
    ends = [item.high for item in items if isinstance(item, AgeWindow) and item.high is not None]
    return min((micros(end) for end in ends if fixed(end.count) is not None), default=None)


def _life(line: Line, decay: Decay) -> float | None:
    """The age from which nothing is left, in microseconds; None where something always is."""
    if decay.floor:
        return None
    unit = MICROS[decay.unit]
    match decay.kind:
        case "fades":
            return (decay.period + decay.grace) * unit
        case "loses percent" if not decay.compounding and decay.amount:
            return (ceil(100 / decay.amount) * decay.period + decay.grace) * unit
        case "loses points" if decay.amount and isinstance(line.effect, Points):
            points = fixed(line.effect.value)
            return None if points is None else (ceil(abs(points) / decay.amount) * decay.period + decay.grace) * unit
    return None
