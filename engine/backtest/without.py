"""The score without each of its lines, worked out again exactly: caps, `first of` and clamps act on what is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...grammar.nodes import Level
from ..compiled import Compiled
from ..data import Dataset
from ..model import Block, Model, Score
from ..model import Line as RuleLine
from ..rounding import UNITS
from .scored import results_at

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    from .sample import Line, Sample

Key = tuple[Level, str, str]


def without_lines(
    ruleset: Compiled, dataset: Dataset, score: Score, sample: Sample, all_lines: bool = False
) -> dict[Key, NDArray[float64]]:
    """The scores of all cases without a line, for each line of the score that fires for somebody.

    One run does them all: the score stands in it once for each line, without it. With `all_lines` also for the lines
    of the scores below it, each in a run of its own.
    """
    firing = [line for line in sample.lines if line.fired.any()]
    own = [line for line in firing if line.is_own]
    found = _own(ruleset.model, dataset, score, sample, own)
    if all_lines:
        for line in firing:
            if not line.is_own:
                model = _model_without(ruleset.model, line)
                found[line.level, line.score, line.id] = _points(
                    results_at(model, dataset, sample, (score.name,))[score.name]
                )
    return found


def _own(model: Model, dataset: Dataset, score: Score, sample: Sample, own: list[Line]) -> dict[Key, NDArray[float64]]:
    names = {f"{score.name} without {number}": line for number, line in enumerate(own)}
    variants = [replace(score, name=name, items=tuple(without(score.items, line.id))) for name, line in names.items()]
    if not variants:
        return {}
    found = results_at(replace(model, order=(*model.order, *variants)), dataset, sample, tuple(names))
    return {(line.level, line.score, line.id): _points(found[name]) for name, line in names.items()}


def without(items: tuple[RuleLine | Block, ...], line: str) -> Iterator[RuleLine | Block]:
    """The items without the line of that id; blocks that it leaves empty go with it."""
    for item in items:
        if isinstance(item, RuleLine):
            if item.id != line:
                yield item
        elif kept := tuple(without(item.items, line)):
            yield replace(item, items=kept)


def _model_without(model: Model, line: Line) -> Model:
    order = tuple(
        replace(item, items=tuple(without(item.items, line.id)))
        if isinstance(item, Score) and (item.level, item.name) == (line.level, line.score)
        else item
        for item in model.order
    )
    return replace(model, order=order)


def _points(units: list[int | None]) -> NDArray[float64]:
    return np.array([0 if unit is None else unit for unit in units], dtype=np.float64) / UNITS
