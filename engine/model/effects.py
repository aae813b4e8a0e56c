"""Effects, modifiers, lines and blocks."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from ...grammar.late_methods import dataclass
from ...grammar.source import NOWHERE, Span
from .base import Expr, Part, Period
from .events import Often, Selection
from .rollups import LeadSet


@dataclass(frozen=True)
class Points(Part):
    """What a line adds. The value has its sign already (`-10` is a value of −10). Missing gives no contribution."""

    value: Expr


@dataclass(frozen=True)
class Times(Part):
    """The factor of a multiplier, rounded to 4 decimals; a missing or negative one has no effect."""

    value: Expr


@dataclass(frozen=True)
class SetTo(Part):
    value: Expr


Effect = Points | Times | SetTo

Grouping = Period | Literal["contact", "value"]


@dataclass(frozen=True)
class Bound(Part):
    """`max 15`, `min -10`; with `per` for each calendar period, contact or value of `prop`."""

    kind: Literal["max", "min"]
    value: Expr
    per: Grouping | None = None
    prop: Expr | None = None


@dataclass(frozen=True)
class AtMost(Part):
    """How many events count per group: those worth most before decay, then the newest, then the smaller id."""

    count: Expr
    per: Grouping
    prop: Expr | None = None


@dataclass(frozen=True)
class Cooldown(Part):
    """Decision 5."""

    length: int


AgeUnit = Literal["minute", "hour", "day"]


@dataclass(frozen=True)
class Decay(Part):
    """How points lose value with age.

    `period` is in units of `unit` ("day", "hour" or "minute": the unit in which the age is counted, whole ones,
    rounded down): points × the factor of `decay.py`. `amount` is the percentage or the points lost a period.
    `ages_by` is the selection whose newest event gives the age (without one nothing decays): that of `since T`, or of
    the line's condition; None on an `each` line where each event or group has its own age.
    """

    kind: Literal["halves", "fades", "loses percent", "loses points"]
    unit: AgeUnit
    period: float
    amount: float | None = None
    compounding: bool = False
    floor: float | None = None
    grace: int = 0
    ages_by: Selection | None = None


@dataclass(frozen=True)
class Each(Part):
    """What an `each` line runs over: events, or groups of them, or leads.

    A group is a local day, week or month, or a distinct known value of `prop` (texts folded); it is as old as its
    newest event, and counts if it has events, or as many as `often` says.
    """

    unit: Literal["event", "day", "week", "month", "value", "lead"]
    selection: Selection | None = None
    prop: Expr | None = None
    often: Often | None = None
    leads: LeadSet | None = None


@dataclass(frozen=True)
class Line(Part):
    """One rule: either `condition` or `each` is given. `at_most` are in written order, a Cooldown among them."""

    id: str
    effect: Effect
    condition: Expr | None = None
    each: Each | None = None
    at_most: tuple[AtMost | Cooldown, ...] = ()
    bounds: tuple[Bound, ...] = ()
    decay: Decay | None = None
    label: str | None = field(default=None, compare=False)
    text: str = field(default="", compare=False)
    has_written_id: bool = field(default=True, compare=False)
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Block(Part):
    """Items that belong together.

    - `group`: sums its items, then its multipliers, its last `set`, its bounds; `id` is the group's name.
    - `first`: only the first item that holds counts (an item holds as in decision 8; a block if one of its items does).
    - `best`: only the item with the largest total counts (decision 9).
    - `when`: its items count where `condition` holds.

    The decay by default and `counting since` of a block are already written into its lines and selections.
    """

    kind: Literal["group", "first", "best", "when"]
    items: tuple[Line | Block, ...]
    id: str | None = None
    condition: Expr | None = None
    bounds: tuple[Bound, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)
