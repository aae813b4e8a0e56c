"""Comparisons that the scores decide beforehand: thresholds out of reach, and thresholds that everything passes.

Avoid: a stage that asks for more than its score can give, and nobody notices because it is simply never reached.

    score readiness for account 0..100:
        account.target => +30
        visited('pricing') => +20
    stages for account:
        MQA: readiness >= 65

Prefer: a threshold that some combination of lines reaches.

    stages for account:
        MQA: readiness >= 45
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.nodes import Level
from ...grammar.source import Span
from ..model import Axis, Compare, Const, Expr, Grade, InRange
from .intervals import Interval
from .review import Review
from .words import number, place, words

CLOSE = 1e-6
"""Nearer than this to a bound nothing is claimed."""


def thresholds(review: Review) -> Iterator[Diagnostic]:
    """L101 and L102: comparisons of numbers whose outcome does not depend on the data."""
    for definition, steps in review.steps:
        for step in steps:
            if isinstance(step.item, Compare | InRange):
                yield from _comparison(review, step.item, step.level, step.span)
        if isinstance(definition, Grade):
            for axis in definition.axes:
                yield from _cuts(review, axis, definition)


def _comparison(review: Review, expr: Compare | InRange, row: Level, around: Span) -> Iterator[Diagnostic]:
    subject = expr.left if isinstance(expr, Compare) else expr.item
    ends = (expr.right,) if isinstance(expr, Compare) else tuple(end for end in (expr.low, expr.high) if end)
    if subject.kind != "number" or all(isinstance(part, Const) for part in (subject, *ends)):
        return
    mine = review.bounds.of(subject, row)
    never, always = _outcome(review, expr, mine, row)
    if never:
        yield finding(
            "L101",
            f"`{words(expr)}` never holds",
            place(expr, around),
            label=f"{words(subject)} is {_between(mine)}",
            hint="lower the threshold, or let lines give more" if mine.high < inf else "check the threshold",
        )
    elif always and not any(isinstance(part, Const) and part.param for part in expr.walk()):
        yield finding(
            "L102",
            f"`{words(expr)}` always holds",
            place(expr, around),
            label=f"{words(subject)} is {_between(mine)}",
            hint="leave the comparison out, or ask for more",
        )


def _outcome(review: Review, expr: Compare | InRange, mine: Interval, row: Level) -> tuple[bool, bool]:
    """Whether a comparison is never true, and whether it is always true."""
    if isinstance(expr, Compare):
        other = review.bounds.of(expr.right, row)
        return _compare(expr.op, mine, other)
    sides = [_compare(">=", mine, review.bounds.of(expr.low, row))] if expr.low is not None else []
    sides += [_compare("<=", mine, review.bounds.of(expr.high, row))] if expr.high is not None else []
    return any(never for never, _ in sides), bool(sides) and all(always for _, always in sides)


def _compare(op: str, one: Interval, two: Interval) -> tuple[bool, bool]:
    known = not one.may_miss and not two.may_miss
    below, above = one.high < two.low - CLOSE, one.low > two.high + CLOSE
    at_most, at_least = one.high <= two.low, one.low >= two.high
    match op:
        case ">=":
            return below, known and at_least
        case ">":
            return one.high < two.low - CLOSE or (at_most and _given(one, two)), known and above
        case "<=":
            return above, known and at_most
        case "<":
            return above or (at_least and _given(one, two)), known and below
        case "==":
            return below or above, False
    return False, known and (below or above)


def _given(one: Interval, two: Interval) -> bool:
    """Whether the ends that meet are whole numbers, which are never rounded away: a clamp and a literal."""
    ends = (one.high, two.low) if one.high <= two.low else (one.low, two.high)
    return all(abs(end) < inf and end == int(end) for end in ends)


def _between(interval: Interval) -> str:
    if interval.low == interval.high:
        return f"always {number(interval.low)}"
    if interval.low == -inf:
        return f"at most {number(interval.high)}"
    if interval.high == inf:
        return f"at least {number(interval.low)}"
    return f"between {number(interval.low)} and {number(interval.high)}"


def _cuts(review: Review, axis: Axis, grade: Grade) -> Iterator[Diagnostic]:
    """Labels that are never given: cuts out of reach, and all that stands behind a cut that everything passes."""
    mine = review.bounds.of(axis.value, grade.level)
    for index, (label, cut) in enumerate(axis.cuts):
        bound = review.bounds.of(cut, grade.level)
        never, always = _compare(">=", mine, bound)
        is_last = index == len(axis.cuts) - 1 and axis.rest is None
        if never:
            yield _never_given(axis, label, cut, grade, mine)
        elif always and not is_last and not _has_param(cut):
            yield finding(
                "L102",
                f"everybody gets at least `{label}` for {words(axis.value)}",
                place(cut, grade.span),
                label=f"{words(axis.value)} is {_between(mine)}",
                hint=f"the labels behind `{label}` are never given: raise this cut or leave them out",
            )
            return


def _has_param(expr: Expr) -> bool:
    return any(isinstance(part, Const) and part.param for part in expr.walk())


def _never_given(axis: Axis, label: str, cut: Expr, grade: Grade, mine: Interval) -> Diagnostic:
    return finding(
        "L101",
        f"`{label}` of grade `{grade.name}` is never given",
        place(cut, grade.span),
        label=f"{words(axis.value)} is {_between(mine)}",
        hint="lower the cut, or let lines give more",
    )
