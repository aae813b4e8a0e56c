"""Where text came from: a source file and the spans inside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of one file. Lines and columns count from 1; the end column is exclusive.

    >>> Span("lead.rules", 12, 5, 12, 9)
    lead.rules:12:5
    """

    path: str = ""
    line: int = 0
    column: int = 0
    end_line: int = 0
    end_column: int = 0

    def __repr__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of the other."""
        return Span(self.path, self.line, self.column, other.end_line, other.end_column)


NOWHERE = Span()


@dataclass(frozen=True)
class Source:
    """One text file as read. `path` is what a person is shown: relative to the ruleset's folder."""

    path: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends; only line feeds part lines (carriage returns are dropped)."""
        return [line.rstrip("\r") for line in self.text.split("\n")]

    def line(self, number: int) -> str:
        """The text of a line, counted from 1; '' beyond the end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""
