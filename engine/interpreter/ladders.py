"""Grades, stages and disqualification: what an entity is, rather than how many points it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ..instants import DAY
from ..memory import Run
from ..model import Axis, Disqualification, Expr, Grade, HeldFor, InStageFor, Stage, Stages
from .people import newest
from .rows import Context, Row
from .windows import micros

DISQUALIFIED = "disqualified"


def grade(context: Context, grade: Grade, row: Row) -> str | None:
    """The labels of all axes together; missing where one of them is."""
    labels = [axis_label(context, axis, row) for axis in grade.axes]
    return None if None in labels else "".join(label for label in labels if label is not None)


def axis_label(context: Context, axis: Axis, row: Row) -> str | None:
    """The first cut at or below the value; else the rest."""
    value = context.number(axis.value, row)
    for label, cut in axis.cuts:
        least = context.number(cut, row)
        if value is not None and least is not None and value >= least:
            return label
    return axis.rest


def stages_held(context: Context, ladder: Stages, row: Row) -> list[Stage]:
    """The stages whose condition holds (`in order`: and all before them are held), or that `stays while` keeps."""
    held: list[Stage] = []
    for place, stage in enumerate(ladder.stages):
        in_reach = not ladder.in_order or len(held) == place
        if (in_reach and context.holds(stage.condition, row)) or is_kept(context, stage, row):
            held.append(stage)
    return held


def is_kept(context: Context, stage: Stage, row: Row) -> bool:
    """Whether a stage was held on the day before and may stay."""
    if stage.stays_while is None or stage.name not in context.memory.held(row.level, row.entity.id):
        return False
    return context.holds(stage.stays_while, row)


def first_reason(context: Context, lines: Sequence[Disqualification], row: Row) -> Disqualification | None:
    """The first `disqualify` line that holds, in file order."""
    return next((line for line in lines if disqualifies(context, line, row)), None)


def disqualifies(context: Context, line: Disqualification, row: Row) -> bool:
    """Whether the condition holds, and with `for D` still does: while the newest event is younger than that."""
    if not context.holds(line.condition, row):
        return False
    if line.lasting is None or line.ages_by is None:
        return True
    last = newest(context.select(line.ages_by, row).events)
    length = micros(context, line.lasting, row)
    return last is not None and length is not None and context.as_of - last.at < length


# --- conditions on the days before (decisions 133 to 135) -----------------------------------------------------------


def held_for(context: Context, expr: HeldFor, row: Row) -> bool:
    """It holds now, and on each of as many whole days before as the length has, rounded up."""
    length = micros(context, expr.length, row)
    if length is None or not context.holds(expr.condition, row):
        return False
    return days_held(context, expr, row) >= -(-length // DAY)


def days_held(context: Context, expr: HeldFor, row: Row) -> int:
    """On how many days up to the day before the condition has held."""
    memory = context.memory
    began: Mapping[str, date] = context.remembered(
        expr, f"began for {row.level}s", lambda: memory.began.get(Run(row.level, expr.condition), {})
    )
    return (memory.day - began.get(row.entity.id, memory.day)).days


def in_stage_for(context: Context, expr: InStageFor, row: Row) -> bool:
    """It was at the stage up to the day before, and entered it more than so long before today."""
    length = micros(context, expr.length, row)
    days = context.memory.days_at(expr.stage, row.level, row.entity.id)
    return length is not None and days is not None and days * DAY > length


HANDLERS: Mapping[type[Expr], Any] = {HeldFor: held_for, InStageFor: in_stage_for}
