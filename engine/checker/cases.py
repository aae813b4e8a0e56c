"""The block of a derived field or a measure: the first case that holds, every value of one kind."""

from __future__ import annotations

from dataclasses import field

from ...grammar import nodes as n
from ...grammar.late_methods import dataclass
from .. import model as m
from ..schema import Kind
from .scope import Scope
from .wording import NAMES


def cases(node: n.Cases, scope: Scope) -> m.Expr:
    """The block as one expression."""
    reader = _Cases(scope)
    to_the_end = range(len(node.items) - 1, -1, -1)
    scope.every(zip(node.items, to_the_end, strict=True), lambda pair: reader.read(*pair))
    return m.Cases(tuple(reader.items), reader.otherwise, kind=reader.kind)


@dataclass
class _Cases:
    """The cases so far, and the kind of their values."""

    scope: Scope
    kind: Kind = "unknown"
    items: list[tuple[m.Expr, m.Expr]] = field(default_factory=list)
    otherwise: m.Expr | None = None

    def read(self, case: n.Case, behind: int) -> None:
        """Add a case; `behind` is how many follow."""
        if case.condition is None and behind:
            hint = "move it to the end"
            self.scope.refuse("T146", "`otherwise` stands last", case.span, "what follows is never read", hint)
        condition = self.scope.condition(case.condition) if case.condition is not None else None
        value = self._value(case.value)
        if condition is None:
            self.otherwise = value
        else:
            self.items.append((condition, value))

    def _value(self, node: n.Expr) -> m.Expr:
        value = self.scope.settle(self.scope.resolve(node), self.kind)
        if "unknown" not in (self.kind, value.kind) and value.kind != self.kind:
            self.scope.refuse(
                "T110",
                f"this block gives {NAMES[self.kind]} before, and {NAMES[value.kind]} here",
                node.span,
                f"this is {NAMES[value.kind]}",
                "give every line a value of one kind",
            )
        self.kind = value.kind if self.kind == "unknown" else self.kind
        return value
