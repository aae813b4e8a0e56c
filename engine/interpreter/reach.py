"""What a line of a score reads, so that it is not worked out again where none of that is another."""

from __future__ import annotations

from collections.abc import Container, Mapping

from ...grammar.nodes import Level
from ..model import (
    Derived,
    EventAggregate,
    EventAttr,
    Expr,
    Field,
    Function,
    HeldFor,
    InStageFor,
    LeadSet,
    Line,
    Model,
    Often,
    Part,
    PeriodAggregate,
    Result,
    Selection,
    Standing,
    lines,
)
from ..rows import walk
from .evaluation import LEVELS
from .made import Made
from .selections import Reading

Moving = Container[tuple[Level, str]]
"""Derived fields that are not made of other fields alone, by their names."""


def reaches(model: Model, lasting: Made) -> Mapping[int, frozenset[str]]:
    """The lines that ask nothing but fields as the data have them and a lead or account for its events, by their
    identity, each with the types of these events."""
    found: Mapping[int, frozenset[str]] = lasting.remembered(model, "reaches", lambda: _reaches(model))
    return found


def reads_clock(part: Expr | Part) -> bool:
    """Whether a part asks how long ago something was."""
    match part:
        case EventAttr():
            return part.name == "age"
        case EventAggregate():
            return part.function == "days_since"
        case Function():
            return part.name in ("days_since", "days_until")
    return isinstance(part, PeriodAggregate)


def _reaches(model: Model) -> dict[int, frozenset[str]]:
    moving = _moving(model)
    found: dict[int, frozenset[str]] = {}
    for score in (score for level in LEVELS for score in model.scores(level)):
        for line in lines(score.items):
            types = _types(line, score.level, moving)
            if types is not None:
                found[id(line)] = types
    return found


def _moving(model: Model) -> set[tuple[Level, str]]:
    found: set[tuple[Level, str]] = set()
    for item in model.order:  # each comes after all that it reads
        if isinstance(item, Derived):
            level: Level = "lead" if item.level == "contact" else "account"
            parts = [step.item for step in walk(item.value, level)]
            if any(isinstance(p, Selection) or _goes_further(p, level, found) or reads_clock(p) for p in parts):
                found.add((level, item.name))
    return found


def _types(line: Line, level: Level, moving: Moving) -> frozenset[str] | None:
    parts = [step.item for step in walk(line, level)]
    if any(_goes_further(part, level, moving) for part in parts):
        return None
    types = [Reading.of(part).types for part in parts if isinstance(part, Selection)]
    return None if None in types else frozenset().union(*filter(None, types))


def _goes_further(part: Expr | Part, level: Level, moving: Moving) -> bool:
    """Whether a part asks for other leads, for results, for the days before, or for all events at once."""
    match part:
        case Selection():
            return part.scope != level
        case Field():
            return ("lead" if part.level == "contact" else "account", part.name) in moving
        case EventAttr():
            return part.name == "session"
        case Often():
            return part.unit == "sessions"
    return isinstance(part, LeadSet | Result | Standing | HeldFor | InStageFor)
