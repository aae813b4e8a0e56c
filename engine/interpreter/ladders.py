"""Grades, stages and disqualification: what an entity is, rather than how many points it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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
    """The stages whose condition holds; `in order`: those before the first that does not."""
    held: list[Stage] = []
    for stage in ladder.stages:
        if context.holds(stage.condition, row):
            held.append(stage)
        elif ladder.in_order:
            break
    return held


def stage(context: Context, ladder: Stages, row: Row) -> str | None:
    """The last stage that is held; `disqualified` for those who are."""
    if context.disqualified(row.entity) is not None:
        return DISQUALIFIED
    held = stages_held(context, ladder, row)
    return held[-1].name if held else None


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


def needs_the_past(context: Context, expr: Expr, row: Row) -> bool:
    """Conditions over the days before count as false: one instant cannot tell, and a run says so (P103)."""
    return False


HANDLERS: Mapping[type[Expr], Any] = {HeldFor: needs_the_past, InStageFor: needs_the_past}
