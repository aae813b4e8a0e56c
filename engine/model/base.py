"""Expressions and other parts of a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Literal

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
        for spec in fields(self):
            yield from _expressions(getattr(self, spec.name))

    def walk(self) -> Iterator[Expr]:
        """This expression and all below it."""
        yield self
        for child in self.children():
            yield from child.walk()


def _expressions(value: object) -> Iterator[Expr]:
    if isinstance(value, Expr):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _expressions(item)
    elif isinstance(value, Part):
        for spec in fields(value):
            yield from _expressions(getattr(value, spec.name))


@dataclass(frozen=True)
class Part:
    """A piece of the model that is no expression itself but holds some."""
