"""Lines that go together so closely that they count one thing twice.

Avoid: two lines that fire for the same people: one of them only doubles the other.

    requested('demo') => +20
    form_submit => +10            # the demo is the only form

Prefer: one line with the points of both, or lines that tell people apart.

    requested('demo') => +30
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from ...grammar.diagnostics import Diagnostic, Related, finding
from ..lints.lines import Placed, placed, title
from ..model import Points, Score
from .observed import FEWEST, Observed, scores
from .wording import counted

ALIKE = 0.97
"""Two lines are one from this share of common leads among all for whom either fires."""

NEARLY_ALL = 0.8
"""A line that fires for most of all tells nobody apart; two of them go together whatever they ask for."""


def twice(observed: Observed) -> Iterator[Diagnostic]:
    """L608: two lines of a score that fire for the same leads or accounts, though their conditions differ."""
    told = {item.span for item in observed.ruleset.diagnostics if item.code == "L105"}
    for score in scores(observed.model):
        common = _common(observed, score)
        for first, second in combinations(common, 2):
            if {first.line.span, second.line.span} & told or _exclude_each_other(first, second):
                continue
            owners = observed.fired(score, first.line.id), observed.fired(score, second.line.id)
            if min(owners) < ALIKE * max(owners):
                continue
            both = observed.together(score.level, score.name, first.line.id, second.line.id)
            if both >= ALIKE * (sum(owners) - both):
                yield _finding(score, first, second, both, sum(owners) - both)


def _common(observed: Observed, score: Score) -> list[Placed]:
    """The lines with points that fire for enough, and not for nearly all."""
    most = NEARLY_ALL * observed.sizes[score.level]
    return [
        at
        for at in placed(score)
        if isinstance(at.line.effect, Points) and FEWEST <= observed.fired(score, at.line.id) <= most
    ]


def _exclude_each_other(first: Placed, second: Placed) -> bool:
    """Items of one `first of` or `best of` never count together."""
    shared = [block for block in first.path if block in second.path]
    return any(block.kind in ("first", "best") for block in shared)


def _finding(score: Score, first: Placed, second: Placed, both: int, either: int) -> Diagnostic:
    return finding(
        "L608",
        f"{title(second.line)} fires for the same {score.level}s as `{first.line.id}`",
        second.line.span,
        label=f"both fire for {both:,} of {counted(either, score.level)}",
        hint="if they are one fact, keep one line with the points of both",
        related=(Related(first.line.span, "fires for the same"),),
    )
