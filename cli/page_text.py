"""A page as plain text of a width, in colour where the terminal has it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import click

from .curve_drawing import drawn
from .pages import Block, Code, Curves, Drawn, Folded, Grid, Head, Page, Point, Points, Prose, Said, plain
from .reports import printable

NARROWEST = 40
GAP = 2
_COLOURS = {"+": "green", "−": "red", "~": "yellow"}
_TONES = {"good": "green", "bad": "red", "doubt": "yellow"}


def render(page: Page, width: int = 80) -> str:
    """The page, a blank line between its parts."""
    lines = [line for block in page for line in _block(block, max(width, NARROWEST))]
    return "\n".join(lines).strip("\n") + "\n"


def _block(block: Block, width: int) -> Iterator[str]:
    match block:
        case Head(text=text, level=level):
            yield ""
            yield click.style(_text(text), bold=True, underline=level == 2)
        case Prose(text=text, tone=tone):
            for line in _wrapped(text, width, "", ""):
                yield click.style(line, fg=_TONES[tone]) if tone in _TONES else line
        case Points(points=points):
            for point in points:
                yield from _point(point, width, 2)
        case Grid():
            yield from _grid(block, width)
        case Drawn(lines=lines):
            yield from (" " * GAP + printable(line) for line in lines)
        case Curves():
            yield from (" " * GAP + line for line in drawn(block))
        case Folded(title=title, blocks=blocks):
            yield ""
            yield click.style(_text(title), bold=True)
            for inner in blocks:
                yield from _block(inner, width)


def _text(text: Said) -> str:
    """Rules and data stand in backquotes where they would be taken for words."""
    return printable("".join(f"`{piece}`" if isinstance(piece, Code) else piece for piece in text))


def _wrapped(text: Said, width: int, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        _text(text), width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False, break_long_words=False
    )


def _point(point: Point, width: int, indent: int) -> Iterator[str]:
    mark = point.sign or ("-" if indent > 2 else "")
    first = " " * indent + (f"{mark} " if mark else "")
    lines = _wrapped(point.text, width, first, " " * len(first))
    colour = _COLOURS.get(point.sign)
    yield from (click.style(line, fg=colour) if colour and not number else line for number, line in enumerate(lines))
    for inner in point.below:
        yield from _point(inner, width, indent + 4)


def _grid(grid: Grid, width: int) -> Iterator[str]:
    """Columns as wide as what is in them; the last ones are cut where there is no room."""
    cells = [[printable(plain(cell)) for cell in row] for row in grid.rows]
    widths = [max(len(text) for text in (name, *column)) for name, *column in zip(grid.columns, *cells, strict=True)]
    room = width - GAP
    for place in sorted(range(len(widths)), key=lambda item: -widths[item]):
        over = sum(widths) + GAP * (len(widths) - 1) - room
        if over <= 0:
            break
        widths[place] = max(8, widths[place] - over)
    yield " " * GAP + click.style(_row(grid.columns, widths, grid.right), bold=True)
    for row in cells:
        yield " " * GAP + _row(row, widths, grid.right)


def _row(cells: tuple[str, ...] | list[str], widths: list[int], right: frozenset[int]) -> str:
    cut = [text if len(text) <= room else f"{text[: room - 1]}…" for text, room in zip(cells, widths, strict=True)]
    placed = [
        text.rjust(room) if number in right else text.ljust(room)
        for number, (text, room) in enumerate(zip(cut, widths, strict=True))
    ]
    return (" " * GAP).join(placed).rstrip()
