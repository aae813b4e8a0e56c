"""The page of `scoreline docs`: a handbook as blocks of prose and lists."""

from __future__ import annotations

from collections.abc import Iterator

from ..engine.handbook import Entry, Handbook, Section, Term, Words
from .pages import Block, Code, Head, Link, Page, Point, Points, Prose, Said, Strong, said


def page(book: Handbook) -> Page:
    """The page: what it is and whose, what stands where, then the parts."""
    return tuple(_blocks(book))


def _blocks(book: Handbook) -> Iterator[Block]:
    yield Head(said(f"The scoring model {book.name}"), 1)
    facts = [f"Version {book.version}" if book.version else "", f"owner: {book.owner}" if book.owner else ""]
    if any(facts):
        yield Prose(said(" · ".join(filter(None, facts))))
    if book.description:
        yield Prose(said(book.description))
    yield Prose(said(book.summary))
    yield Points(tuple(Point(said(Link(part.title, part.anchor))) for part in book.sections if not part.depth))
    for part in book.sections:
        yield from _section(part)


def _section(part: Section) -> Iterator[Block]:
    yield Head(said(part.title), 2 + part.depth, part.anchor)
    for text in part.intro:
        yield Prose(_said(text))
    if part.entries:
        yield Points(tuple(map(_point, part.entries)))


def _point(entry: Entry) -> Point:
    """Points, label, name, meaning; what its author wrote beside it comes last."""
    pieces = [Strong(entry.worth), entry.title, Code(entry.id)]
    head = said(*(piece for part in pieces if part for piece in (" ", part)))[1:]
    text = said(*head, ": " if head and entry.said else "", *_said(entry.said))
    if entry.note:
        text = said(*text, " (" if text else "(", *_said((entry.note,)), ")")
    return Point(text, tuple(map(_point, entry.below)), anchor=entry.anchor)


def _said(text: Words) -> Said:
    """What a comment has between backquotes is code."""
    pieces: list[str] = []
    for piece in text:
        if isinstance(piece, Term):
            pieces.append(Link(piece, piece.anchor))
        else:
            parts = piece.split("`")
            even = len(parts) % 2 == 1
            pieces += [Code(part) if place % 2 else part for place, part in enumerate(parts)] if even else [piece]
    return said(*pieces)
