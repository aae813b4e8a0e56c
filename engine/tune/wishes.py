"""Lines whose points are fixed in the text and to which the outcomes would give others: where a param would pay."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import numpy as np

from ...grammar.late_methods import dataclass
from ..backtest.sample import Line as Column
from ..backtest.sample import Sample
from ..compiled import Compiled
from ..model import Const, Line, Points, Score, lines
from .evidence import Evidence, evidence
from .learning import Problem, learn
from .rescoring import shown
from .scorecard import Freedom

FINEST = 0.01
"""In what steps the share of a line's points is told."""
MOST = 6
_POINTS = re.compile(r"=>\s*([+-])(\d+(?:\.\d+)?)\b(?!\s*[*/])")


@dataclass(frozen=True)
class LineWish:
    """A line that would be worth a param: its points, what the outcomes would give it, and how to write that."""

    line: str
    path: str
    row: int
    now: float
    would: float
    evidence: Evidence
    param: str
    before: str
    after: str


def of_lines(sample: Sample) -> tuple[Problem, list[Column]]:
    """The problem in which each line of the score has a factor of its own for its points, 1 at present."""
    found = [line for line in sample.lines if line.is_own and np.ptp(line.points) > 0]
    count = len(found)
    gives = np.column_stack([line.points for line in found]) if found else np.zeros((len(sample), 0))
    nowhere = np.full(count, np.inf)
    freedom = Freedom(gives, np.ones(count), -nowhere, nowhere, np.ones(count))
    names = tuple(line.id for line in found)
    return Problem(sample.points, sample.won, sample.cluster, names, np.full(count, FINEST), freedom), found


def wishes(ruleset: Compiled, score: Score, sample: Sample, tunable: Collection[str]) -> list[LineWish]:
    """The lines that would be worth a param, those that would change the most first.

    `tunable` are the lines whose points are a param already.
    """
    task, columns = of_lines(sample)
    if not columns:
        return []
    factors = learn(task, task.everybody).values
    said = evidence(task.freedom.gives, sample.points, task.freedom.now, sample.won, sample.cluster)
    proof = {column.id: each for column, each in zip(columns, said, strict=True)}
    found = [
        wish
        for line in lines(score.items)
        if line.id in factors and line.id not in tunable
        for wish in _wish(ruleset, line, factors[line.id], proof[line.id])
    ]
    return sorted(found, key=lambda wish: -abs(wish.would - wish.now))[:MOST]


def _wish(ruleset: Compiled, line: Line, factor: float, proof: Evidence) -> Iterator[LineWish]:
    """How to write it, where the points stand as a number behind the arrow, in a file that can be read."""
    source = ruleset.sources.get(line.span.path)
    if source is None or not isinstance(line.effect, Points) or not isinstance(line.effect.value, Const):
        return
    for row in range(line.span.line, line.span.end_line + 1):
        found = _POINTS.search(source.line(row))
        if found is None:
            continue
        now = float(found[2])
        would = max(0.0, round(now * factor, 0 if now == int(now) else 2))
        if would != now:
            name = f"{line.id.replace('.', '_')}_points"
            before = source.line(row)
            after = before[: found.start(2)] + name + before[found.end(2) :]
            param = f"param {name} = {shown(now)} in 0..{shown(2 * max(now, would))}"
            yield LineWish(line.id, source.path, row, now, would, proof, param, before.strip(), after.strip())
        return
