"""What the values of a step are written in: the expressions of the model, with references to columns instead of names.

Each class here takes the place of something in the model that needs data: a field, a result, a property, a selection.
All whole numbers (keys, instants, ages, counts, units of points) have the kind `timestamp`: they are BIGINT, as
instants are.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Literal, TypeVar

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..model import And, Conditional, Const, Expr, Missing, Not, Part
from ..model.base import PLAIN
from ..schema import Kind

Via = Literal["", "contact", "account", "owner", "home"]
"""Which entity a reference means, seen from a row. In a lead's row '' is the lead and `account` its account; in a row
of events `contact` and `account` are the event's own, `owner` is the entity for which it was selected, and `home` the
account of its contact."""


@dataclass(frozen=True)
class Ref(Expr):
    """A column that some step works out for each lead or account."""

    level: Level
    name: str
    via: Via = ""


@dataclass(frozen=True)
class Column(Expr):
    """A column of a relation that a query reads under an alias."""

    table: str
    name: str


@dataclass(frozen=True)
class Instant(Expr):
    """A column of the relation `instant`: `as_of` itself, its local date, the bounds of a calendar period."""

    name: str


@dataclass(frozen=True)
class Given(Expr):
    """A column of the relation `instant` whose value is given when a statement runs."""

    name: str


@dataclass(frozen=True)
class Factor(Expr):
    """What the decay table of a unit has in a column at an age; missing for a missing age."""

    unit: Literal["minute", "hour", "day"]
    column: str
    age: Expr


@dataclass(frozen=True)
class Call(Expr):
    """A function or an aggregate that every dialect must provide; `sql/calls.py` lists them."""

    name: str
    args: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class OfText(Expr):
    """The value that belongs to a text; missing for texts to which none does. Where no row decides the values, engines
    look it up once for each text of the dictionary in which a file keeps them, not for each row."""

    item: Expr
    values: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True)
class Frame:
    """The rows of a window, in the order of its first key; None is unbounded."""

    kind: Literal["RANGE", "ROWS"]
    start: Expr | Literal["unbounded", "current"]
    start_side: Literal["PRECEDING", "FOLLOWING"]
    end: Expr | Literal["unbounded", "current"]
    end_side: Literal["PRECEDING", "FOLLOWING"]


@dataclass(frozen=True)
class Over(Expr):
    """An aggregate or a ranking over the rows of a partition; order keys are (expression, falling).

    `across`: its rows are those of several instants (see `across.py`).
    """

    item: Call
    partition: tuple[Expr, ...]
    order: tuple[tuple[Expr, bool], ...] = ()
    frame: Frame | None = None
    across: bool = False


def integer(value: int | None) -> Const:
    """A whole number."""
    return Const(kind="timestamp", value=value)


def number(value: float | None) -> Const:
    """A double."""
    return Const(kind="number", value=value)


def call(name: str, *args: Expr, kind: Kind = "timestamp") -> Call:
    """A call that gives a whole number unless said otherwise."""
    return Call(name=name, args=args, kind=kind)


def event(name: str, kind: Kind = "timestamp") -> Column:
    """A column of the rows at hand."""
    return Column(table="e", name=name, kind=kind)


def joined(table: str, name: str, kind: Kind = "timestamp") -> Column:
    """A column of a joined relation."""
    return Column(table=table, name=name, kind=kind)


def is_known(item: Expr) -> Expr:
    """Whether there is a value."""
    return Not(item=Missing(item=item))


def both(*conditions: Expr) -> Expr:
    """All of the conditions; nothing to ask is true."""
    items = tuple(item for item in conditions if item != TRUE)
    return TRUE if not items else items[0] if len(items) == 1 else And(items=items)


def only_if(condition: Expr, value: Expr, other: Expr | None = None) -> Expr:
    """The value where the condition holds, else the other one, else missing."""
    return value if condition == TRUE else Conditional(value=value, condition=condition, other=other, kind=value.kind)


TRUE = Const(value=True)
FALSE = Const(value=False)

T = TypeVar("T")


def rewrite(item: T, change: Callable[[Expr], Expr | None]) -> T:
    """The same tree with some expressions replaced: `change` is asked from the top down, None means go on below."""
    return _rewrite(item, change)  # type: ignore[return-value]


def _rewrite(item: object, change: Callable[[Expr], Expr | None]) -> object:
    kind = item.__class__
    if kind in PLAIN:
        return item
    if isinstance(item, tuple):
        made = tuple([_rewrite(each, change) for each in item])
        return item if all(map(operator.is_, made, item)) else made
    if not isinstance(item, _NODES):
        return item
    if isinstance(item, Expr) and (new := change(item)) is not None:
        return new
    own = item.__dict__
    changed = {}
    for name in _KNOWN_PARTS.get(kind) or _parts(item):
        old = own[name]
        if old.__class__ not in PLAIN and (value := _rewrite(old, change)) is not old:
            changed[name] = value
    return _changed(item, changed) if changed else item


def _changed(item: Expr | Part | Frame, values: dict[str, object]) -> object:
    """`replace` for nodes, whose fields are all that they have: it is asked for thousands of times."""
    made = object.__new__(item.__class__)
    own = made.__dict__
    own.update(item.__dict__)
    own.pop(_LEAVES, None)
    own.update(values)
    return made


_KNOWN_PARTS: dict[type, tuple[str, ...]] = {}


def _parts(item: Expr | Part | Frame) -> tuple[str, ...]:
    """The names of what a node is made from, remembered for each type."""
    kind = type(item)
    if kind not in _KNOWN_PARTS:
        _KNOWN_PARTS[kind] = tuple(spec.name for spec in fields(item) if spec.name not in ("origin", "kind"))
    return _KNOWN_PARTS[kind]


def leaves(item: object) -> tuple[Expr, ...]:
    """All references and look-ups of an expression, those inside windows and their frames included.

    A node keeps its own, since it never changes and is asked again and again.
    """
    if isinstance(item, tuple):
        return tuple([leaf for each in item if each.__class__ not in PLAIN for leaf in leaves(each)])
    if not isinstance(item, _NODES):
        return ()
    own = item.__dict__
    found: tuple[Expr, ...] | None = own.get(_LEAVES)
    if found is None:
        found = (item,) if isinstance(item, (Ref, Column, Instant, Factor)) else ()
        if not isinstance(item, (Ref, Column, Instant)):
            found += leaves(tuple([own[name] for name in _KNOWN_PARTS.get(item.__class__) or _parts(item)]))
        own[_LEAVES] = found
    return found


_LEAVES = "leaves of the plan"
_NODES = (Expr, Part, Frame)


def has_window(item: object) -> bool:
    """Whether an expression compares its row with others."""
    if isinstance(item, tuple):
        return any(map(has_window, item))
    if not isinstance(item, _NODES):
        return False
    return isinstance(item, Over) or any(has_window(getattr(item, name)) for name in _parts(item))


def seen_from(item: T, via: Via) -> T:
    """The expression of an entity's row as it reads in a row that reaches this entity by `via`."""
    return rewrite(item, lambda each: replace(each, via=via) if isinstance(each, Ref) and each.via == "" else None)
