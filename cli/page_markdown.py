"""A page as Markdown that GitHub and GitLab show: nothing from rules or data becomes markup, a mention or a link."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from .curve_drawing import drawn
from .pages import Block, Code, Curves, Drawn, Folded, Grid, Head, Page, Point, Points, Prose, Said, Strong
from .reports import printable

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$!&@])")
_SIGNS = {"+": "➕ ", "−": "➖ ", "~": ""}


def render(page: Page, top: int = 2) -> str:
    """The page; folded parts are `<details>`, and the title is a heading of the level `top`."""
    lower = top - 2
    blocks = (replace(block, level=block.level + lower) if isinstance(block, Head) else block for block in page)
    return "\n\n".join(part for block in blocks for part in _block(block)) + "\n"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Head(text=text, level=level):
            yield f"{'#' * (level + 1)} {text_of(text)}"
        case Prose(text=text, tone=tone):
            yield f"**{text_of(text)}**" if tone != "plain" else text_of(text)
        case Points(points=points):
            yield "\n".join(line for point in points for line in _point(point, 0))
        case Grid():
            yield "\n".join(_grid(block))
        case Drawn(lines=lines):
            yield "\n".join(f"    {printable(line)}" for line in lines)
        case Curves():
            yield "\n".join(f"    {line}" for line in drawn(block))
        case Folded(title=title, blocks=blocks):
            inner = "\n\n".join(part for each in blocks for part in _block(each))
            yield f"<details>\n<summary>{_html(title)}</summary>\n\n{inner}\n\n</details>"


def text_of(text: Said) -> str:
    """Pieces as Markdown on one line: code in code spans, everything else escaped.

    >>> text_of(("see ", Code("a | b"), " *now*"))
    'see `a | b` \\\\*now\\\\*'
    """
    return "".join(map(_piece, text))


def _piece(piece: str) -> str:
    if isinstance(piece, Code):
        return _code(piece)
    return f"**{escaped(piece)}**" if isinstance(piece, Strong) else escaped(piece)


def _cell(text: Said) -> str:
    """The same in a table, where a bar ends the cell even inside of code."""
    pieces = (_code(piece).replace("|", "\\|") if isinstance(piece, Code) else escaped(piece) for piece in text)
    return "".join(pieces) or " "


def escaped(text: str) -> str:
    """A text in which no character means anything to Markdown; `@` and `#` name nobody and nothing."""
    return _SPECIAL.sub(r"\\\1", " ".join(printable(text).split(" ")))


def _code(text: str) -> str:
    """A code span whose fence is longer than any in it."""
    plain = " ".join(printable(text).split())
    longest = max((len(run) for run in re.findall(r"`+", plain)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{pad}{plain}{pad}{fence}" if plain else ""


def _html(text: Said) -> str:
    from html import escape

    return "".join(
        f"<code>{escape(printable(piece))}</code>" if isinstance(piece, Code) else escape(piece) for piece in text
    )


def _point(point: Point, depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}- {_SIGNS.get(point.sign, '')}{text_of(point.text)}"
    for inner in point.below:
        yield from _point(inner, depth + 1)


def _grid(grid: Grid) -> Iterator[str]:
    yield f"| {' | '.join(escaped(name) or ' ' for name in grid.columns)} |"
    yield f"|{'|'.join('---:' if place in grid.right else '---' for place in range(len(grid.columns)))}|"
    for row in grid.rows:
        yield f"| {' | '.join(map(_cell, row))} |"
