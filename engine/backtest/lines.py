"""Which lines predict: how often each fires among the won and the lost, and what that says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from .areas import Area, Estimate, area, difference
from .chance import p_value
from .rates import lift

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    from .sample import Line, Sample

Word = Literal["predictive", "harmful", "noise", "unclear", "constant", "silent"]

WORDS: Mapping[Word, str] = {
    "predictive": "won cases have more points by it than lost ones",
    "harmful": "lost cases have more points by it than won ones",
    "noise": "won and lost cases have its points alike",
    "unclear": "too few cases to tell",
    "constant": "everybody has the same points by it",
    "silent": "it fires for nobody",
}
SURE = 0.05
"""How likely any word is to be wrong if all lines were noise (Holm's correction for the number of lines)."""
NEARLY_ALL = 0.9
"""A line that fires for more cases than this is judged by its points alone."""
ALIKE = (0.5, 2.0)
"""A lift that lies surely in between makes no line worth its points."""
CLOSE = 0.05
"""An area this close to 0.5 neither."""
SAME = 0.7
"""A correlation of points from which on two lines say the same."""


@dataclass(frozen=True)
class LineFinding:
    """What the sample says of one line.

    `in_won` and `in_lost` are the shares of cases where it fires; `lift` how much likelier a case is won where it does;
    `area` how well its points alone tell won from lost, `p_value` how likely that is by luck, corrected for the number
    of lines. `loss` is what the whole score's area loses without the line (negative: it gains); None where that was not
    worked out. `like` is the line of the same score whose points go with its own the most, and how much.
    """

    level: Level
    score: str
    id: str
    label: str | None
    is_own: bool
    fires: int
    in_won: float
    in_lost: float
    lift: Estimate | None
    area: Estimate | None
    p_value: float
    word: Word
    points: float
    loss: Estimate | None = None
    like: tuple[str, float] | None = None


def line_findings(
    sample: Sample, whole: Area | None, without: Mapping[tuple[Level, str, str], NDArray[float64]]
) -> tuple[LineFinding, ...]:
    """All lines, in the order of the rules. `without` are the scores of the cases without a line."""
    tested = [_tested(sample, line) for line in sample.lines]
    p_values = holm(
        [
            p_value(line.points, line.fired, sample.won, sample.cluster) if found is not None else None
            for line, found in zip(sample.lines, tested, strict=True)
        ]
    )
    like = _alike(sample.lines)
    findings = []
    for place, (line, found, chance) in enumerate(zip(sample.lines, tested, p_values, strict=True)):
        finding = _finding(sample, line, found, 1.0 if chance is None else chance)
        scores = without.get((line.level, line.score, line.id))
        other = area(scores, sample.won, sample.cluster) if scores is not None else None
        loss = difference(whole, other)[0] if whole is not None and other is not None else None
        findings.append(replace(finding, loss=loss, like=like.get(place)))
    return tuple(findings)


def _tested(sample: Sample, line: Line) -> Area | None:
    """The area of the points of a line alone; None where they are all the same."""
    if np.ptp(line.points) == 0:
        return None
    return area(line.points, sample.won, sample.cluster)


def _finding(sample: Sample, line: Line, found: Area | None, chance: float) -> LineFinding:
    won = sample.won
    fires = int(line.fired.sum())
    over = lift(line.fired, won, sample.cluster) if 0 < fires < len(sample) else None
    return LineFinding(
        level=line.level,
        score=line.score,
        id=line.id,
        label=line.label,
        is_own=line.is_own,
        fires=fires,
        in_won=float(line.fired[won].mean()),
        in_lost=float(line.fired[~won].mean()),
        lift=over,
        area=found.estimate if found else None,
        p_value=chance,
        word=_word(sample, fires, found, over, chance),
        points=float(line.points[line.fired].mean()) if fires else 0.0,
    )


def _word(sample: Sample, fires: int, found: Area | None, over: Estimate | None, chance: float) -> Word:
    if not fires:
        return "silent"
    if found is None:
        return "constant"
    if chance < SURE:
        return "predictive" if found.value > 0.5 else "harmful"
    if over is not None and fires <= NEARLY_ALL * len(sample):
        return "noise" if over.low > ALIKE[0] and over.high < ALIKE[1] else "unclear"
    near = found.estimate
    return "noise" if near.low > 0.5 - CLOSE and near.high < 0.5 + CLOSE else "unclear"


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Corrected for their number (Holm, Scandinavian Journal of Statistics 6, 1979, 65–70).

    >>> holm([0.01, None, 0.04, 0.03])
    [0.03, None, 0.06, 0.06]
    """
    known = sorted((value, place) for place, value in enumerate(p_values) if value is not None)
    found: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (value, place) in enumerate(known):
        largest = max(largest, min(1.0, value * (len(known) - rank)))
        found[place] = largest
    return found


def _alike(lines: Sequence[Line]) -> dict[int, tuple[str, float]]:
    """For each line the other one of its score whose points go with its own, where they do."""
    found: dict[int, tuple[str, float]] = {}
    for key in dict.fromkeys((line.level, line.score) for line in lines):
        places = [
            place for place, line in enumerate(lines) if (line.level, line.score) == key and np.ptp(line.points) > 0
        ]
        if len(places) < 2:
            continue
        together = np.corrcoef([lines[place].points for place in places])
        np.fill_diagonal(together, 0.0)
        for number, place in enumerate(places):
            other = int(np.abs(together[number]).argmax())
            if abs(together[number, other]) >= SAME:
                found[place] = lines[places[other]].id, float(together[number, other])
    return found
