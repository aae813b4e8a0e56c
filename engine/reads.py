"""What a definition, or a single line of one, reads: fields, results of other rules, events.

Some reads are implied: a rule that rolls leads up, or that selects events of an account, leaves out the leads that
are disqualified, and so reads every `disqualify` line of leads (SEMANTICS.md, decisions 11, 33 and 37).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from ..grammar.nodes import Level
from ..grammar.source import Span
from .model import (
    Block,
    Expr,
    Field,
    LeadSet,
    Line,
    OfType,
    Part,
    Result,
    Selection,
    Stages,
    Standing,
)
from .model.base import inside
from .rows import walk

Kind = Literal["event", "signal", "ignore", "field", "derived", "measure", "score", "grade", "disqualify", "stage"]

EVERY = "*"
"""The name that stands for all `disqualify` lines of a level."""


class Key(NamedTuple):
    """What a node of the graph is. Events and signals have no level; the fields of contacts have level `lead`."""

    kind: Kind
    level: Level | None
    name: str

    @property
    def words(self) -> str:
        """The readable name: `engagement of leads`, `contact.role`, `visited`."""
        plural = f"{self.level}s"
        match self.kind:
            case "field" | "derived":
                return f"{'contact' if self.level == 'lead' else 'account'}.{self.name}"
            case "disqualify":
                return f"disqualification {self.name} of {plural}"
            case "stage":
                return f"stage of {plural}"
            case "ignore":
                return f"ignore {self.name}"
            case "event" | "signal":
                return self.name
        return f"{self.name} of {plural}"


class Read(NamedTuple):
    """One read and the place where it is written. `implied`: nobody wrote it, the meaning of the place asks for it."""

    key: Key
    span: Span
    implied: bool = False


class Selected(NamedTuple):
    """A selection that something makes: signals (none where event types are named directly) and event types."""

    selection: Selection
    span: Span

    @property
    def types(self) -> tuple[str, ...]:
        """The event types in the selection's own test, those of its sequences' anchors not included."""
        return tuple(dict.fromkeys(types_of(self.selection.test)))


def types_of(test: Expr) -> Iterator[str]:
    """The event types that a test names, outside selections that it contains."""
    if isinstance(test, OfType):
        yield from test.types
    for child in own_children(test):
        yield from types_of(child)


def own_children(item: Expr | Part) -> Iterator[Expr]:
    """The expressions below one without those inside its selections."""
    for below in inside(item):
        if isinstance(below, Expr):
            yield below
        elif not isinstance(below, Selection):
            yield from own_children(below)


def reads(part: Part, level: Level) -> Iterator[Read | Selected]:
    """All that a definition of a level, or a line or block of one, reads, in written order."""
    for step in walk(part, level):
        match step.item:
            case Field(level=owner, name=name):
                yield Read(Key("field", "lead" if owner == "contact" else "account", name), step.span)
            case Result(what="stage", level=owner):
                yield Read(Key("stage", owner, "stage"), step.span)
            case Result(what="disqualified", level=owner):
                yield Read(Key("disqualify", owner, EVERY), step.span)
            case Result(what="score" | "measure" | "grade" as kind, level=owner, name=name):
                yield Read(Key(kind, owner, name), step.span)
            case Selection() as selection:
                yield Selected(selection, step.span)
        for population in _populations(step.item, step.level):
            yield Read(Key("disqualify", population, EVERY), step.span, implied=True)


def _populations(item: Expr | Part, level: Level) -> Iterator[Level]:
    """The levels whose disqualified entities are left out here."""
    match item:
        case Stages(level=own):
            yield own
        case LeadSet() | Selection(scope="account"):
            yield "lead"
        case Standing():
            yield level


def with_only(items: tuple[Line | Block, ...], line: str) -> tuple[Line | Block, ...]:
    """The items cut down to the line of that id and the blocks that hold it; empty if it is not among them."""
    kept: list[Line | Block] = []
    for item in items:
        if isinstance(item, Line):
            kept += [item] if item.id == line else []
        elif inner := with_only(item.items, line):
            kept.append(Block(item.kind, inner, item.id, item.condition, item.bounds, item.span))
    return tuple(kept)
