"""The one sentence that says the most important: where someone stands, why, and what is missing for the next stage."""

from __future__ import annotations

from collections.abc import Sequence

from ...grammar.nodes import Level
from ..interpreter import Evaluation, Row
from ..interpreter.ladders import DISQUALIFIED
from ..model import Model, Result
from ..rounding import round_to
from . import words
from .place import place
from .report import Arrival, Disqualified, Item, Ladder, Line, Score

MOST = 3
"""How many lines a summary names."""


def summarise(
    evaluation: Evaluation,
    row: Row,
    ladder: Ladder | None,
    disqualified: Disqualified | None,
    scores: tuple[Score, ...],
    arrival: Arrival | None = None,
    goal: str | None = None,
) -> str:
    """One sentence on a lead or an account; `arrival` is how it came to its stage, where that is known, `goal` a stage
    of which it is asked what is missing, instead of the next one:

    `acme reached MQA (Marketing qualified) on 12 March 2026, when its technical buyer bob earned +6 for …; readiness …`
    """
    score = _main(evaluation.model, row.level, scores)
    missing = None if ladder is None else _missing(evaluation, row, ladder, goal)
    parts = [place(evaluation, row, ladder, disqualified, arrival), score and _score(score), missing]
    if ladder is None and disqualified is None:
        parts = [f"{row.entity.id}: {_score(score)}" if score else f"{row.entity.id} has neither scores nor stages"]
    return "; ".join(part for part in parts if part) + "."


def _main(model: Model, level: Level, scores: tuple[Score, ...]) -> Score | None:
    """The score that matters most: the last that a stage asks for, else the last of all."""
    ladder = model.stages(level)
    asked = [
        part.name
        for stage in (ladder.stages if ladder else ())
        for part in stage.condition.walk()
        if isinstance(part, Result) and part.what == "score" and part.level == level
    ]
    last = scores[-1] if scores else None
    return next((score for name in reversed(asked) for score in scores if score.name == name), last)


def _score(score: Score) -> str:
    of = f" of {words.number(score.high)}" if score.high is not None else ""
    told = (line for item in score.items for line in _lines(item) if round_to(line.total, 1))
    lines = sorted(told, key=lambda line: -line.total)
    if not round_to(score.total, 1) and not any(line.total < 0 for line in lines):
        lines = []  # what little they give is too little to be seen in the total
    named = [line for line in lines if line.total > 0][:MOST]
    taking = [line for line in reversed(lines) if line.total < 0 and (not named or -line.total >= named[-1].total)]
    given = f", above all {_points(named)}" if named else ""
    taken = f", {'but' if named else 'above all'} {_points(taking[:MOST])}" if taking else ""
    return f"{score.name} is {words.brief(score.total)}{of}{given}{taken}"


def _points(lines: Sequence[Line]) -> str:
    return words.listed([f"{words.gain(line.total)} for {_name(line)}" for line in lines])


def _name(line: Line) -> str:
    """How a person would call a line: by its label, the id that they wrote, or what it says."""
    if line.label:
        return words.quoted(line.label)
    return line.id if line.written_id else line.text


def _lines(item: Item) -> tuple[Line, ...]:
    if isinstance(item, Line):
        return (item,)
    return tuple(line for inner in item.items for line in _lines(inner))


def _missing(evaluation: Evaluation, row: Row, ladder: Ladder, goal: str | None) -> str | None:
    """What a stage asks for and is not there: the next one, unless there is another goal."""
    wanted = goal if any(step.name == goal for step in ladder.steps) else ladder.next
    step = next((step for step in ladder.steps if step.name == wanted), None)
    rule = evaluation.model.stages(row.level)
    if step is None or rule is None or ladder.stage == DISQUALIFIED or step.condition.holds:
        return None
    from .asked import lacking

    asked = next(stage.condition for stage in rule.stages if stage.name == step.name)
    return f"for {step.name} it still needs {lacking(evaluation, asked, step.condition, row)}"
