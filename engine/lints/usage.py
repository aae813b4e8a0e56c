"""Which names a ruleset declares, and which of them anything uses: the checker fills this in as it resolves names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Literal

from ...grammar.late_methods import dataclass
from ...grammar.source import NOWHERE, Span

What = Literal["param", "list", "table", "signal", "event type", "contact field", "account field", "property"]


@dataclass(frozen=True)
class Declared:
    """A name and the place that declares it. A property's name is `type.property`."""

    what: What
    name: str
    span: Span = NOWHERE


@dataclass
class Usage:
    """Names declared by the ruleset itself (not by a vocabulary that it builds on), and names that something uses.

    A use counts wherever it stands, in a statement that nothing uses too: each finding then has one cause.
    An overloaded signal is one name.

    >>> usage = Usage()
    >>> usage.declare("param", "threshold", NOWHERE)
    >>> usage.declare("list", "roles", NOWHERE)
    >>> usage.use("list", "roles")
    >>> [item.name for item in usage.unused()]
    ['threshold']
    """

    declared: dict[tuple[What, str], Declared] = field(default_factory=dict)
    used: set[tuple[What, str]] = field(default_factory=set)

    def declare(self, what: What, name: str, span: Span) -> None:
        """Note a declaration; the first place of a name counts."""
        self.declared.setdefault((what, name), Declared(what, name, span))

    def use(self, what: What, name: str) -> None:
        """Note that something reads the name; it need not be declared (yet)."""
        self.used.add((what, name))

    def unused(self) -> Iterator[Declared]:
        """What is declared and never used, in order of declaration."""
        return (item for key, item in self.declared.items() if key not in self.used)
