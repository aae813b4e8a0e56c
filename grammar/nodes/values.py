"""Values, conditions and arithmetic."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from ..late_methods import dataclass
from .base import Expr


@dataclass(frozen=True)
class Number(Expr):
    """`20`, `0.5`."""

    value: Decimal


@dataclass(frozen=True)
class Text(Expr):
    """`'pricing'`; where an event type is expected, a type whose name is no plain name."""

    value: str


@dataclass(frozen=True)
class Bool(Expr):
    """`true`, `false`."""

    value: bool


@dataclass(frozen=True)
class Moment(Expr):
    """A date or an instant as written: `2026-01-01`, `2026-01-01T07:00Z`."""

    text: str


@dataclass(frozen=True)
class Name(Expr):
    """`visited`, `contact.role`, `account.match.industry`: the parts between the dots, backquotes removed."""

    parts: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True)
class Call(Expr):
    """`visited('pricing' where seconds > 20)`, `size(account.employees)`, `round(x)`, `account.surging('crm')`.

    A signal, a table or a function: the checker knows which.
    """

    name: Name
    args: tuple[Expr, ...] = ()
    where: Expr | None = None


@dataclass(frozen=True)
class ListOf(Expr):
    """`['gmail.com', 'yahoo.com']`."""

    items: tuple[Expr, ...]


@dataclass(frozen=True)
class RangeOf(Expr):
    """`1..5`, `1000..`, `..100`; both ends included."""

    low: Expr | None
    high: Expr | None


@dataclass(frozen=True)
class Always(Expr):
    """`always`."""


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
class Compare(Expr):
    op: Literal["==", "!=", "<", "<=", ">", ">="]
    left: Expr
    right: Expr


@dataclass(frozen=True)
class In(Expr):
    """`x in list`, `x not in ['a', 'b']`, `x in 1..5`."""

    item: Expr
    container: Expr
    negated: bool = False


@dataclass(frozen=True)
class Known(Expr):
    """`x is known`, or `x is missing` where `negated`."""

    item: Expr
    negated: bool = False


@dataclass(frozen=True)
class TextTest(Expr):
    """`title contains 'chief'`, `page like 'docs/*'`, `title mentions roles`; `every` is `contains all [...]`."""

    op: Literal["contains", "starts with", "ends with", "like", "mentions"]
    item: Expr
    sought: Expr
    every: bool = False


@dataclass(frozen=True)
class Matches(Expr):
    """`title matches /\\bcfo\\b/i`."""

    item: Expr
    pattern: str
    ignore_case: bool = False


@dataclass(frozen=True)
class Arith(Expr):
    op: Literal["+", "-", "*", "/"]
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Negative(Expr):
    item: Expr


@dataclass(frozen=True)
class Default(Expr):
    """`x default 0`: binds tighter than any operator."""

    item: Expr
    fallback: Expr


@dataclass(frozen=True)
class Conditional(Expr):
    """`a if cond else b`; without `else`: missing."""

    value: Expr
    condition: Expr
    other: Expr | None = None


@dataclass(frozen=True)
class SomeOf(Expr):
    """`at least 2 of (cond, cond, cond)`."""

    op: Literal["at least", "at most", "exactly"]
    count: Expr
    items: tuple[Expr, ...]


@dataclass(frozen=True)
class AtLeastAs(Expr):
    """`rating at least B2` on a grade, `stage at least MQL` on a stage."""

    item: Expr
    value: str


@dataclass(frozen=True)
class DaysSince(Expr):
    """`days since contact.created`, `days since visited('pricing')`."""

    item: Expr


@dataclass(frozen=True)
class DaysUntil(Expr):
    """`days until account.renewal`."""

    item: Expr
