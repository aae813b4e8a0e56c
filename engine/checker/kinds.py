"""The kinds of measures and derived fields: those of their expressions, worked out once, when first asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Literal

from ...grammar.late_methods import dataclass
from ..schema import Kind

Key = tuple[Literal["measure", "derived"], str, str]
"""What it is, its level and its name."""

DEEPEST = 12


class _TooDeep(Exception):
    """A definition whose kind must be worked out first, so that a long chain of them does not exhaust the stack."""

    def __init__(self, key: Key) -> None:
        super().__init__(key)
        self.key = key


@dataclass
class Kinds:
    """Works kinds out by `infer`, which asks for the kinds of others on its way."""

    infer: Callable[[Key], Kind]
    known: dict[Key, Kind] = field(default_factory=dict)
    open: list[Key] = field(default_factory=list)

    def of(self, key: Key) -> Kind:
        """The kind of a definition; unknown while it is being worked out: a cycle, which the graph will name."""
        if key in self.known:
            return self.known[key]
        if key in self.open:
            return "unknown"
        if len(self.open) >= DEEPEST:
            raise _TooDeep(key)
        return self._infer(key) if self.open else self._from_below(key)

    def _infer(self, key: Key) -> Kind:
        self.open.append(key)
        try:
            found = self.infer(key)
        finally:
            self.open.pop()
        self.known[key] = found
        return found

    def _from_below(self, key: Key) -> Kind:
        """Follow a chain in stretches: what lies too deep comes first, and then what asked for it again."""
        waiting = [key]
        while waiting:
            try:
                self._infer(waiting[-1])
                waiting.pop()
            except _TooDeep as deeper:
                if deeper.key in waiting:
                    self.known[deeper.key] = "unknown"
                else:
                    waiting.append(deeper.key)
        return self.known[key]
