"""A time in which no records change: what was worked out at one of its instants, and for how long it is so."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date
from typing import Any

from ...grammar.late_methods import dataclass
from ..model import Expr, Score
from .fading import Direction
from .ignoring import Left
from .lines import LineWork
from .made import Made
from .people import Entity

Span = tuple[int, int]
"""From the first instant of which something is true to the one from which on it is not."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A result with the time for which it is known. `shape`: since when nothing but fading moved it, `fades` how."""

    value: Any
    since: int
    until: int
    shape: int
    fades: Direction | None


@dataclass(frozen=True, slots=True)
class Worked:
    """How a line was worked out, with the time for which it is known."""

    work: LineWork
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Brief:
    """A score without lines that do not hold, with the time for which they do not."""

    score: Score
    since: int
    until: int


class Period:
    """A time in which there are the same leads and accounts with the same fields, and events only come.

    `whole` is what there is at its end, `late` says of events that came in on a later day when they did. What was
    worked out for an end of a day, or for the last instant, is kept for others, with how long it is so. `ends` are the
    evaluations of days between two that were asked for.
    """

    def __init__(self, since: int, until: int, whole: Left, lasting: Made, late: Mapping[str, int]) -> None:
        self.since = since
        self.until = until
        self.whole = whole
        self.lasting = lasting
        self.late = late
        self.kept: dict[tuple[Hashable, Entity], Kept] = {}
        self.brief: dict[tuple[int, Entity], Brief] = {}
        self.works: dict[tuple[int, Entity], Worked] = {}
        self.idle: dict[tuple[int, Entity], bool] = {}
        self.deciding: dict[int, Expr] = {}
        self.ends: dict[date, Any] = {}

    @property
    def span(self) -> Span:
        """From its first instant to the one that is not its own any more."""
        return self.since, self.until
