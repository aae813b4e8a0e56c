"""Stage moves and their reasons: what differs between two instants for whoever has changed stage."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, Protocol

from ..grammar.late_methods import dataclass
from ..grammar.nodes import Level
from .frames import ColumnKind

MOST_LEADS = 3
"""So many leads are told of an account: those whose scores changed most."""

Because = Literal["came", "left", "faded"]
"""Why a line gives other points: an event came, one left its window, what was there has faded."""


class Titled(Protocol):
    """The column of a result."""

    @property
    def role(self) -> str:
        """What it is."""

    @property
    def title(self) -> str:
        """What people call it."""

    @property
    def kind(self) -> str:
        """What its values are."""


@dataclass(frozen=True)
class Reason:
    """One thing that differs: a `line` of a score, a `score`, `measure` or `grade`, why somebody is `disqualified`, a
    score of a `lead` of the account, or the `rules` themselves. Points are whole units of 1/10000."""

    what: Literal["line", "score", "measure", "grade", "disqualified", "lead", "rules"]
    name: str
    was: Any
    now: Any
    kind: ColumnKind = "text"
    of: str = ""
    because: Because | None = None


@dataclass(frozen=True)
class Move:
    """Who went from which stage to which (None: none), at an instant after the one at `since`."""

    at: int
    since: int
    level: Level
    id: str
    was: str | None
    now: str | None
    reasons: tuple[Reason, ...] = ()
    segment: str | None = None


@dataclass(frozen=True)
class Points:
    """What a line gives: units, and how many events count for it, from the oldest to the newest."""

    points: int = 0
    events: int | None = None
    first: int | None = None
    last: int | None = None


def because(since: int, was: Points, now: Points) -> Because | None:
    """Why a line gives other points than at `since`; None where its events do not tell.

    >>> because(10, Points(), Points(200_000, 1, 12, 12)), because(10, Points(200_000, 1, 3, 3), Points())
    ('came', 'left')
    >>> because(10, Points(200_000, 1, 3, 3), Points(190_000, 1, 3, 3))
    'faded'
    """
    before, after = was.events or 0, now.events or 0
    if not before and not after:
        return None
    if after < before:
        return "left"
    if after > before or (now.last or 0) > since:
        return "came"
    same = (was.first, was.last) == (now.first, now.last)
    return "faded" if same and abs(now.points) < abs(was.points) else None


def of_result(column: Titled, was: Any, now: Any) -> Reason:
    """The reason that a result differs."""
    if column.role == "score":
        return Reason("score", column.title, was, now, "points")
    kinds: dict[str, ColumnKind] = {"number": "number", "bool": "bool", "date": "date", "timestamp": "timestamp"}
    what: Literal["grade", "measure"] = "grade" if column.role == "grade" else "measure"
    return Reason(what, column.title, was, now, kinds.get(column.kind, "text"))


def largest(reasons: Iterable[Reason]) -> list[Reason]:
    """Those of the leads whose points differ most, the largest first."""

    def size(reason: Reason) -> tuple[int, str]:
        return abs((reason.now or 0) - (reason.was or 0)), reason.of

    return sorted(reasons, key=size, reverse=True)[:MOST_LEADS]
