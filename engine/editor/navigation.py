"""From a name to where it is given, to all places that mention it, and to another name everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...grammar import nodes as n
from ...grammar.diagnostics import Fix
from ...grammar.phrases import id_text, name_text
from ...grammar.source import NOWHERE, Span
from .cursor import Place
from .places import given_at, items_below, meant_at, mention_at
from .project import Project
from .symbols import Symbol

RENAMED = ("param", "list", "table", "signal", "measure", "score", "grade")
_PLAIN = re.compile(r"[^\W\d]\w*")


class NotRenamed(Exception):
    """Why something cannot get another name."""


def definitions(project: Project, shown: str, place: Place) -> list[Span]:
    """Where the thing at a place gets its name, or its type in the schema; for `remove id`, the line in the base."""
    symbols = meant_at(project, shown, place) or _removed(project, shown, place)
    return [span for span in dict.fromkeys(symbol.span for symbol in symbols) if span != NOWHERE]


def _removed(project: Project, shown: str, place: Place) -> tuple[Symbol, ...]:
    for statement in project.files[shown].statements if shown in project.files else ():
        for item in items_below(statement):
            if isinstance(item, n.Remove) and item.span.line == place[0]:
                found = project.symbols.all("line", "group")
                return tuple(symbol for symbol in found if symbol.name == item.id and symbol.node is not item)
    return ()


def references(project: Project, shown: str, place: Place) -> list[Span]:
    """All places of the ruleset that mention the thing at a place, and where it is given."""
    meant = meant_at(project, shown, place)
    given = [symbol.span for symbol in meant if symbol.span != NOWHERE]
    return list(dict.fromkeys([*given, *_mentions_of(project, meant)]))


def _mentions_of(project: Project, meant: tuple[Symbol, ...]) -> Iterator[Span]:
    """The mentions of any of these symbols."""
    keys = {(symbol.kind, symbol.owner, symbol.name) for symbol in meant}
    for path in project.files:
        for mention in project.mentions(path):
            if any((symbol.kind, symbol.owner, symbol.name) in keys for symbol in mention.symbols):
                yield mention.span


def outline(project: Project, shown: str) -> list[Symbol]:
    """What a file gives names to, in the order of its text."""
    return sorted((item for item in project.symbols if item.span.path == shown), key=lambda item: item.span)


# --- another name -----------------------------------------------------------------------------------------------------


def name_at(project: Project, shown: str, place: Place) -> Span:
    """The stretch of text that would be replaced; raises NotRenamed."""
    symbol = _renamed(project, shown, place)
    mention = mention_at(project, shown, place)
    return _last_part(project, mention.span if mention is not None else symbol.span, symbol.name)


def rename(project: Project, shown: str, place: Place, name: str) -> list[Fix]:
    """The replacements that give the thing at a place another name, in all files; raises NotRenamed."""
    symbol = _renamed(project, shown, place)
    if not _PLAIN.fullmatch(name):
        raise NotRenamed(f"`{name}` is no plain name: letters, digits and `_`, not beginning with a digit")
    is_line = symbol.kind in ("line", "group")
    if any(other.name == name and _collide(symbol, other) for other in project.symbols):
        raise NotRenamed(f"there is a `{name}` already")
    written = id_text(name) if is_line else name_text(name)
    all_of_it = (symbol,) if is_line else _overloads(project, symbol)
    spans = [item.span for item in all_of_it] + list(_mentions_of(project, all_of_it))
    return [Fix(_last_part(project, span, symbol.name), written) for span in dict.fromkeys(spans)]


def _renamed(project: Project, shown: str, place: Place) -> Symbol:
    given = given_at(project, shown, place)
    meant = (given,) if given is not None else meant_at(project, shown, place)
    if not meant:
        raise NotRenamed("there is no name here that could be another")
    symbol = meant[0]
    if symbol.kind not in (*RENAMED, "line", "group"):
        raise NotRenamed(f"`{symbol.name}` comes from the data: its name is changed there and in `ruleset.yaml`")
    if not _is_own(project, symbol):
        raise NotRenamed(f"`{symbol.name}` belongs to a ruleset that this one builds on")
    return symbol


def _is_own(project: Project, symbol: Symbol) -> bool:
    own = {file.span.path for file in project.examined.texts.files}
    return all(item.span.path in own for item in _overloads(project, symbol))


def _overloads(project: Project, symbol: Symbol) -> tuple[Symbol, ...]:
    return project.symbols.of(symbol.kind, symbol.name, symbol.owner)


def _collide(one: Symbol, other: Symbol) -> bool:
    """Whether two things cannot have the same name: ids of lines are apart from everything else."""
    lines = ("line", "group")
    if (one.kind in lines) != (other.kind in lines):
        return False
    return one.kind in lines or (not other.is_field and other.kind not in ("property", "stage", "stages"))


def _last_part(project: Project, span: Span, name: str) -> Span:
    """The part of a mention that is the name itself: `account.readiness` ends with it."""
    text = project.source(span.path).line(span.line)[span.column - 1 : span.end_column - 1]
    for written in (name, f"`{name}`"):
        if text.endswith(written):
            return Span(span.path, span.line, span.end_column - len(written), span.line, span.end_column)
    raise NotRenamed(f"`{text}` is not written as `{name}`")
