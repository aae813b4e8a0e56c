"""From a place in a text to what stands there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...grammar import nodes as n
from ...grammar.source import Span
from .cursor import Place, cursor, where
from .mentions import Mention, Reader
from .project import Project
from .symbols import Symbol
from .words import without_texts

_WORD = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


def holds(span: Span, place: Place) -> bool:
    """Whether a place is in a span; its end counts, too, as where a cursor stands behind a word."""
    return (span.line, span.column) <= place <= (span.end_line, span.end_column)


def mention_at(project: Project, shown: str, place: Place) -> Mention | None:
    """What is mentioned at a place; in a line that cannot be read (yet) the word there, if it means something."""
    if shown not in project.files:
        return None
    found = next((found for found in project.mentions(shown) if holds(found.span, place)), None)
    return found if found is not None or is_read(project, shown, place[0]) else _word_at(project, shown, place)


def is_read(project: Project, shown: str, line: int) -> bool:
    """Whether a row belongs to a line of rules that could be read."""
    nodes = project.files[shown].walk()
    return any(node.span.line <= line <= node.span.end_line for node in nodes if isinstance(node, n.Commented))


def _word_at(project: Project, shown: str, place: Place) -> Mention | None:
    source = project.source(shown)
    words = _WORD.finditer(without_texts(source.line(place[0])))
    word = next((word for word in words if word.start() < place[1] <= word.end() + 1), None)
    if word is None:
        return None
    line = place[0]
    here = where(cursor(source, (line, word.end() + 1)), project.symbols)
    symbols = Reader(project.symbols).meant(n.Name(tuple(word[0].split("."))), here)
    span = Span(shown, line, word.start() + 1, line, word.end() + 1)
    return Mention(span, word[0], symbols) if symbols else None


def given_at(project: Project, shown: str, place: Place) -> Symbol | None:
    """What gets its name at a place."""
    return next((item for item in project.symbols if item.span.path == shown and holds(item.span, place)), None)


def meant_at(project: Project, shown: str, place: Place) -> tuple[Symbol, ...]:
    """The symbols that are named at a place, as a mention or where they get their name."""
    mention = mention_at(project, shown, place)
    if mention is not None:
        return mention.symbols
    given = given_at(project, shown, place)
    return (given,) if given is not None else ()


def line_at(project: Project, shown: str, place: Place) -> tuple[n.ScoreDef | None, n.Item | None]:
    """The line of a score at a place, and the score."""
    for statement in project.files[shown].statements if shown in project.files else ():
        if isinstance(statement, n.LooseItem) and holds(statement.item.span, place):
            return None, statement.item
        if isinstance(statement, n.ScoreDef):
            for item in items_below(statement):
                if isinstance(item, n.Line | n.Otherwise) and holds(item.span, place):
                    return statement, item
    return None, None


def items_below(node: n.Node) -> Iterator[n.Item]:
    """All lines and blocks in a score or a block."""
    for child in node.children():
        if isinstance(child, n.Item):
            yield child
        if isinstance(child, n.Item | n.Body):
            yield from items_below(child)
