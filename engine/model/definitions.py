"""Definitions, and the whole model."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from datetime import date
from functools import cached_property
from typing import Literal

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ...grammar.source import NOWHERE, Span
from ..records import Value
from ..schema import Schema
from .base import Expr, Part, inside
from .effects import Block, Bound, Line
from .events import Length, Selection
from .meaning import meaning
from .values import Field, Prop


@dataclass(frozen=True)
class IgnoreEvents(Part):
    """Events of the data as read that are left out; its selections (anchors) see the data as read too."""

    test: Expr
    text: str = field(default="", compare=False)
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class IgnoreContacts(Part):
    """Contacts that are left out with all their events; fields as read, without derivation."""

    where: Expr
    text: str = field(default="", compare=False)
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Derived(Part):
    """A field that is computed where the data have no value for it."""

    level: Literal["contact", "account"]
    name: str
    value: Expr
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Measure(Part):
    level: Level
    name: str
    value: Expr
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Score(Part):
    """A score; `low` and `high` clamp it; `bounds` are those of its head per period (over all its lines)."""

    level: Level
    name: str
    items: tuple[Line | Block, ...]
    low: float | None = None
    high: float | None = None
    bounds: tuple[Bound, ...] = ()
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Disqualification(Part):
    """A `disqualify` line, a node of its own: it holds if its condition does (enclosing `when` conditions are in it
    already), and, with `lasting`, while the age of the newest event of `ages_by` is below it. `score` is where it
    stood, `position` its rank in file order."""

    level: Level
    id: str
    reason: str
    condition: Expr
    lasting: Length | None = None
    ages_by: Selection | None = None
    score: str = field(default="", compare=False)
    position: int = 0
    label: str | None = field(default=None, compare=False)
    text: str = field(default="", compare=False)
    has_written_id: bool = field(default=True, compare=False)
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Axis(Part):
    """Cuts fall from left to right: the first whose cut is at or below the value. `rest` takes what is left, missing
    included; without it such a value makes the whole grade missing."""

    value: Expr
    cuts: tuple[tuple[str, Expr], ...]
    rest: str | None = None


@dataclass(frozen=True)
class Grade(Part):
    level: Level
    name: str
    axes: tuple[Axis, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Stage(Part):
    name: str
    condition: Expr
    label: str | None = None
    stays_while: Expr | None = None
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Stages(Part):
    """A ladder: an entity is at the last stage whose condition holds (`in_order`: and all before it hold)."""

    level: Level
    stages: tuple[Stage, ...]
    in_order: bool = False
    span: Span = field(default=NOWHERE, compare=False, repr=False)


Definition = Derived | Measure | Score | Disqualification | Grade | Stages


@dataclass(frozen=True)
class Model:
    """A whole ruleset. `order` lists the definitions so that each comes after all that it reads (`graph.py` makes it);
    disqualifications of leads come before every definition that rolls leads up. `history_from` is the first day that
    a stage remembers; None: that of the oldest event."""

    name: str
    version: str
    timezone: str
    schema: Schema
    order: tuple[Definition, ...]
    ignored: tuple[IgnoreEvents | IgnoreContacts, ...] = ()
    params: Mapping[str, Value] = field(default_factory=dict)
    session_gap: int = 30 * 60 * 1_000_000
    history_from: date | None = None

    @cached_property
    def fingerprint(self) -> str:
        """`sha256:…` of what the rules mean: the same for equal rules however they are laid out.

        Places, comments, labels and the order of files do not take part; lists, tables, params and the schema do.
        """
        reasons = [*self.disqualifications("lead"), *self.disqualifications("account")]
        rest = (item for item in self.order if not isinstance(item, Disqualification))
        parts = (
            (self.timezone, self.session_gap, self.params, self.schema, self.ignored),
            *([] if self.history_from is None else [self.history_from]),
            [replace(item, score="", position=rank) for rank, item in enumerate(reasons)],
            sorted(map(meaning, rest)),
        )
        return f"sha256:{hashlib.sha256(meaning(parts).encode('utf-8', 'surrogatepass')).hexdigest()}"

    @cached_property
    def classes(self) -> frozenset[type]:
        """The classes of all that stands in the definitions: whoever looks for one need not go through them."""
        return frozenset(map(type, _all_inside(self.order)))

    @cached_property
    def named(self) -> tuple[frozenset[tuple[str, str]], frozenset[str]]:
        """The fields that anything reads, each with its level, and the properties of events."""
        fields: set[tuple[str, str]] = set()
        properties: set[str] = set()
        for item in _all_inside([*self.ignored, *self.order]):
            if isinstance(item, Field):
                fields.add((item.level, item.name))
            elif isinstance(item, Prop):
                properties.add(item.name)
        return frozenset(fields), frozenset(properties)

    def scores(self, level: Level) -> list[Score]:
        """The scores of a level in the order of their computation."""
        return [item for item in self.order if isinstance(item, Score) and item.level == level]

    def measures(self, level: Level) -> list[Measure]:
        return [item for item in self.order if isinstance(item, Measure) and item.level == level]

    def grades(self, level: Level) -> list[Grade]:
        return [item for item in self.order if isinstance(item, Grade) and item.level == level]

    def stages(self, level: Level) -> Stages | None:
        """The ladder of a level, if it has one."""
        return next((item for item in self.order if isinstance(item, Stages) and item.level == level), None)

    def says_of(self, level: Level) -> bool:
        """Whether there is a result of a level at all."""
        return any(not isinstance(item, Derived) and item.level == level for item in self.order)

    def disqualifications(self, level: Level) -> list[Disqualification]:
        """In file order: the first that holds gives the reason."""
        found = [item for item in self.order if isinstance(item, Disqualification) and item.level == level]
        return sorted(found, key=lambda item: item.position)


def _all_inside(parts: Iterable[Part]) -> Iterator[Expr | Part]:
    """Some parts and all that stands in them, in no order."""
    waiting: list[Expr | Part] = list(parts)
    while waiting:
        item = waiting.pop()
        yield item
        waiting.extend(inside(item))


def lines(items: tuple[Line | Block, ...]) -> Iterator[Line]:
    """All lines of a score or a block, in written order."""
    for item in items:
        if isinstance(item, Line):
            yield item
        else:
            yield from lines(item.items)
