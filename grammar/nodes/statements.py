"""What stands at the top of a file."""

from __future__ import annotations

from dataclasses import field

from ..late_methods import dataclass
from .base import Expr, Level, Node
from .events import Duration, Sequence, Window
from .lines import Body, Bound, Commented, Item
from .values import ListOf, Name, RangeOf


class Statement(Commented):
    """What stands at the top of a file."""


@dataclass(frozen=True)
class ParamDef(Statement):
    """`param mqa_threshold = 65 in 40..90`; the value is a Number, Text, Bool, Moment or Negative number."""

    name: str
    value: Expr
    range: RangeOf | None = None


@dataclass(frozen=True)
class FromFile(Node):
    """`file 'lists/x.csv' column domain`, `file 'x.csv' key a, b value v`."""

    path: str
    column: str | None = None
    keys: tuple[str, ...] = ()
    value: str | None = None


@dataclass(frozen=True)
class ListDef(Statement):
    """`list roles = [...]`, `list competitors = file 'lists/competitors.csv'`."""

    name: str
    content: ListOf | FromFile


@dataclass(frozen=True)
class TableEntry(Node):
    """`economic_buyer: 3`, `'Head of IT': 4`, `51..75: 10`, `(vp, emea): 3`.

    One or two keys, each a Text, a Number (or Negative) or a RangeOf.
    """

    keys: tuple[Expr, ...]
    value: Expr


@dataclass(frozen=True)
class TableDef(Statement):
    """`table points = {c_level: 15, vp: 12} default 0`."""

    name: str
    content: tuple[TableEntry, ...] | FromFile
    default: Expr | None = None


@dataclass(frozen=True)
class SignalDef(Statement):
    """`signal visited(name) = page_view where page like name`.

    `params` is None for `signal visited = …` (no brackets) and the names otherwise. Each source is a Name or
    Text (a type or a signal) or a Call of a signal.
    """

    name: str
    params: tuple[str, ...] | None
    sources: tuple[Expr, ...]
    where: Expr | None = None


@dataclass(frozen=True)
class IgnoreEvents(Statement):
    """`ignore page_view where user_agent matches /bot/i`, `ignore click within 5 seconds after email_delivered`."""

    sources: tuple[Expr, ...]
    where: Expr | None = None
    filters: tuple[Window | Sequence, ...] = ()


@dataclass(frozen=True)
class IgnoreContacts(Statement):
    """`ignore contact where email ends with '@ourselves.com'`."""

    where: Expr


@dataclass(frozen=True)
class Case(Commented):
    """`cond => value`; without a condition: `otherwise => value`."""

    condition: Expr | None
    value: Expr


@dataclass(frozen=True)
class Cases(Node):
    """A block of cases; the first that holds counts."""

    items: tuple[Case, ...]
    after: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class DeriveDef(Statement):
    """`derive contact.role:` with cases, or `derive account.big = employees >= 1000`; the field without its level."""

    level: Level
    field: Name
    value: Expr | Cases


@dataclass(frozen=True)
class MeasureDef(Statement):
    """`measure engaged for account = count(leads where engagement >= 20)`, or a block of cases."""

    name: str
    level: Level
    value: Expr | Cases


@dataclass(frozen=True)
class ScoreDef(Statement):
    """`score readiness for account 0..100:`; `bounds` are those per period in its head."""

    name: str
    level: Level
    range: RangeOf | None
    bounds: tuple[Bound, ...]
    body: Body


@dataclass(frozen=True)
class Cut(Node):
    """`A >= 75`; the last may have no cut."""

    label: str
    cut: Expr | None


@dataclass(frozen=True)
class Axis(Commented):
    """`fit: A >= 75, B >= 50, C >= 25, D`."""

    value: Expr
    cuts: tuple[Cut, ...]


@dataclass(frozen=True)
class GradeDef(Statement):
    """`grade rating for lead:` with its axes."""

    name: str
    level: Level
    axes: tuple[Axis, ...]
    after: tuple[str, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class HeldFor(Expr):
    """`cond for at least 7 days`, in a stage's condition."""

    condition: Expr
    duration: Duration


@dataclass(frozen=True)
class InStage(Expr):
    """`in stage MQL more than 30 days`."""

    stage: str
    duration: Duration


@dataclass(frozen=True)
class StageDef(Commented):
    """`MQA "Marketing qualified": cond stays while cond`."""

    name: str
    condition: Expr
    label: str | None = None
    stays_while: Expr | None = None


@dataclass(frozen=True)
class RemoveStage(Commented):
    """`remove MQA`: takes a stage of the base ruleset out."""

    name: str


@dataclass(frozen=True)
class StagesDef(Statement):
    """`stages for account, in order:`."""

    level: Level
    in_order: bool
    steps: tuple[StageDef | RemoveStage, ...]
    after: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @property
    def stages(self) -> tuple[StageDef, ...]:
        """The stages that the block itself writes."""
        return tuple(step for step in self.steps if isinstance(step, StageDef))


@dataclass(frozen=True)
class LooseItem(Statement):
    """A line or a block outside any score: it belongs to `score points for lead`. Its comments are the item's."""

    item: Item


@dataclass(frozen=True)
class File(Node):
    """One file of rules; `after` are the comments at its end."""

    statements: tuple[Statement, ...]
    after: tuple[str, ...] = field(default=(), compare=False, repr=False)
