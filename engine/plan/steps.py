"""A plan: named relational steps, each a query over the data and earlier steps. Nothing in it belongs to a dialect."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Literal, TypeVar, cast

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..model import Decay, Expr, Model
from ..records import Value
from ..schema import Kind

LEVELS: tuple[Level, ...] = ("lead", "account")

DATA = ("accounts", "contacts", "events")
"""The tables of a dataset."""

INSTANT = "instant"
"""The relation of one row that says when: `as_of` and what depends on nothing else."""

NUMBER = "instant number"
"""The column with the number of the instant, where there are many; no property can have this name."""

EVERY = "instants"
"""Of many instants all in a stretch of time, whichever of them are worked on: `as_of`."""

AT_HAND = "instants at hand"
"""Of these the first and the last of some that follow each other, those that are worked on among them: `first`, `last`.
"""


@dataclass(frozen=True)
class Values:
    """Rows that a plan brings along: constants by column, each column of one kind."""

    columns: tuple[tuple[str, Kind], ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True)
class Source:
    """A relation (a step, a table of the data, or a query of its own) under an alias."""

    relation: str | Query | Union | Values
    alias: str = "e"


@dataclass(frozen=True)
class Join:
    """One more relation beside the first. `anti` and `semi` keep rows without or with a partner; `next` takes of those
    that are not less than a column the smallest."""

    relation: str | Query | Union | Values
    alias: str
    on: Expr | None
    kind: Literal["left", "inner", "cross", "anti", "semi", "next"] = "left"


@dataclass(frozen=True)
class Query:
    """One SELECT: columns by name, from a source and joins, filtered, grouped. `order` decides nothing but how near to
    each other an engine finds what belongs together."""

    columns: tuple[tuple[str, Expr], ...]
    source: Source
    joins: tuple[Join, ...] = ()
    where: tuple[Expr, ...] = ()
    group: tuple[Expr, ...] = ()
    distinct: bool = False
    order: tuple[Expr, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.columns)


@dataclass(frozen=True)
class Union:
    """The rows of several queries with the same columns, duplicates kept."""

    parts: tuple[Query, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return self.parts[0].names


CHAIN = "found"
"""In a walk: the rows that were found last."""


@dataclass(frozen=True)
class Chain:
    """A walk: `first` rows, then `next` rows again and again from those found last."""

    first: Query
    next: Query

    @property
    def names(self) -> tuple[str, ...]:
        return self.first.names


Relation = Query | Union | Chain


@dataclass(frozen=True)
class Step:
    """A relation that is worked out once and kept until its last reader is done."""

    name: str
    relation: Relation
    purpose: str
    part: Literal["scores", "contributions", "data"] = "scores"

    @property
    def reads(self) -> tuple[str, ...]:
        """The relations that it reads, in order of appearance."""
        return tuple(dict.fromkeys(name for name in relations(self.relation) if name != CHAIN))


@dataclass(frozen=True)
class DecayColumn:
    """A column of a decay table: the units that `points` are worth at an age, or for points that vary the factor
    (or, for `loses points`, what is lost)."""

    name: str
    decay: Decay
    points: float | None


@dataclass(frozen=True)
class DecayStep:
    """A table by age that Python makes (`engine/decay.py`), for the ages that occur: no engine computes a power.

    It has a column for each of `columns`; if it is `long`, a row instead, with its number as `decay` and its `units`.
    """

    name: str
    ages: Query
    columns: tuple[DecayColumn, ...]
    purpose: str
    long: bool = False
    part: Literal["scores", "contributions"] = "scores"

    @property
    def reads(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(relations(self.ages)))


@dataclass(frozen=True)
class InstantColumn:
    """A column of the relation `instant` beyond `as_of`: the local date, the same as a number counted from 1970, or a
    bound of a calendar period in µs."""

    name: str
    what: Literal["today", "day", "start", "end"]
    unit: Literal["day", "week", "month", "quarter", "year"] = "day"
    back: int = 0


@dataclass(frozen=True)
class ResultColumn:
    """A column of the results: `name` in the step, `title` for people."""

    name: str
    title: str
    role: Literal["id", "score", "measure", "grade", "stage", "disqualified", "stage_since", "reached", "kept"]
    kind: Kind


@dataclass(frozen=True)
class Carried:
    """The columns of events that a run leaves to later ones, with a word that says how they are made."""

    names: tuple[str, ...] = ()
    how: str = ""

    def __bool__(self) -> bool:
        return bool(self.names)


NOTHING_CARRIED = Carried()


@dataclass(frozen=True)
class Plan:
    """All steps in their order, and where the results are found.

    `results` has the columns of `lead_results` and `account_results`; `reasons` the texts of the `ignore` lines by
    their number; `contributions` the step of the entries, if asked for; `entries` says of each of their numbers the
    level, the score, the line and the kind; `reach` which events rules read, and how far back (see `reach.py`).

    `carried` is what it leaves of events to later runs, and `again` are the steps that make events of that and of what
    is new (see `carried.py`).

    `history`: with columns that say on which days stages began (whole numbers, counted from 1970).

    Where rules remember the days before, `kept` has further columns of the results, by their titles: what a day must
    tell the next one. `days` is the plan that works the days before out: at many of them at once if it `looks_back`,
    else at one after the other; it `compares` if what it keeps of somebody hangs on all others. `doubt` is the plan of
    who might have other results if he were told of the days before; None if that is everybody.
    """

    model: Model
    steps: tuple[Step | DecayStep, ...]
    instant: tuple[InstantColumn, ...]
    results: Mapping[Level, tuple[ResultColumn, ...]]
    reasons: tuple[str, ...] = ()
    contributions: str | None = None
    entries: tuple[tuple[Level, str, str | None, str], ...] = field(default=(), repr=False)
    reach: Mapping[str, int | None] = field(default_factory=dict)
    kept: Mapping[Level, tuple[ResultColumn, ...]] = field(default_factory=dict)
    days: Plan | None = None
    doubt: Plan | None = None
    looks_back: bool = False
    compares: bool = False
    history: bool = False
    carried: Carried = NOTHING_CARRIED
    again: tuple[Step, ...] = field(default=(), repr=False)

    def step(self, name: str) -> Step | DecayStep:
        """The step of that name."""
        return next(step for step in self.steps if step.name == name)


def relations(relation: Relation | Values | str) -> Iterator[str]:
    """The names of all relations that a relation reads, itself if it is a name."""
    if isinstance(relation, Values):
        return
    if isinstance(relation, str):
        yield relation
    elif isinstance(relation, Union):
        for part in relation.parts:
            yield from relations(part)
    elif isinstance(relation, Chain):
        yield from relations(relation.first)
        yield from relations(relation.next)
    else:
        yield from relations(relation.source.relation)
        for join in relation.joins:
            yield from relations(join.relation)


R = TypeVar("R", bound="Relation | Values | str")


def rebuilt(relation: R, change: Callable[[Query], Query]) -> R:
    """The relation with each query that it consists of changed; queries inside of queries are left to `change`."""
    made: Relation | Values | str = relation
    match relation:
        case Query():
            made = change(relation)
        case Union():
            made = Union(tuple(change(part) for part in relation.parts))
        case Chain():
            made = Chain(change(relation.first), change(relation.next))
    return cast(R, made)
