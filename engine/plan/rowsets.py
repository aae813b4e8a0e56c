"""Sets of rows that belong to leads or accounts, and what is asked of them. How they are computed is another matter
(`flows.py`): a new physical plan is a new way to make these, nothing above changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal, TypeVar

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..model import Comparison, Expr, Part
from ..schema import Kind
from .scalars import Ref, leaves


@dataclass(frozen=True)
class EventSet(Part):
    """The events of each `key` that pass a test.

    `scope` says which events are an entity's: those of the lead, or those of the account. A set of scope `account`
    with key `lead` is worked out for each lead apart, because its test reads the lead. `without`: events of leads for
    whom this column is known are left out. `raw`: inside `ignore`, events as read.
    """

    key: Level
    scope: Level
    test: Expr
    which: tuple[Literal["newest", "earliest"], Expr] | None = None
    without: Ref | None = None
    raw: bool = False


@dataclass(frozen=True)
class Beside(Expr):
    """A test on an event: one of the anchors lies beside it in time (`model.Near`); `length` in microseconds."""

    relation: Literal["after", "before", "without"]
    anchor: EventSet
    length: Expr | None
    same_contact: bool


def besides(test: Expr) -> Iterator[Beside]:
    """The tests that look at other events, not those of the anchors themselves."""
    if isinstance(test, Beside):
        yield test
    else:
        for child in test.children():
            yield from besides(child)


@dataclass(frozen=True)
class Counter(Part):
    """What `how often` counts: rows, or distinct values of an expression; compared with a number. Within one group of
    rows (`by`), or one stretch of so many microseconds (`length`), where one of them is given."""

    distinct: Expr | None
    op: Comparison
    count: Expr
    by: Expr | None = None
    length: Expr | None = None

    @property
    def is_within(self) -> bool:
        """Whether it counts group by group, or stretch by stretch."""
        return self.by is not None or self.length is not None


@dataclass(frozen=True)
class Portioned(Part):
    """The rows of the portions that have as many: of groups all rows, of stretches the rows with which they end."""

    rows: Rows
    counter: Counter

    @property
    def key(self) -> Level:
        return self.rows.key


@dataclass(frozen=True)
class Grouped(Part):
    """Groups of events by a value: each is the row of its newest event, with `group_size`, `group_first` and, for
    `each prop of`, the smallest spelling as `group_value`. With a counter only those that have as many."""

    rows: Rows
    by: Expr
    value: Expr | None = None
    often: Counter | None = None

    @property
    def key(self) -> Level:
        return self.rows.key


@dataclass(frozen=True)
class Limited(Part):
    """The first n rows of each group: those worth most, then the newest, then the smaller id."""

    rows: Rows
    count: Expr
    by: tuple[Expr, ...]
    points: Expr | None

    @property
    def key(self) -> Level:
        return self.rows.key


@dataclass(frozen=True)
class Cooled(Part):
    """The rows that are also among those that a cooldown lets count, walking over `walked`, oldest first."""

    rows: Rows
    walked: Rows
    length: int

    @property
    def key(self) -> Level:
        return self.rows.key


@dataclass(frozen=True)
class LeadRows(Part):
    """The leads of each account that pass `where`, then the top or bottom n by a key; without those for whom the
    column `without` is known."""

    without: Ref | None = None
    where: Expr | None = None
    end: Literal["top", "bottom"] | None = None
    count: Expr | None = None
    by: Expr | None = None
    key: Level = "account"


@dataclass(frozen=True)
class Valued(Part):
    """The rows of a line with what each is worth, as `kept` units; those without worth are left out. `rank` is the
    line's place in its score."""

    rows: Rows
    worth: Expr
    rank: int

    @property
    def key(self) -> Level:
        return self.rows.key


@dataclass(frozen=True)
class Pool(Part):
    """What one line or block brings into a pool, and whether it applies."""

    rows: Pieces
    applies: Expr


@dataclass(frozen=True)
class Pooled(Part):
    """The valued rows of several lines together, for the bounds of a group or a score."""

    parts: tuple[Pool, ...]
    key: Level


@dataclass(frozen=True)
class Capped(Part):
    """Valued rows after a bound within each group (`by`; None: all of an owner's rows): what it takes or adds is taken
    from the newest rows of the other sign first, each down to 0, and the rest from the newest (decision 116)."""

    rows: Pieces
    kind: Literal["max", "min"]
    value: Expr
    by: Expr | None = None

    @property
    def key(self) -> Level:
        return self.rows.key


Pieces = Valued | Pooled | Capped
Rows = EventSet | Grouped | Limited | Cooled | LeadRows | Portioned | Valued | Pooled | Capped

Plain = Literal["count", "newest", "oldest", "sum", "min", "max", "bits"]
Special = Literal[
    "distinct",
    "median",
    "newest_value",
    "earliest_value",
    "smallest",
    "largest",
    "most_common",
    "periods",
    "bounded",
]


@dataclass(frozen=True)
class Bounding(Part):
    """A bound within each group: `max` or `min`, units."""

    kind: Literal["max", "min"]
    value: Expr


@dataclass(frozen=True)
class Output(Part):
    """One number or value for each entity, from a set of rows.

    Plain ones are single aggregates and can share a scan; special ones have a query of their own. `newest` and
    `oldest` are instants; `bits` are those that any row has. `periods` is a function over counts per rolling period of
    `unit` microseconds; `bounded` is what bounds within each group change.
    """

    what: Plain | Special
    item: Expr | None = None
    kind: Kind = "timestamp"
    by: tuple[Expr, ...] = ()
    counter: Counter | None = None
    function: str = ""
    unit: int = 0
    bounds: tuple[Bounding, ...] = ()

    @property
    def is_plain(self) -> bool:
        return self.what in ("count", "newest", "oldest", "sum", "min", "max", "bits")


SomeRows = TypeVar("SomeRows", bound=Rows)


def keyed(rows: SomeRows, asked: object, row: Level) -> SomeRows:
    """An account's rows for each of its leads apart, where what a lead's rule asks of them reads the lead."""
    if row == "account" or rows.key == "lead":
        return rows
    apart = any(isinstance(leaf, Ref) and leaf.via == "owner" for leaf in leaves((rows, asked)))
    return for_each_lead(rows) if apart else rows


def for_each_lead(rows: SomeRows) -> SomeRows:
    """A set of an account's events as the set of each of its leads."""
    if isinstance(rows, EventSet):
        return replace(rows, key="lead")
    if isinstance(rows, Cooled):
        return replace(rows, rows=for_each_lead(rows.rows), walked=for_each_lead(rows.walked))
    if isinstance(rows, Grouped | Limited | Portioned | Valued):
        return replace(rows, rows=for_each_lead(rows.rows))
    if isinstance(rows, Capped):
        return replace(rows, rows=for_each_lead(rows.rows))
    assert isinstance(rows, Pooled)
    return replace(rows, parts=tuple(replace(part, rows=for_each_lead(part.rows)) for part in rows.parts), key="lead")
