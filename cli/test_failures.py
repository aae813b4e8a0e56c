"""Why a scenario failed: what the rules ask for, and what of it did not hold, below what was expected and what came."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from .explain_rows import rows
from .explain_text import lines_of

if TYPE_CHECKING:
    from ..engine.explain.report import Explanation, Item, Line, Score
    from ..engine.model import Model
    from ..engine.scenarios.expected import Expected
    from ..engine.scenarios.reading import Scenario
    from ..engine.scenarios.running import Failure, Verdict

WIDTH = 68
"""What is left of a terminal of 80 columns beside the indent."""


def explained(model: Model, verdict: Verdict) -> Verdict:
    """The verdict with reasons for its failures: of a line or stage that did not come about, what did not hold."""
    failures = (replace(each, why=_why(model, verdict.scenario, each)) for each in verdict.failures)
    return replace(verdict, failures=tuple(failures))


def _why(model: Model, scenario: Scenario, failure: Failure) -> tuple[str, ...]:
    about = failure.about
    if about is None or not _is_missed(about, failure):
        return failure.why
    return tuple(_explained(model, scenario, about, failure.came)) or failure.why


def _is_missed(about: Expected, failure: Failure) -> bool:
    """Whether something was expected to hold and did not: a line that did not fire, a stage that was not reached."""
    if about.role == "line":
        return failure.came == "does not fire"
    return about.role == "stage" and about.text not in (None, "disqualified")


def _explained(model: Model, scenario: Scenario, about: Expected, came: str) -> Iterator[str]:
    """What was expected and what came, each with its conditions: for a stage, those of both."""
    from ..engine.explain import explain

    whole = explain(model, scenario.population, scenario.as_of, about.id, about.level)
    reduced = _only_stages(whole, {about.text, came}) if about.role == "stage" else _only_line(whole, about.name)
    for row in rows(reduced, 3):
        if row.role not in ("summary", "blank"):
            yield from lines_of(row, WIDTH)


def _only_stages(whole: Explanation, stages: Collection[str | None]) -> Explanation:
    """The explanation cut down to some stages."""
    ladder = whole.ladder
    steps = tuple(step for step in ladder.steps if step.name in stages) if ladder else ()
    return _bare(replace(whole, ladder=replace(ladder, steps=steps) if ladder else None), ())


def _only_line(whole: Explanation, line: str) -> Explanation:
    """The explanation cut down to one line of a score."""
    found = [(score, item) for score in whole.scores for item in _lines(score.items) if item.id == line]
    scores = tuple(replace(score, items=(item,), adjustments=()) for score, item in found)
    return _bare(replace(whole, ladder=None), scores)


def _lines(items: tuple[Item, ...]) -> Iterator[Line]:
    for item in items:
        if item.kind == "line":
            yield item
        else:
            yield from _lines(item.items)


def _bare(whole: Explanation, scores: tuple[Score, ...]) -> Explanation:
    return replace(whole, scores=scores, grades=(), measures=(), leads=(), ignored=())
