"""What a day leaves to the one after it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...grammar.nodes import Level
from ..instants import ONE_DAY
from ..memory import Remembered, Run
from .memory import Id, Memory, Place
from .rows import Row

if TYPE_CHECKING:
    from .evaluation import Evaluation


def left_by(evaluation: Evaluation, wanted: Remembered) -> Memory:
    """The memory of the day after that of an evaluation, which is worked out only as far as is wanted."""
    for definition in wanted.needed:  # in order: no deep recursion
        for row in evaluation.rows("account" if definition.level == "account" else "lead"):
            evaluation.work_out(definition, row)
    return Memory(
        evaluation.memory.day + ONE_DAY,
        {id: place for ladder in wanted.ladders for id, place in _places(evaluation, ladder.level)},
        {run: dict(_began(evaluation, run)) for run in wanted.runs},
    )


def _places(evaluation: Evaluation, level: Level) -> Iterator[tuple[Id, Place]]:
    for row in evaluation.rows(level):
        yield (level, row.entity.id), place_now(evaluation, row)


def place_now(evaluation: Evaluation, row: Row) -> Place:
    """Where an entity is at the instant of an evaluation."""
    held = frozenset(stage.name for stage in evaluation.stages_held(row))
    return evaluation.memory.place_now((row.level, row.entity.id), held, evaluation.stage(row))


def _began(evaluation: Evaluation, run: Run) -> Iterator[tuple[str, datetime.date]]:
    """Those for whom a condition holds, each with the day since which it does."""
    before = evaluation.memory.began.get(run, {})
    for row in evaluation.rows(run.level):
        if evaluation.holds(run.condition, row):
            yield row.entity.id, before.get(row.entity.id, evaluation.memory.day)
