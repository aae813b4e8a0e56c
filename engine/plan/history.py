"""Since when somebody has been at his stage, and when each stage was first held, as columns of the results."""

from __future__ import annotations

from collections.abc import Iterator

from ...grammar.nodes import Level
from ..model import Result
from ..results import STAGE_SINCE, reached
from .definitions import Compiler
from .past import Past
from .steps import ResultColumn


def history_columns(level: Level, compiler: Compiler, past: Past) -> Iterator[ResultColumn]:
    """The columns of a level, as days: runners know when these end. Nothing where it has no stages."""
    if compiler.model.stages(level) is None:
        return
    stage = compiler.result(Result(level=level, what="stage", name=""))
    yield ResultColumn(past.since(level, stage).name, STAGE_SINCE, "stage_since", "timestamp")
    for name, held in compiler.held[level].items():
        yield ResultColumn(past.reached(level, name, held).name, reached(name), "reached", "timestamp")
