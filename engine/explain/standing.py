"""Stages, grades, measures and disqualification of one lead or account."""

from __future__ import annotations

from ..instants import local_time
from ..interpreter import ladders
from ..interpreter.evaluation import Evaluation
from ..interpreter.people import newest
from ..interpreter.rows import Row
from ..interpreter.windows import micros
from ..model import Axis as RuleAxis
from ..model import Disqualification, Expr, Stage, Stages
from ..model import Grade as RuleGrade
from ..model import Measure as RuleMeasure
from . import words
from .conditions import explain_condition
from .describe import text_of
from .evidence import inputs_of
from .report import Axis, Disqualified, Grade, Ladder, Measure, Step


def explain_ladder(evaluation: Evaluation, row: Row) -> Ladder | None:
    """The stages of a level, which of them are held, and what is missing for the others."""
    rule = evaluation.model.stages(row.level)
    if rule is None:
        return None
    held = {stage.name for stage in evaluation.stages_held(row)}
    steps = tuple(_step(evaluation, stage, stage.name in held, row) for stage in rule.stages)
    current = evaluation.stage(row)
    label = next((stage.label for stage in rule.stages if stage.name == current), None)
    return Ladder(current, label, rule.in_order, steps, _next(rule, current))


def _step(evaluation: Evaluation, stage: Stage, held: bool, row: Row) -> Step:
    condition = explain_condition(evaluation, stage.condition, row)
    by = stage.stays_while if held and not condition.holds else None
    kept = None if by is None else explain_condition(evaluation, by, row)
    return Step(stage.name, stage.label, held, condition, () if held else condition.unmet(), kept)


def _next(rule: Stages, current: str | None) -> str | None:
    """The stage after the current one; none for those who are at the last, or disqualified."""
    names = [stage.name for stage in rule.stages]
    if current == ladders.DISQUALIFIED:
        return None
    place = names.index(current) + 1 if current is not None else 0
    return names[place] if place < len(names) else None


def explain_grade(evaluation: Evaluation, grade: RuleGrade, row: Row) -> Grade:
    """A grade with the cut that each axis has passed."""
    return Grade(grade.name, evaluation.grade(grade, row), tuple(_axis(evaluation, axis, row) for axis in grade.axes))


def _axis(evaluation: Evaluation, axis: RuleAxis, row: Row) -> Axis:
    label = ladders.axis_label(evaluation, axis, row)
    value = evaluation.number(axis.value, row)
    cut = next((evaluation.number(cut, row) for name, cut in axis.cuts if name == label), None)
    return Axis(text_of(axis.value), value, label, cut)


def explain_measure(evaluation: Evaluation, measure: RuleMeasure, row: Row) -> Measure:
    """A measure with what it was computed from; one that is a condition with its parts."""
    value: Expr = measure.value
    return Measure(
        measure.name,
        words.plain(evaluation.measure(measure, row), value.kind),
        text_of(value),
        inputs_of(evaluation, value, row),
        explain_condition(evaluation, value, row) if value.kind == "bool" else None,
    )


def explain_disqualification(evaluation: Evaluation, row: Row) -> Disqualified | None:
    """The line that disqualifies, and until when."""
    line = evaluation.disqualifying(row)
    if line is None:
        return None
    return Disqualified(
        line.reason,
        line.id,
        line.text or text_of(line.condition),
        explain_condition(evaluation, line.condition, row),
        _until(evaluation, line, row),
    )


def _until(evaluation: Evaluation, line: Disqualification, row: Row) -> str | None:
    if line.lasting is None or line.ages_by is None:
        return None
    last = newest(evaluation.select(line.ages_by, row).events)
    length = micros(evaluation, line.lasting, row)
    return None if last is None or length is None else local_time(last.at + length, evaluation.zone)
