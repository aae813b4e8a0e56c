"""What a definition, or a single line of one, reads: fields, results of other rules, events.

Some reads are implied: a rule that rolls leads up, or that selects events of an account, leaves out the leads that
are disqualified, and so reads every `disqualify` line of leads (SEMANTICS.md, decisions 11, 33 and 37).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal

from ..grammar.nodes import Level
from ..grammar.source import NOWHERE, Span
from .model import (
    Block,
    Coverage,
    Expr,
    Field,
    LeadAggregate,
    LeadSet,
    Line,
    OfType,
    Part,
    Result,
    Selection,
    Stages,
    Standing,
)

Kind = Literal["event", "signal", "ignore", "field", "derived", "measure", "score", "grade", "disqualify", "stage"]

EVERY = "*"
"""The name that stands for all `disqualify` lines of a level."""


@dataclass(frozen=True, order=True)
class Key:
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


@dataclass(frozen=True)
class Read:
    """One read and the place where it is written. `implied`: nobody wrote it, the meaning of the place asks for it."""

    key: Key
    span: Span
    implied: bool = False


@dataclass(frozen=True)
class Selected:
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


def own_children(expr: Expr) -> Iterator[Expr]:
    """The expressions below one without those inside its selections."""
    for spec in fields(expr):
        yield from _own(getattr(expr, spec.name))


def _own(value: object) -> Iterator[Expr]:
    if isinstance(value, Expr):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _own(item)
    elif isinstance(value, Part) and not isinstance(value, Selection):
        for spec in fields(value):
            yield from _own(getattr(value, spec.name))


def reads(part: Part, level: Level) -> Iterator[Read | Selected]:
    """All that a definition of a level, or a line or block of one, reads, in written order."""
    if isinstance(part, Stages):
        yield Read(Key("disqualify", part.level, EVERY), part.span, implied=True)
    yield from _part(part, level, NOWHERE)


def _walk(value: object, level: Level, span: Span) -> Iterator[Read | Selected]:
    """`level` is that of the row for which the value is worked out, `span` the closest place known."""
    if isinstance(value, tuple):
        for item in value:
            yield from _walk(item, level, span)
    elif isinstance(value, Expr):
        yield from _expression(value, level, value.origin.span if value.origin else span)
    elif isinstance(value, Part):
        yield from _part(value, level, span)


def _inside(value: Expr | Part, level: Level, span: Span) -> Iterator[Read | Selected]:
    for spec in fields(value):
        yield from _walk(getattr(value, spec.name), level, span)


def _expression(expr: Expr, level: Level, span: Span) -> Iterator[Read | Selected]:
    match expr:
        case Field(level="contact", name=name):
            yield Read(Key("field", "lead", name), span)
        case Field(name=name):
            yield Read(Key("field", "account", name), span)
        case Result(what="stage"):
            yield Read(Key("stage", expr.level, "stage"), span)
        case Result(what="disqualified"):
            yield Read(Key("disqualify", expr.level, EVERY), span)
        case Result(what="score" | "measure" | "grade" as kind, name=name):
            yield Read(Key(kind, expr.level, name), span)
        case LeadAggregate() | Coverage():
            yield from _inside(expr, "lead", span)
        case Standing():
            yield Read(Key("disqualify", _population(expr, level), EVERY), span, implied=True)
            yield from _inside(expr, level, span)
        case _:
            yield from _inside(expr, level, span)


def _population(expr: Standing, level: Level) -> Level:
    """The entities among which a result is ranked: those whose result it is."""
    return next((item.level for item in expr.what.walk() if isinstance(item, Result)), level)


def _part(part: Part, level: Level, around: Span) -> Iterator[Read | Selected]:
    span: Span = getattr(part, "span", around)
    match part:
        case Selection():
            yield Selected(part, span)
            if part.scope == "account":
                yield Read(Key("disqualify", "lead", EVERY), span, implied=True)
            yield from _inside(part, level, span)
        case LeadSet():
            yield Read(Key("disqualify", "lead", EVERY), span, implied=True)
            yield from _inside(part, "lead", span)
        case Line(each=each) if each is not None and each.unit == "lead":
            yield from _inside(part, "lead", span)
        case _:
            yield from _inside(part, level, span)


def with_only(items: tuple[Line | Block, ...], line: str) -> tuple[Line | Block, ...]:
    """The items cut down to the line of that id and the blocks that hold it; empty if it is not among them."""
    kept: list[Line | Block] = []
    for item in items:
        if isinstance(item, Line):
            kept += [item] if item.id == line else []
        elif inner := with_only(item.items, line):
            kept.append(Block(item.kind, inner, item.id, item.condition, item.bounds, item.span))
    return tuple(kept)
