"""Slips."""

from __future__ import annotations

from dataclasses import dataclass

from .diagnostics import Diagnostic, finding
from .source import Span


@dataclass(frozen=True)
class Stumble:
    """Where a line stopped being readable: the place in its text, and what could have stood there."""

    path: str
    text: str
    number: int
    at: int
    accepted: frozenset[str]
    start: str


def explain(stumble: Stumble) -> Diagnostic:
    row = stumble.text.count("\n", 0, stumble.at)
    column = stumble.at - (stumble.text.rfind("\n", 0, stumble.at) + 1) + 1
    line = stumble.number + row
    hint = " ".join(sorted(stumble.accepted))
    return finding("S101", "unexpected", Span(stumble.path, line, column, line, column + 1), hint=hint)
