"""Events in time: durations, windows, sequences, selections, and what is counted of events and leads."""

from __future__ import annotations

from typing import Literal

from ..late_methods import dataclass
from .base import Expr, Node, Quantity, Unit
from .values import Name


@dataclass(frozen=True)
class Duration(Node):
    """`14 days`, `account.cycle days`, `1 week`."""

    count: Expr
    unit: Unit


class Window(Node):
    """A filter of events by their time."""


@dataclass(frozen=True)
class Within(Window):
    """`within 30 days`: age below the duration."""

    duration: Duration


@dataclass(frozen=True)
class BetweenAgo(Window):
    """`between 30 and 60 days ago`: low <= age < high, both in the unit of `high`."""

    low: Expr
    high: Duration


@dataclass(frozen=True)
class MoreThanAgo(Window):
    """`more than 60 days ago`."""

    duration: Duration


@dataclass(frozen=True)
class SinceMoment(Window):
    """`since 2026-01-01`."""

    moment: Expr


@dataclass(frozen=True)
class BeforeMoment(Window):
    """`before 2026-01-01`."""

    moment: Expr


@dataclass(frozen=True)
class BetweenMoments(Window):
    """`between 2026-01-01 and 2026-02-01`: the first belongs to it, the second does not."""

    low: Expr
    high: Expr


@dataclass(frozen=True)
class Calendar(Window):
    """`this month`, `last quarter`; `today` is this day."""

    which: Literal["this", "last"]
    unit: Unit


@dataclass(frozen=True)
class Sequence(Node):
    """`within 7 days after T`, `within 1 hour before T`, `ever after T`, `without T within 7 days`, `without T`."""

    relation: Literal["after", "before", "without"]
    anchor: Expr
    duration: Duration | None = None
    same_contact: bool = False


@dataclass(frozen=True)
class Which(Node):
    """`newest S`, `earliest S`, `newest 10 S`."""

    end: Literal["newest", "earliest"]
    count: Expr | None = None


@dataclass(frozen=True)
class Often(Node):
    """`at least 3 times`, `on at least 3 days`, `across at least 3 weeks`, `by at least 3 contacts`.

    `group` is a period, `session` or a property (`in one day`); `stretch` is `in any 7 days`.
    """

    op: Quantity
    count: Expr
    unit: Literal["times", "days", "weeks", "months", "sessions", "contacts"] = "times"
    group: Name | None = None
    stretch: Duration | None = None


@dataclass(frozen=True)
class Selection(Expr):
    """Events in time: a source (a name, a quoted type, a call, or an `or` of selections) and its pieces.

    A bare name or call without pieces stays a Name or a Call. Windows and sequences are filters and come
    first, in written order; then which; then how often.
    """

    source: Expr
    filters: tuple[Window | Sequence, ...] = ()
    which: Which | None = None
    often: Often | None = None


@dataclass(frozen=True)
class Leads(Node):
    """`leads where engagement >= 20`, `top 3 leads by engagement`; filtered first, then ranked."""

    where: Expr | None = None
    end: Literal["top", "bottom"] | None = None
    count: Expr | None = None
    by: Expr | None = None


@dataclass(frozen=True)
class Aggregate(Expr):
    """`count(S)`, `sum(minutes of S)`, `max(fit of leads)`, `coverage(role of leads where …, roles, weight)`.

    `function` is one of count, distinct, sum, avg, median, min, max, newest, earliest, most_common over
    events; count, distinct, sum, avg, median, min, max, share, any, all, coverage over leads.
    """

    function: str
    what: Expr | None
    of: Expr | Leads
    args: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class PerPeriod(Expr):
    """`avg(count of S per week over 12 weeks)`."""

    function: Literal["avg", "stddev", "max", "min", "sum", "median"]
    of: Expr
    unit: Unit
    over: Duration


@dataclass(frozen=True)
class Standing(Expr):
    """`rank(engagement)`, `percentile(engagement per industry)`."""

    function: Literal["rank", "percentile"]
    what: Expr
    per: Expr | None = None
