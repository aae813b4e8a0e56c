"""A page of prose, lists and tables that can be told as text, Markdown or HTML: what a command says, without its looks.

Text is a sequence of pieces; a `Code` among them is rules or data, and never markup in any format.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from typing import Literal

from ..grammar.late_methods import dataclass

Tone = Literal["plain", "good", "bad", "doubt"]


class Code(str):
    """A piece of rules or data: an id, a condition, a stage."""

    __slots__ = ()


class Strong(str):
    """What the eye should find first."""

    __slots__ = ()


class Link(str):
    """A name that another part of the page explains, by its anchor; a link where a format has some."""

    __slots__ = ("to",)
    to: str

    def __new__(cls, text: str, to: str) -> Link:
        made = super().__new__(cls, text)
        made.to = to
        return made


Said = tuple[str, ...]
"""Pieces of text, in order."""


def said(*pieces: str) -> Said:
    """Pieces of text; empty ones left out.

    >>> said("line ", Code("pricing"), "")
    ('line ', 'pricing')
    """
    return tuple(piece for piece in pieces if piece)


def listed(names: Iterable[Said], most: int | None = None, count: int | None = None, between: str = ", ") -> Said:
    """Names one after the other; those beyond the first are only counted (`count` is how many there are in all).

    >>> listed([("a",), ("b",), ("c",)], most=2)
    ('a', ', ', 'b', ' and 1 more')
    """
    found = list(names)
    shown = found[:most]
    pieces = [piece for number, name in enumerate(shown) for piece in ((between,) if number else ()) + name]
    left = (count or len(found)) - len(shown)
    return (*pieces, f" and {left:,} more") if left else tuple(pieces)


@dataclass(frozen=True)
class Head:
    """A heading; level 1 is the title of the page. `anchor` is what links lead to."""

    text: Said
    level: int = 2
    anchor: str = ""


@dataclass(frozen=True)
class Prose:
    """A paragraph."""

    text: Said
    tone: Tone = "plain"


@dataclass(frozen=True)
class Point:
    """One point of a list, with points of its own; `sign` is what a difference shows in front (+ − ~)."""

    text: Said
    below: tuple[Point, ...] = ()
    sign: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class Points:
    """A list."""

    points: tuple[Point, ...]


@dataclass(frozen=True)
class Grid:
    """A table; the columns in `right` hold numbers."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Said, ...], ...]
    right: frozenset[int] = field(default=frozenset())


@dataclass(frozen=True)
class Drawn:
    """A drawing out of signs, line by line; `said` is what it shows, for whoever cannot see it."""

    lines: tuple[str, ...]
    said: str = ""


@dataclass(frozen=True)
class Curve:
    """A curve between 0 and 1 in both directions; with `diagonal` the line on which chance lies is drawn, too.

    `across` is what the horizontal axis shows.
    """

    title: str
    points: tuple[tuple[float, float], ...]
    across: str
    diagonal: bool = False


@dataclass(frozen=True)
class Curves:
    """Two curves side by side; `said` is what they show, for whoever cannot see them."""

    left: Curve
    right: Curve
    said: str = ""


@dataclass(frozen=True)
class Folded:
    """What is shown on demand where a format can do that; elsewhere it is a part under a heading."""

    title: Said
    blocks: tuple[Block, ...]


Block = Head | Prose | Points | Grid | Drawn | Curves | Folded
Page = Sequence[Block]


def plain(text: Said) -> str:
    """The text alone."""
    return "".join(text)
