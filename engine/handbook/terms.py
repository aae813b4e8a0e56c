"""Sentences in pieces: what is said, and the names in it that are explained elsewhere on the page."""

from __future__ import annotations

import re
from collections.abc import Iterable


class Term(str):
    """A name that the ruleset gives to something; `anchor` is the part of the page that explains it."""

    __slots__ = ("anchor",)
    anchor: str

    def __new__(cls, name: str, anchor: str) -> Term:
        made = super().__new__(cls, name)
        made.anchor = anchor
        return made


Words = tuple[str, ...]
"""Pieces of text, in order; the names among them are Terms."""


def words(*pieces: str | Words) -> Words:
    """Pieces and sequences of pieces, one after the other; empty ones left out.

    >>> words("at least ", ("3", ""), " times")
    ('at least ', '3', ' times')
    """
    found: list[str] = []
    for piece in pieces:
        found += [piece] if isinstance(piece, str) else piece
    return tuple(piece for piece in found if piece)


def listed(items: Iterable[Words], between: str = ", ", last: str = "") -> Words:
    """Several, one after the other, with another word before the last.

    >>> plain(listed([("a",), ("b",), ("c",)], last=" or "))
    'a, b or c'
    """
    found = list(items)
    pieces: list[str | Words] = []
    for number, item in enumerate(found):
        if number:
            pieces.append(last if last and number == len(found) - 1 else between)
        pieces.append(item)
    return words(*pieces)


def plain(said: Words) -> str:
    """The text alone."""
    return "".join(said)


def sentence(said: Words) -> Words:
    """With a capital letter in front, unless it begins with a name, and a full stop.

    >>> sentence(("halves every ", "30 days"))
    ('Halves every ', '30 days', '.')
    """
    if not said:
        return ()
    first = said[0] if isinstance(said[0], Term) else said[0][:1].upper() + said[0][1:]
    return (first, *said[1:], ".")


def anchor(*parts: str) -> str:
    """A place on the page, by a name without blanks.

    >>> anchor("stage", "account", "Ready for sales")
    'stage-account-Ready-for-sales'
    """
    return "-".join(re.sub(r"[^\w]+", "-", part) for part in parts if part)
