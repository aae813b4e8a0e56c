"""What the work of a line depends on, so that it is not done again where none of that has changed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..instants import FIRST, LAST
from ..model import (
    Block,
    Cooldown,
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
from .evaluator import Evaluator
from .lines import LineWork
from .people import Timeline
from .rows import Row
from .selections import Reading, ages, without_windows


@dataclass(frozen=True)
class Reach:
    """What a line reads that asks nothing but fields as the data have them, and a lead or account for its events.

    These events are of some `types`. Where the instant counts by the windows of selections alone, `selections` are
    these; else it is None. `is_bounded`: what stands around the line may take something from its pieces.
    """

    types: frozenset[str]
    selections: tuple[tuple[Selection, Reading], ...] | None
    is_bounded: bool

    def copy(self, work: LineWork) -> LineWork:
        """The work once more, so that what bounds take from its pieces is taken only once."""
        if not self.is_bounded or not work.pieces:
            return work
        return replace(work, pieces=[replace(piece) for piece in work.pieces])


REACHES = "reaches"
"""For what they are remembered."""

Moving = Container[tuple[Level, str]]
"""Derived fields that are not made of other fields alone, by their names."""


def reaches(model: Model) -> dict[int, Reach]:
    """The reach of each line that has one, by the identity of the line."""
    moving = frozenset(name for name, is_moving in derived(model).items() if is_moving)
    found: dict[int, Reach] = {}
    for score in (score for level in LEVELS for score in model.scores(level)):
        is_bounded = bool(score.bounds) or any(block.bounds for block in blocks(score.items))
        for line in lines(score.items):
            reach = _reach(line, score.level, moving, is_bounded)
            if reach is not None:
                found[id(line)] = reach
    return found


def blocks(items: Sequence[Line | Block]) -> Iterator[Block]:
    """All blocks, inner ones included."""
    for item in items:
        if isinstance(item, Block):
            yield item
            yield from blocks(item.items)


def derived(model: Model) -> dict[tuple[Level, str], bool]:
    """The derived fields, and of each whether anything but fields decides it."""
    found: dict[tuple[Level, str], bool] = {}
    for item in model.order:  # each comes after all that it reads
        if isinstance(item, Derived):
            level: Level = "lead" if item.level == "contact" else "account"
            moving = {name for name, is_moving in found.items() if is_moving}
            parts = [step.item for step in walk(item.value, level)]
            found[level, item.name] = any(
                isinstance(part, Selection) or _goes_further(part, level, moving) or _reads_clock(part)
                for part in parts
            )
    return found


def _reach(line: Line, level: Level, moving: Moving, is_bounded: bool) -> Reach | None:
    parts = [step.item for step in walk(line, level)]
    if any(_goes_further(part, level, moving) for part in parts):
        return None
    selections = [(part, Reading.of(part)) for part in [*parts, *_over_all_time(line)] if isinstance(part, Selection)]
    types = [reading.types for _, reading in selections]
    if None in types:
        return None
    timeless = not any(map(_reads_clock, parts)) and not any(reading.rest.items for _, reading in selections)
    return Reach(frozenset().union(*filter(None, types)), tuple(selections) if timeless else None, is_bounded)


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


def _reads_clock(part: Expr | Part) -> bool:
    """Whether a part asks how long ago something was."""
    match part:
        case EventAttr():
            return part.name == "age"
        case EventAggregate():
            return part.function == "days_since"
        case Function():
            return part.name in ("days_since", "days_until")
    return isinstance(part, PeriodAggregate)


def _over_all_time(line: Line) -> Iterator[Selection]:
    """What a cooldown looks at."""
    selection = None if line.each is None else line.each.selection
    if selection is not None and any(isinstance(item, Cooldown) for item in line.at_most):
        yield without_windows(selection)


# --- how long ---------------------------------------------------------------------------------------------------------

Stretch = tuple[int, int]
"""From the first instant of which something is true to the one from which on it is not."""

EVER: Stretch = FIRST, LAST + 1


def stretch(evaluator: Evaluator, reach: Reach, work: LineWork, row: Row, timeline: Timeline) -> Stretch | None:
    """The instants around that of an evaluation at which a line's work is the same; None where it is only this one.

    `timeline` has all events of the lead or account, later ones included.
    """
    if reach.selections is None or (work.line.decay is not None and work.pieces):
        return None
    since, until = EVER
    for selection, reading in reach.selections:
        events = timeline.of_types(reading.types)
        for age in ages(evaluator, selection, reading, row):
            place = bisect_right(events, evaluator.as_of - age, key=_at)
            since = max(since, events[place - 1].at + age) if place else since
            until = min(until, events[place].at + age) if place < len(events) else until
    return since, until


_at = attrgetter("at")
