"""What a change of rules does to the leads and accounts of some data, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level


@dataclass(frozen=True)
class Blame:
    """A line whose points differ for some entities: how many, and by how much in all.

    `level` is the line's own; `is_changed` where the line itself is another, or means something else.
    """

    level: Level
    score: str
    line: str
    entities: int
    points: Decimal
    is_changed: bool


@dataclass(frozen=True)
class Transition:
    """How many leads or accounts go from one stage to another (None: no stage), and what caused it.

    `because` are changes of the stages themselves, `lines` those whose points differ for these entities or for the
    leads of these accounts, changed lines first.
    """

    level: Level
    was: str | None
    now: str | None
    count: int
    because: tuple[str, ...] = ()
    lines: tuple[Blame, ...] = ()


@dataclass(frozen=True)
class Spread:
    """The distribution of one score, before or after."""

    mean: float
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Shift:
    """What became of one score: for how many it rose and fell, by how much at most, and its distribution.

    `low` and `high` of a spread are the 10 % and the 90 % quantile.
    """

    level: Level
    score: str
    entities: int
    rose: int
    fell: int
    most_up: Decimal
    most_down: Decimal
    old: Spread
    new: Spread


@dataclass(frozen=True)
class Mover:
    """One lead or account whose results differ, with the scores and the stage that do.

    `because` are changes of the stages themselves that can have moved it, as in a transition.
    """

    level: Level
    id: str
    move: Decimal
    scores: Mapping[str, tuple[Decimal | None, Decimal | None]]
    stage: tuple[str | None, str | None] | None
    lines: tuple[Blame, ...] = ()
    because: tuple[str, ...] = ()


@dataclass(frozen=True)
class Segment:
    """The qualified of one segment: before, after, and how many of them came and went."""

    value: str | None
    old: int
    new: int
    gained: int
    lost: int


@dataclass(frozen=True)
class Qualified:
    """Those at one stage or beyond (`MQA`): before, after, who came and who went (the first of them by id)."""

    level: Level
    stage: str
    old: int
    new: int
    gained: int
    lost: int
    gained_ids: tuple[str, ...] = ()
    lost_ids: tuple[str, ...] = ()
    by: str | None = None
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True)
class Idle:
    """A change that changed nothing: of a line whose points nobody had otherwise, or had no score moved by.

    `swallowed` are the entities for which its points differ, though no score does: caps and ranges took it.
    """

    what: str
    name: str
    where: str
    swallowed: int = 0


@dataclass(frozen=True)
class Effect:
    """The effect of a change at an instant, on the leads and accounts of both runs taken together.

    `movers` are the largest ones; `moved` says how many there are of each level, `present` how many entities.
    """

    as_of: int
    one_reading: bool
    present: Mapping[Level, int]
    moved: Mapping[Level, int]
    stage_changes: Mapping[Level, int]
    transitions: tuple[Transition, ...]
    shifts: tuple[Shift, ...]
    movers: tuple[Mover, ...]
    qualified: Qualified | None
    idle: tuple[Idle, ...] = ()
    largest_move: Decimal = Decimal(0)
    lines: tuple[Blame, ...] = field(default=())
