"""Scores that are made of looking and opening, though deliberate steps stand in them, too.

Avoid: points for each page and each mail without a bound: the busiest browser comes before who asked for a demo.

    each page_view => +1
    requested('demo') => +20

Prefer: a bound that keeps light behaviour light.

    group looking max 15:
        each page_view => +1
    requested('demo') => +20
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...grammar.diagnostics import Diagnostic, Related, finding
from ..lints.lines import Placed, placed
from ..model import AgeWindow, And, CalendarWindow, Expr, InstantWindow, Line, OfType, Or, Points, Score, Selection
from ..reads import types_of
from ..rounding import UNITS
from ..rows import walk
from .observed import FEWEST, Observed, scores
from .wording import percent

DOMINATES = 0.6
"""From this share of the points on, light behaviour is what a score is made of."""

LIGHT = re.compile(
    r"(page|site|web|product|screen|ad|video)?_?(view|viewed|visit|visited|visits|session|impression)s?"
    r"|(e?mail|message|newsletter)_?(open|opened|opens|delivered|sent|view|viewed)"
)
"""The usual names of what people do in passing."""


def surface(observed: Observed) -> Iterator[Diagnostic]:
    """L607: light behaviour gives most of a score's points for behaviour, and other behaviour gives the rest."""
    for score in scores(observed.model):
        found = [at for at in placed(score) if isinstance(at.line.effect, Points) and _types(at.line)]
        light = [at for at in found if is_light(at.line)]
        if not light or len(light) == len(found):
            continue
        gained = {at.line.id: max(0, _points(observed, score, at.line.id)) for at in found}
        of_light = sum(gained[at.line.id] for at in light) + _cut(observed, score, light)
        everything = of_light + sum(gained[at.line.id] for at in found if at not in light)
        owners = max(observed.fired(score, at.line.id) for at in light)
        if owners >= FEWEST and everything > 0 and of_light >= DOMINATES * everything:
            yield _finding(score, light, gained, of_light, everything)


def _finding(score: Score, light: list[Placed], gained: dict[str, int], of_light: int, everything: int) -> Diagnostic:
    first, *others = sorted(light, key=lambda at: -gained[at.line.id])
    return finding(
        "L607",
        f"{percent(of_light, everything)} of the points for behaviour in `{score.name}` are for looking and opening",
        first.line.span,
        label=f"{gained[first.line.id] // UNITS:,} points in these data",
        hint="bound it: `max 15` on the line, or a `group … max 15:` around such lines",
        related=tuple(
            Related(at.line.span, f"{gained[at.line.id] // UNITS:,} points") for at in others if gained[at.line.id]
        ),
    )


def is_light(line: Line) -> bool:
    """Whether all that a line selects is light behaviour as a whole: one that names pages or mails has its reason."""
    selections = [step.item for step in walk(line, "lead") if isinstance(step.item, Selection)]
    return all(
        _is_whole(item.test) and all(_is_light_type(name) for name in types_of(item.test)) for item in selections
    )


def _is_light_type(name: str) -> bool:
    return LIGHT.fullmatch(re.sub(r"[\s\-]+", "_", name.strip().lower())) is not None


def _is_whole(test: Expr) -> bool:
    """Types and times only, no property."""
    if isinstance(test, And | Or):
        return all(_is_whole(item) for item in test.items)
    return isinstance(test, OfType | AgeWindow | InstantWindow | CalendarWindow)


def _types(line: Line) -> set[str]:
    return {
        name for step in walk(line, "lead") if isinstance(step.item, Selection) for name in types_of(step.item.test)
    }


def _points(observed: Observed, score: Score, line: str) -> int:
    """What a line gave, after its own bounds."""
    found = (observed.entries.get((score.level, score.name, line, kind)) for kind in ("line", "cap"))
    return sum(entry.points for entry in found if entry is not None)


def _cut(observed: Observed, score: Score, light: list[Placed]) -> int:
    """What the bounds of groups around light lines took away (0 or less): all of it is taken to be theirs."""
    groups = {block.id for at in light for block in at.path if block.kind == "group"}
    found = (observed.entries.get((score.level, score.name, name, "cap")) for name in groups)
    return min(0, sum(entry.points for entry in found if entry is not None))
