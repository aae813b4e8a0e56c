"""An explanation as plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import click

from ..engine.explain.report import Explanation
from .explain_rows import rows
from .rows import MARKS, Row

INDENT = 2
COLUMN = 9
"""How wide the column of points is."""
NARROWEST = 40
_WHOLE: Mapping[str, Mapping[str, Any]] = {
    "summary": {"bold": True},
    "head": {"bold": True},
    "step": {"bold": True},
    "sum": {"bold": True},
    "idle": {"dim": True},
}
"""How rows of a role look as a whole."""
_FRONT = {"met": "green", "unmet": "red", "gain": "green", "loss": "red"}
"""The colour of what stands in front of a row."""


def render_text(explanation: Explanation, width: int = 80, depth: int | None = None, colour: bool = False) -> str:
    """The explanation as text of that width.

    `depth` 1 stops at the scores, 2 at their lines, 3 at events and leads; None is everything.
    """
    return "\n".join(line for row in rows(explanation, depth) for line in _drawn(row, width, colour)) + "\n"


def _drawn(row: Row, width: int, colour: bool) -> Iterator[str]:
    """The lines of a row; in colour its mark or points say at a glance what became of it."""
    if not colour:
        yield from lines_of(row, width)
        return
    front = prefix(row)
    for number, line in enumerate(lines_of(row, width)):
        if row.role in _WHOLE:
            yield click.style(line, **_WHOLE[row.role])
        elif number == 0 and front and row.role in _FRONT:
            start = len(line) - len(line.lstrip()) if row.points is None else row.indent * INDENT
            end = start + len(front)
            yield line[:start] + click.style(line[start:end], fg=_FRONT[row.role]) + line[end:]
        else:
            yield line


def lines_of(row: Row, width: int) -> Iterator[str]:
    """The lines of one row: what does not fit goes on below, a little to the right of where the text began.

    The place of a rule is said where it needs no line of its own.
    """
    start = " " * (row.indent * INDENT) + prefix(row)
    room = max(width, len(start) + NARROWEST)
    filled = _wrapped(row.text, room, start)
    if row.place and len(filled[-1]) + len(row.place) + 4 <= room:
        filled[-1] += f"  ({row.place})"
    yield from filled


def _wrapped(text: str, room: int, start: str) -> list[str]:
    hanging = " " * (len(start) + INDENT)
    return textwrap.wrap(text, room, initial_indent=start, subsequent_indent=hanging, break_on_hyphens=False) or [""]


def prefix(row: Row) -> str:
    """What stands in front of the text: the points in their column, or the mark of a condition."""
    if row.points is not None:
        return f"{row.points:>{COLUMN - 2}}  "
    return f"{MARKS[row.role]} " if row.role in MARKS else ""
