"""What could be written next: words that the grammar accepts there, and names that mean something there.

The line up to the cursor is asked, not the tree: while somebody types there is seldom one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from ...grammar import nodes as n
from ...grammar.codes import CODES
from ...grammar.late_methods import dataclass
from ...grammar.parser import accepted
from ..functions import FUNCTIONS as SIGNATURES
from .cursor import Cursor, Place, cursor, where
from .hover import type_text
from .mentions import Reader, Where
from .project import Project
from .symbols import RESULTS, Symbol
from .templates import OF_EVENTS, OF_VALUES, TEMPLATES, periods
from .words import AGGREGATES, ATTRIBUTES, FUNCTIONS, KEY_WORDS, without_texts

Kind = Literal["field", "event", "result", "value", "function", "word", "text", "code"]

_ALLOW = re.compile(r"#\s*allow\s+(?:[A-Z]\d{3}[\s,]+)*\w*$")
_IN_TEXT = re.compile(
    r"""(?P<name>[^\W\d][\w.]*)\s*(?:==|!=|(?:not\s+)?in\s*\[(?:[^\]'"]|'[^']*')*)\s*['"](?P<typed>[^'"]*)$"""
)
_NEW_NAME = re.compile(r"\s*(?:param|list|table|signal|measure|score|grade|group)\s+$")
_STAGE = re.compile(r"\bstage\s+at\s+least\s+$|\bin\s+stage\s+$")
_LAST_NAME = re.compile(r"([^\W\d][\w.]*)(?:\([^()]*\))?\s*$")
_LISTED = re.compile(r"\b(?:in|mentions|like|contains|contains\s+all|(?:starts|ends)\s+with)\s+$")


@dataclass(frozen=True)
class Completion:
    """Something that could be written. `snippet` is what is put in, with places to fill in as `${1:30}`.

    `typed` is how much of it stands before the cursor already.
    """

    label: str
    kind: Kind
    detail: str = ""
    snippet: str = ""
    typed: int = 0


def completions(project: Project, shown: str, place: Place) -> list[Completion]:
    """What could be written at a place, the likeliest first."""
    source = project.source(shown)
    before = source.line(place[0])[: place[1] - 1]
    if "#" in without_texts(before.replace("#", "\0")).replace("\0", "#"):
        return list(_codes(before))
    found = cursor(source, place)
    inside = where(found, project.symbols)
    if _in_text(before):
        return list(_values(project, before, inside))
    return list({item.label: item for item in reversed([*_all(project, found, inside)])}.values())[::-1]


def _in_text(before: str) -> bool:
    """Whether a text is open at the end."""
    quote = ""
    for sign in before:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
    return bool(quote)


def _all(project: Project, found: Cursor, inside: Where) -> Iterator[Completion]:
    typed = len(found.word)
    owner, dot, part = found.word.rpartition(".")
    if dot:
        for item in _behind_dot(project, owner, inside):
            yield replace(item, typed=len(part))
        return
    if _NEW_NAME.match(found.words):
        return
    names = list(_names(project, found, inside))
    words = [] if _STAGE.search(found.words) else list(_words(project, found, inside))
    for item in [*names, *words] if found.line else [*words, *names]:
        yield replace(item, typed=typed)


# --- comments and texts -----------------------------------------------------------------------------------------------


def _codes(before: str) -> Iterator[Completion]:
    """Behind `# allow`: the lints."""
    if _ALLOW.search(before):
        typed = len(before) - len(before.rstrip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        for code, about in CODES.items():
            if code.startswith("L"):
                yield Completion(code, "code", about.summary, f"{code} ${{1:why}}", typed)


def _values(project: Project, before: str, inside: Where) -> Iterator[Completion]:
    """In a text that is compared with a field of few values: these."""
    found = _IN_TEXT.search(before)
    if found is None:
        return
    for symbol in Reader(project.symbols).meant(n.Name(tuple(found["name"].split("."))), inside):
        for value in (symbol.type.values if symbol.type is not None else None) or ():
            yield Completion(value, "text", f"a value of {found['name']}", value, len(found["typed"]))


# --- words of the language --------------------------------------------------------------------------------------------


def _words(project: Project, found: Cursor, inside: Where) -> Iterator[Completion]:
    """The words that the grammar accepts here, with what usually follows."""
    terminals = accepted(found.line, found.start) - _pointless(project, found, inside)
    for terminal, ways in TEMPLATES.items():
        if terminal in terminals:
            for label, snippet in ways:
                yield Completion(label, "word", _about(label), snippet)


def _pointless(project: Project, found: Cursor, inside: Where) -> frozenset[str]:
    """What the grammar accepts behind any name, and means nothing behind this one."""
    name = _LAST_NAME.search(found.words)
    if name is None:
        return frozenset()
    parts = tuple(name[1].split("."))
    kinds = {item.kind for item in Reader(project.symbols).meant(n.Name(parts), inside)} if all(parts) else set()
    if kinds & {"signal", "event type"}:
        return OF_VALUES
    if kinds & {"grade", "stages"}:
        return OF_EVENTS - {"AT_LEAST"}
    return OF_EVENTS if kinds else frozenset()


def _about(label: str) -> str:
    words = re.sub(r"[^a-z ].*", "", label).strip()
    while words and words not in KEY_WORDS:
        words = words.rpartition(" ")[0]
    return KEY_WORDS.get(words, "")


# --- names ------------------------------------------------------------------------------------------------------------


def _names(project: Project, found: Cursor, inside: Where) -> Iterator[Completion]:
    symbols, text = project.symbols, found.words
    if _STAGE.search(text):
        level = "lead" if inside.row == "member" else found.level
        yield from (_symbol(item, "result") for item in symbols.all("stage", owner=level))
        return
    if text.endswith("per "):
        yield from (Completion(name, "value", "a calendar period") for name in periods())
        yield from _events(project, inside)
        return
    terminals = accepted(found.line, found.start)
    if "NAME" not in terminals:
        return
    if _LISTED.search(text):
        yield from (_symbol(item, "value") for item in symbols.all("list"))
        return
    if (text.lstrip().startswith("signal") and "where" not in text) or text.strip() == "ignore":
        yield from (_symbol(item, "event") for item in symbols.all("event type", "signal"))
        return
    yield from _readable(project, inside)
    if inside.row == "entity":
        yield from (_symbol(item, "event") for item in symbols.all("signal", "event type"))
    yield from (_symbol(item, "value") for item in symbols.all("param"))
    if "LPAR" in terminals:
        yield from (_symbol(item, "function") for item in symbols.all("table"))
        yield from _functions(inside)


def _readable(project: Project, inside: Where) -> Iterator[Completion]:
    """Values by bare names: properties of events, results, fields."""
    symbols = project.symbols
    if inside.row == "event":
        yield from _events(project, inside)
    level = "lead" if inside.row == "member" else inside.level
    if inside.row in ("entity", "member") or inside.points:
        yield from (_symbol(item, "result") for item in symbols.all(*RESULTS, "stages", owner=level))
    if inside.row in ("member", "record"):
        yield from (_symbol(item, "field") for item in symbols.all("contact field"))
    if (inside.row == "entity" and inside.level == "lead") or inside.row == "event":
        yield Completion("contact.", "field", "a field of the contact")
    if inside.row != "record":
        yield Completion("account.", "field", "a field or a result of the account")


def _events(project: Project, inside: Where) -> Iterator[Completion]:
    for event_type in inside.types:
        yield from (_symbol(item, "field") for item in project.symbols.all("property", owner=event_type))
    if inside.row == "event":
        yield from (Completion(name, "field", about) for name, about in ATTRIBUTES.items())


def _behind_dot(project: Project, owner: str, inside: Where) -> Iterator[Completion]:
    symbols = project.symbols
    if owner == "contact":
        yield from (_symbol(item, "field") for item in symbols.all("contact field"))
    elif owner == "account":
        yield from (_symbol(item, "field") for item in symbols.all("account field"))
        yield from (_symbol(item, "result") for item in symbols.all(*RESULTS, "stages", owner="account"))
        if inside.level == "lead" and inside.row == "entity":
            yield from (_symbol(item, "event") for item in symbols.all("signal"))
    elif owner == "event":
        yield from _events(project, inside)


def _functions(inside: Where) -> Iterator[Completion]:
    for name, about in {**AGGREGATES, **FUNCTIONS}.items():
        detail = f"{SIGNATURES[name].example}: {about}" if name in SIGNATURES else about
        yield Completion(name, "function", detail, f"{name}($1)")


def _symbol(symbol: Symbol, kind: Kind) -> Completion:
    snippet = symbol.name
    detail = f"{symbol.kind} of {symbol.owner}s" if symbol.kind in (*RESULTS, "stage", "stages") else symbol.kind
    if symbol.type is not None:
        detail = type_text(symbol.type)
    if isinstance(symbol.node, n.SignalDef) and symbol.node.params:
        inside = ", ".join(f"'${{{at}:{name}}}'" for at, name in enumerate(symbol.node.params, 1))
        snippet = f"{symbol.name}({inside})"
    elif symbol.kind == "table":
        snippet = f"{symbol.name}($1)"
    return Completion(symbol.name, kind, detail, snippet if snippet != symbol.name else "")
