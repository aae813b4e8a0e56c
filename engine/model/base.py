"""Expressions and other parts of a model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, fields
from operator import attrgetter
from typing import Any, Literal

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Node
from ..schema import Kind

Period = Literal["day", "week", "month"]
Comparison = Literal["==", "!=", "<", "<=", ">", ">="]

MICROS: Mapping[str, int] = {
    "second": 1_000_000,
    "minute": 60_000_000,
    "hour": 3_600_000_000,
    "day": 86_400_000_000,
    "week": 7 * 86_400_000_000,
    "month": 30 * 86_400_000_000,
    "year": 365 * 86_400_000_000,
}
LONGEST = 10_000 * MICROS["year"]
"""The longest time that a rule can speak of, in microseconds."""


@dataclass(frozen=True, kw_only=True)
class Expr:
    """A value of a row. `kind` is its type, `origin` the text it came from."""

    kind: Kind = "bool"
    origin: Node | None = field(default=None, compare=False, repr=False)

    def children(self) -> Iterator[Expr]:
        """The expressions directly below this one, those inside selections and lead sets included."""
        for item in inside(self):
            if isinstance(item, Expr):
                yield item
            else:
                yield from item.expressions()

    def walk(self) -> Iterator[Expr]:
        """This expression and all below it."""
        waiting = [self]
        while waiting:
            expr = waiting.pop()
            yield expr
            waiting.extend(reversed(list(expr.children())))


@dataclass(frozen=True)
class Part:
    """A piece of the model that is no expression itself but holds some."""

    def expressions(self) -> Iterator[Expr]:
        """The expressions directly in this piece, those in its own pieces included."""
        for item in inside(self):
            if isinstance(item, Expr):
                yield item
            else:
                yield from item.expressions()


# --- what holds what --------------------------------------------------------------------------------------------------

PLAIN = frozenset({str, bool, int, float, type(None)})
"""Of values of these classes nobody need ask whether they hold anything."""
_HOLDERS = (Expr, Part)
_PARTS: dict[type, tuple[str, ...]] = {}
_VALUES: dict[type, Callable[[Any], tuple[object, ...]]] = {}


def parts_of(kind: type[Expr | Part]) -> tuple[str, ...]:
    """The names of the fields of a class that can hold expressions."""
    if kind not in _PARTS:
        _PARTS[kind] = tuple(spec.name for spec in fields(kind) if spec.name not in ("origin", "span", "kind"))
    return _PARTS[kind]


def inside(item: Expr | Part) -> list[Expr | Part]:
    """The expressions and pieces that stand directly in one, in written order: whoever walks a model asks for them."""
    found: list[Expr | Part] = []
    kind = type(item)
    _gather((_VALUES.get(kind) or _values_of(kind))(item), found)
    return found


def _gather(values: tuple[object, ...], found: list[Expr | Part]) -> None:
    for value in values:
        if value.__class__ in PLAIN:
            continue
        if isinstance(value, _HOLDERS):
            found.append(value)
        elif isinstance(value, tuple):
            _gather(value, found)


def _values_of(kind: type[Expr | Part]) -> Callable[[Any], tuple[object, ...]]:
    """What gets the values of those fields, all at once."""
    names = parts_of(kind)
    if len(names) < 2:  # attrgetter gives a tuple only for several names
        _VALUES[kind] = lambda item: tuple(getattr(item, name) for name in names)
    else:
        _VALUES[kind] = attrgetter(*names)
    return _VALUES[kind]
