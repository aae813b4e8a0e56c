"""What a run gives, whichever engine made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from ..grammar.late_methods import dataclass
from ..grammar.nodes import Level
from .records import Value

STAGE_SINCE = "stage_since"
"""The column that says since when a stage is so."""


def reached(stage: str) -> str:
    """The column that says when a stage was first held. No rule can have a name with a dot.

    >>> reached("MQA")
    'stages_reached.MQA'
    """
    return f"stages_reached.{stage}"


def stage_of(column: str) -> str:
    """The stage that such a column is of.

    >>> stage_of(reached("Closed. Won"))
    'Closed. Won'
    """
    return column.partition(".")[2]


@dataclass(frozen=True, slots=True)
class EntityResult:
    """One lead or account. Scores are whole units of 1/10000 points; measures doubles, texts or truth values.

    `stage_since` is when the present stay at the stage began, `stages_reached` when each stage was first held
    (decision 136), where a run was asked for its history; microseconds.
    """

    level: Level
    id: str
    account_id: str | None
    scores: Mapping[str, int]
    measures: Mapping[str, Value]
    grades: Mapping[str, str | None]
    stage: str | None
    disqualified: str | None
    stage_since: int | None = None
    stages_reached: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contribution:
    """One entry of a score's account: for each entity and score the points (units) add up to the score exactly.

    `kind`: `line`, `cap` (bounds of a line or group, also per period), `multiplier`, `set` or `clamp` (decision 69).
    `events`, `first` and `last` (microseconds) are given for `each` lines over events and for lines with exactly one
    selection, else None (decision 80).
    """

    level: Level
    id: str
    score: str
    line: str | None
    kind: Literal["line", "cap", "multiplier", "set", "clamp"]
    points: int
    events: int | None = None
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class DataCounts:
    """What became of the data: read = events + ignored + after_as_of + duplicates + rejected.

    `after_as_of` counts those later than `as_of` (or received later); `named_only` are contacts and accounts that
    only other records name (decision 53).
    """

    read: int = 0
    duplicates: int = 0
    rejected: int = 0
    after_as_of: int = 0
    ignored: int = 0
    events: int = 0
    contacts: int = 0
    accounts: int = 0
    named_only: int = 0
    ignored_by: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The plain results of one run, ordered by id; contributions by level, id, score, then in the order of evaluation.

    Both engines can give this; a large run keeps its tables inside the engine instead (`runners`).
    """

    as_of: int
    counts: DataCounts
    leads: tuple[EntityResult, ...]
    accounts: tuple[EntityResult, ...]
    contributions: tuple[Contribution, ...] = ()
