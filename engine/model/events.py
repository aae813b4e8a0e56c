"""Tests of events, selections, and what is made of them."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from .base import Comparison, Expr, Part


@dataclass(frozen=True)
class OfType(Expr):
    """An event test: the event has one of these types (exact)."""

    types: tuple[str, ...]


@dataclass(frozen=True)
class Length(Part):
    """A duration: `count` × `unit` microseconds, rounded half away from zero. Missing or negative selects nothing.

    The count is a value of whoever selects (the lead or account of the rule), not of each event; in `ignore`, where
    nobody selects, it is one of the event's own contact and account.
    """

    count: Expr
    unit: int


@dataclass(frozen=True)
class AgeWindow(Expr):
    """An event test: low <= age < high, in exact microseconds before `as_of`; None is open."""

    low: Length | None
    high: Length | None


@dataclass(frozen=True)
class InstantWindow(Expr):
    """An event test: start <= at < end; None is open.

    Both are dates (their first instants) or timestamps, of whoever selects, as in `Length`; a missing one selects
    nothing.
    """

    start: Expr | None
    end: Expr | None


@dataclass(frozen=True)
class CalendarWindow(Expr):
    """An event test: the local calendar period of `as_of` (offset 0) or the one before it (offset -1)."""

    unit: Literal["day", "week", "month", "quarter", "year"]
    offset: int


@dataclass(frozen=True)
class Near(Expr):
    """An event test: an anchor event t exists for the event s (never the same event).

    `after`: 0 <= s − t < length; `before`: 0 <= t − s < length; `without`: no t with 0 <= t − s < length, and
    s + length <= as_of; without a length `after` needs any t at or before s, `before` any at or after it,
    `without` has no t at or after s up to as_of. `since` (what `counting since` keeps): every t is earlier than s,
    and s is none itself. The anchor's own scope says whose events t are; `same_contact` narrows to the contact of s.
    """

    relation: Literal["after", "before", "without", "since"]
    anchor: Selection
    length: Length | None = None
    same_contact: bool = False


@dataclass(frozen=True)
class Selection(Part):
    """Events of an owner that pass a test.

    `scope` is whose events: those of the lead itself, or those of the account: its own and its contacts',
    without the events of disqualified leads. In a lead row a selection of scope 'account' is over its account's.
    `which` keeps the newest or earliest n (None: one) of them; ties go to the smaller id. `portion` then keeps those of
    the newest group or stretch that has as many (decision 90): by these a line ages.
    `label` is how a person would name it; `signals` are the names of the signals in it, for the graph.
    """

    scope: Level
    test: Expr
    which: tuple[Literal["newest", "earliest"], Expr | None] | None = None
    portion: Often | None = None
    label: str = field(default="", compare=False)
    signals: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Often(Part):
    """`op` is >=, <=, ==, > or <; `unit` what is counted; `group` and `stretch` as in nodes.Often (decision 32, 90)."""

    op: Comparison
    count: Expr
    unit: Literal["times", "days", "weeks", "months", "sessions", "contacts"]
    group: Expr | None = None
    stretch: Length | None = None


@dataclass(frozen=True)
class Happened(Expr):
    """The selection selects anything, or as often as said. A missing count gives False."""

    selection: Selection
    often: Often | None = None


@dataclass(frozen=True)
class EventAggregate(Expr):
    """`count`, `distinct`, `sum`, `avg`, `median`, `min`, `max`, `newest`, `earliest`, `most_common`, `days_since`.

    `what` is evaluated for each event (None for count and days_since). Values of sum, avg and median are first
    rounded to 4 decimals (decision 54). `distinct` counts texts folded. `newest` and `earliest` skip events where
    `what` is missing. `days_since` are whole 24-hour days since the newest event.
    """

    function: str
    what: Expr | None
    selection: Selection


@dataclass(frozen=True)
class PeriodAggregate(Expr):
    """`avg(count of S per week over 12 weeks)` (decision 27)."""

    function: str
    selection: Selection
    unit: int
    periods: Expr
