"""What every node has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, fields
from typing import Literal

from ..late_methods import dataclass
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
        for name in _names_of(type(self)):
            value = getattr(self, name)
            if isinstance(value, Node):
                yield value
            elif value.__class__ is tuple:
                for item in value:
                    if isinstance(item, Node):
                        yield item

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in written order."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(list(node.children())))


_NAMES: dict[type[Node], tuple[str, ...]] = {}


def _names_of(kind: type[Node]) -> tuple[str, ...]:
    """The names of a class's fields; asked of every node, and `fields` takes its time."""
    if kind not in _NAMES:
        _NAMES[kind] = tuple(spec.name for spec in fields(kind))
    return _NAMES[kind]


class Expr(Node):
    """Anything that has a value or a truth: conditions, numbers, texts, selections."""
