"""Values of a row, logic and comparison, numbers and texts."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..records import Value
from .base import Comparison, Expr, Part


@dataclass(frozen=True)
class Const(Expr):
    """A literal, or a param with the value of this run (then `param` is its name)."""

    value: Value
    param: str | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Field(Expr):
    """A field of the contact or the account, after derivation; `id` and the contact's `account_id` too."""

    level: Literal["contact", "account"]
    name: str


@dataclass(frozen=True)
class Prop(Expr):
    """A property of the event; missing where its type has none of that name and kind."""

    name: str


@dataclass(frozen=True)
class EventAttr(Expr):
    """What every event has. `age` whole days; `contact`, `id`, `type` texts (ids compare exactly); `hour` 0–23,
    `weekday` 1–7, `month` 1–12 (numbers), and `date` in the ruleset's timezone; `week` is the date of its Monday."""

    name: Literal["age", "contact", "id", "type", "hour", "weekday", "date", "week", "month", "session"]


@dataclass(frozen=True)
class Result(Expr):
    """What rules made of an entity: a score (clamped, units / 10000.0), a measure, a grade's label, the stage's
    name, or the reason of disqualification. `level` says whose: in a lead row 'account' is its account's."""

    level: Level
    what: Literal["score", "measure", "grade", "stage", "disqualified"]
    name: str


@dataclass(frozen=True)
class Cases(Expr):
    """The value of the first condition that holds; else `otherwise`; else missing."""

    items: tuple[tuple[Expr, Expr], ...]
    otherwise: Expr | None = None


@dataclass(frozen=True)
class Not(Expr):
    item: Expr


@dataclass(frozen=True)
class And(Expr):
    items: tuple[Expr, ...]


@dataclass(frozen=True)
class Or(Expr):
    items: tuple[Expr, ...]


@dataclass(frozen=True)
class SomeOf(Expr):
    """How many of the conditions hold: `op` is one of >=, <=, ==; a missing count gives False."""

    op: Comparison
    count: Expr
    items: tuple[Expr, ...]


@dataclass(frozen=True)
class Compare(Expr):
    """Both sides have the same kind. False if a side is missing, but `!=` is true if exactly one is.

    Texts compare folded; where `exact` (ids) they compare as they are.
    """

    op: Comparison
    left: Expr
    right: Expr
    exact: bool = False


@dataclass(frozen=True)
class InSet(Expr):
    """`item` is one of the values; texts compare folded unless `exact`. `source` is the name of the list, if any."""

    item: Expr
    values: tuple[Value, ...]
    exact: bool = False
    source: str | None = field(default=None, compare=False)


@dataclass(frozen=True)
class InRange(Expr):
    """low <= item <= high; an open end is None; a missing bound gives False."""

    item: Expr
    low: Expr | None
    high: Expr | None


@dataclass(frozen=True)
class Missing(Expr):
    """`item is missing`."""

    item: Expr


@dataclass(frozen=True)
class TextTest(Expr):
    """Any (or `every`) of the texts is found in `item`, folded. A list has only `contains` (a value)."""

    op: Literal["contains", "starts with", "ends with", "like", "mentions"]
    item: Expr
    sought: tuple[Expr, ...]
    every: bool = False


@dataclass(frozen=True)
class Matches(Expr):
    """The RE2 pattern is found anywhere in the text as it is (`ignore_case`: with (?i))."""

    item: Expr
    pattern: str
    ignore_case: bool


@dataclass(frozen=True)
class Arith(Expr):
    """Of numbers, in doubles; division by zero, NaN and infinity are missing."""

    op: Literal["+", "-", "*", "/"]
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Function(Expr):
    """A function of the table in `functions.py`: abs round floor ceil sqrt log min max domain lower count
    days_since days_until. `round` has one or two arguments; `count` counts a list; the last two take a date or
    a timestamp (decision 40)."""

    name: str
    args: tuple[Expr, ...]


@dataclass(frozen=True)
class Default(Expr):
    """`item`, or `fallback` where it is missing."""

    item: Expr
    fallback: Expr


@dataclass(frozen=True)
class Conditional(Expr):
    """`value if condition else other`; without other: missing."""

    value: Expr
    condition: Expr
    other: Expr | None


@dataclass(frozen=True)
class Weighted(Expr):
    """The weighted average of the known inputs (decision 44): Σ value·weight / Σ weight, summed in written order."""

    terms: tuple[tuple[Expr, Expr], ...]


@dataclass(frozen=True)
class TableEntry(Part):
    """One row of a table; a key is a text or number (equal, texts folded) or a (low, high) pair with None for open."""

    keys: tuple[str | float | tuple[float | None, float | None], ...]
    value: float | str


@dataclass(frozen=True)
class Table(Part):
    """A look-up table; the first entry that matches counts; else `default`; None there is missing."""

    name: str
    entries: tuple[TableEntry, ...]
    default: float | str | None


@dataclass(frozen=True)
class Lookup(Expr):
    table: Table
    args: tuple[Expr, ...]
