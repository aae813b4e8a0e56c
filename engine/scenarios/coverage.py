"""Which lines fired in the scenarios, and which never did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ...grammar.late_methods import dataclass
from ...grammar.nodes import File, Level
from ...grammar.source import Span
from ..interpreter import Evaluation
from ..model import Model, lines
from ..results import Outcome
from .reading import Scenario

_LEVELS: tuple[Level, Level] = ("lead", "account")


@dataclass(frozen=True)
class LineCoverage:
    """One line, where it stands, and in how many scenarios it fired."""

    level: Level
    score: str
    line: str
    span: Span
    fired: int


def disqualifying(model: Model, scenario: Scenario, outcome: Outcome) -> dict[tuple[Level, str], str]:
    """The ids of the lines that disqualified someone."""
    out = [item for item in (*outcome.leads, *outcome.accounts) if item.disqualified is not None]
    if not out:
        return {}
    evaluation = Evaluation(model, scenario.population, scenario.as_of)
    rows = [row for item in out if (row := evaluation.row(item.level, item.id))]
    return {(row.level, row.entity.id): line.id for row in rows if (line := evaluation.disqualifying(row))}


def coverage(model: Model, fired: Iterable[frozenset[str]], files: Sequence[File] = ()) -> list[LineCoverage]:
    """Every line of the ruleset in the order of the files, with the number of scenarios in which it fired.

    `files` are those whose lines are asked for, if not all: a ruleset tests what it adds to the one it builds on.
    """
    counts = Counter(line for ids in fired for line in ids)
    found = [
        LineCoverage(level, score.name, line.id, line.span, counts[line.id])
        for level in _LEVELS
        for score in model.scores(level)
        for line in lines(score.items)
    ]
    found += [
        LineCoverage(level, item.score, item.id, item.span, counts[item.id])
        for level in _LEVELS
        for item in model.disqualifications(level)
    ]
    asked = {file.span.path for file in files}
    own = [item for item in found if not asked or item.span.path in asked]
    return sorted(own, key=lambda item: (item.span, item.line))


def share(found: Iterable[LineCoverage]) -> float:
    """The percentage of lines that fired; a ruleset without lines is covered.

    >>> share([])
    100.0
    """
    items = list(found)
    return 100.0 * sum(item.fired > 0 for item in items) / len(items) if items else 100.0
