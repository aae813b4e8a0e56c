"""What every node has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Literal

from ..source import NOWHERE, Span

Level = Literal["lead", "account"]
Unit = Literal["second", "minute", "hour", "day", "week", "month", "quarter", "year"]
Quantity = Literal["at least", "at most", "exactly", "more than", "fewer than"]


@dataclass(frozen=True, kw_only=True)
class Node:
    """What every node has: the place where it stands."""

    span: Span = field(default=NOWHERE, compare=False, repr=False)

    def children(self) -> Iterator[Node]:
        """The nodes directly below this one, in written order."""
        for spec in fields(self):
            value = getattr(self, spec.name)
            for item in value if isinstance(value, tuple) else (value,):
                if isinstance(item, Node):
                    yield item

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in written order."""
        yield self
        for child in self.children():
            yield from child.walk()


class Expr(Node):
    """Anything that has a value or a truth: conditions, numbers, texts, selections."""
