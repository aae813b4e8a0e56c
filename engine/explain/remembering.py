"""Conditions over the days before: how long something has been so, and how long it must be."""

from __future__ import annotations

import datetime

from ..instants import DAY
from ..interpreter import ladders
from ..interpreter.evaluation import Evaluation
from ..interpreter.rows import Row
from ..interpreter.windows import micros
from ..model import HeldFor, InStageFor
from . import words
from .describe import text_of
from .report import Condition


def held_for(evaluation: Evaluation, expr: HeldFor, row: Row, inner: Condition) -> Condition:
    """`condition for at least 7 days`: since when the condition has held, and on how many more days it must.

    `inner` is the condition itself, explained.
    """
    holds = evaluation.holds(expr, row)
    days, length = ladders.days_held(evaluation, expr, row), micros(evaluation, expr.length, row)
    if not inner.holds:
        has, needs = "does not hold now", "that it holds, and lasts"
    else:
        has = f"has held since {_day(evaluation, days)}: {words.plural(days, 'day')} before this one"
        needs = f"{words.plural(-(-length // DAY), 'day')} before this one" if length is not None else "a length"
    return Condition(text_of(expr), holds, "test", has, None if holds else needs, (inner,))


def in_stage_for(evaluation: Evaluation, expr: InStageFor, row: Row) -> Condition:
    """`in stage MQL more than 30 days`: since when it has been there."""
    holds, length = evaluation.holds(expr, row), micros(evaluation, expr.length, row)
    days = evaluation.memory.days_at(expr.stage, row.level, row.entity.id)
    has = f"was not at {expr.stage} on the day before"
    needs = f"to be at {expr.stage}, and stay"
    if days is not None:
        has = f"at {expr.stage} since {_day(evaluation, days)}: {words.plural(days, 'day')}"
        needs = f"more than {words.duration(length)}" if length is not None else "a length"
    return Condition(text_of(expr), holds, "test", has, None if holds else needs)


def _day(evaluation: Evaluation, back: int) -> str:
    return (evaluation.memory.day - datetime.timedelta(days=back)).isoformat()
