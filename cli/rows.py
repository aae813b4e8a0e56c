"""What is said of a lead or an account as rows: the text, how deep it stands, its role. Looks are the renderers'."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal

from ..grammar.late_methods import dataclass

MARKS = {"met": "✓", "unmet": "✗"}
"""What stands before a condition, by its role."""

Role = Literal["summary", "head", "met", "unmet", "gain", "loss", "idle", "sum", "step", "detail", "blank"]


@dataclass(frozen=True)
class Row:
    """One thing that is said. `points` stand in front of the text in a column of their own, `place` behind it."""

    text: str
    role: Role = "detail"
    indent: int = 0
    points: str | None = None
    place: str | None = None


BLANK = Row("", "blank")


def deeper(found: Iterable[Row], by: int = 1) -> Iterator[Row]:
    """The same rows, further to the right."""
    return (replace(row, indent=row.indent + by) for row in found)
