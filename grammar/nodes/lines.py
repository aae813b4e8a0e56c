"""Effects, modifiers, lines and blocks."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from ..late_methods import dataclass
from ..source import NOWHERE, Span
from .base import Expr, Node
from .events import Duration, Leads, Often
from .values import Name


class Effect(Node):
    """What a line does when it holds."""


@dataclass(frozen=True)
class Points(Effect):
    """`+20`, `-10`, `+0.4 * fit`, `+(a if b else c)`."""

    value: Expr
    sign: Literal["+", "-"] = "+"


@dataclass(frozen=True)
class Times(Effect):
    """`*1.5`."""

    value: Expr


@dataclass(frozen=True)
class SetTo(Effect):
    """`set 50`."""

    value: Expr


@dataclass(frozen=True)
class Disqualify(Effect):
    """`disqualify 'competitor' for 180 days`."""

    reason: str
    lasting: Duration | None = None


class Modifier(Node):
    """What follows the effect."""


@dataclass(frozen=True)
class Bound(Modifier):
    """`max 15`, `min -10`, `max 10 per day`, `max 5 per asset`."""

    kind: Literal["max", "min"]
    value: Expr
    per: Name | None = None


@dataclass(frozen=True)
class AtMost(Modifier):
    """`at most 3 per day`, `at most 1 per asset`; `at most once per week` is 1 per week."""

    count: Expr
    per: Name


@dataclass(frozen=True)
class Cooldown(Modifier):
    """`at most once per 90 days`."""

    duration: Duration


@dataclass(frozen=True)
class Decay(Modifier):
    """`halves every 30 days`, `fades over 90 days`, `loses 25% every 30 days compounding to 2 after 14 days`."""

    kind: Literal["halves", "fades", "loses percent", "loses points"]
    period: Duration
    amount: Expr | None = None
    compounding: bool = False
    floor: Expr | None = None
    grace: Duration | None = None
    since: Expr | None = None


@dataclass(frozen=True)
class NoDecay(Modifier):
    """`no decay`: switches the block's default off."""


BLANK = "\n"
"""Stands among comments where a blank line was written."""


@dataclass(frozen=True)
class Remark:
    """A comment inside a line that goes on over several rows of the file: its row, and whether it has it for itself."""

    row: int
    alone: bool
    text: str


@dataclass(frozen=True, kw_only=True)
class Commented(Node):
    """A node that owns comments: those on the lines before it, inside it and behind it, without the `#`.

    Among those before it BLANK stands for a blank line. The span of a node that opens a block is its head's;
    `named` is the place of the name or id that it gives to something.
    """

    before: tuple[str, ...] = field(default=(), compare=False, repr=False)
    behind: str | None = field(default=None, compare=False, repr=False)
    inner: tuple[Remark, ...] = field(default=(), compare=False, repr=False)
    named: Span = field(default=NOWHERE, compare=False, repr=False)

    @property
    def place(self) -> Span:
        """Where to point when the thing itself is meant: at its name, if it has one."""
        return self.named if self.named.line else self.span

    @property
    def comments(self) -> tuple[str, ...]:
        """All of its comments, as they are written."""
        before = (comment for comment in self.before if comment != BLANK)
        behind = () if self.behind is None else (self.behind,)
        return (*before, *(remark.text for remark in self.inner), *behind)


@dataclass(frozen=True)
class Each(Node):
    """`each S`, `each day with S at least 7 times`, `each asset of S`, `each lead where …`.

    `unit` is "event", "day", "week", "month", "value" (then `prop` is the property) or "lead" (then `of` is
    Leads). `often` belongs to the groups; an `each S` has none.
    """

    unit: Literal["event", "day", "week", "month", "value", "lead"]
    of: Expr | Leads
    prop: Name | None = None
    often: Often | None = None


class Item(Commented):
    """What stands inside a score or a group."""


@dataclass(frozen=True)
class Line(Item):
    """`id: condition => effect modifiers "label"`."""

    head: Expr | Each
    effect: Effect
    modifiers: tuple[Modifier, ...] = ()
    id: str | None = None
    label: str | None = None


@dataclass(frozen=True)
class Otherwise(Item):
    """The last line of `first of`: `otherwise => effect`."""

    effect: Effect
    modifiers: tuple[Modifier, ...] = ()
    id: str | None = None
    label: str | None = None


@dataclass(frozen=True)
class Remove(Item):
    """`remove id`: takes a line of the base ruleset out."""

    id: str


@dataclass(frozen=True)
class Body(Node):
    """The inside of a block: its default decay and `counting since`, then its items.

    `before` are the comments above the first two, `behind` those behind each, `after` those at the block's end.
    """

    items: tuple[Item, ...]
    decay: Decay | None = None
    counting_since: Expr | None = None
    before: tuple[str, ...] = field(default=(), compare=False, repr=False)
    behind: tuple[str | None, str | None] = field(default=(None, None), compare=False, repr=False)
    after: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class Group(Item):
    """`group content max 25:`."""

    name: str
    bounds: tuple[Bound, ...]
    body: Body


@dataclass(frozen=True)
class FirstOf(Item):
    """`first of:`."""

    body: Body


@dataclass(frozen=True)
class BestOf(Item):
    """`best of:`."""

    body: Body


@dataclass(frozen=True)
class When(Item):
    """`when account.region == 'EMEA':`."""

    condition: Expr
    body: Body
