"""Where a cursor stands: the line of rules up to it, what its block holds, and what a bare name would be there."""

from __future__ import annotations

import re

from ...grammar.late_methods import dataclass
from ...grammar.layout import Line, read_layout
from ...grammar.nodes import Level, Text
from ...grammar.source import Source
from .mentions import Reader, Row, Where
from .symbols import Symbols
from .words import without_texts

Place = tuple[int, int]
"""A line and a column, both from 1."""

_WORD = re.compile(r"[\w.`]*$")
_HOLDS = re.compile(
    r"\s*(?:(?P<case>derive|measure)|(?P<axis>grade)|(?P<stage>stages)|(?P<item>score|group|first|best|when))\b"
)
_LEVEL = re.compile(r"\bfor\s+(lead|account)\b|\bderive\s+(account|contact)\.")
_NAMES = re.compile(r"[^\W\d][\w.]*")


@dataclass(frozen=True)
class Cursor:
    """`line` is the line of rules up to the word at the cursor, over all its rows; `word` is what is there of it.

    `start` is what the block holds: `statement`, `item`, `case`, `axis` or `stage`.
    """

    line: str
    word: str
    start: str
    level: Level

    @property
    def words(self) -> str:
        """The line without its texts."""
        return without_texts(self.line)


def cursor(source: Source, place: Place) -> Cursor:
    """What stands before a place."""
    row = source.line(place[0])[: place[1] - 1]
    found = _WORD.search(row)
    word = found[0] if found else ""
    above = source.lines[: place[0] - 1]
    text = "\n".join([*above, row[: len(row) - len(word)] + "x"])
    chain = _chain(read_layout(Source(source.path, text)).lines)
    line = chain[-1].text.removesuffix("x").lstrip() if chain else ""
    return Cursor(line, word, _start(chain), _level(chain))


def _chain(lines: list[Line]) -> list[Line]:
    """The last line, after all lines that it stands in."""
    chain: list[Line] = []
    while lines:
        chain.append(lines[-1])
        lines = lines[-1].inside
    return chain


def _start(chain: list[Line]) -> str:
    if len(chain) < 2:
        return "statement"
    found = _HOLDS.match(chain[0].text)
    return (found.lastgroup if found else None) or "item"


def _level(chain: list[Line]) -> Level:
    found = _LEVEL.search(chain[0].text) if chain else None
    return "account" if found and "account" in found.groups() else "lead"


# --- what a bare name would be ----------------------------------------------------------------------------------------


def where(found: Cursor, symbols: Symbols) -> Where:
    """What bare names mean at a cursor."""
    text = found.words
    opened = _opened(text)
    if opened is not None:
        before, inside = opened
        if re.search(r"\bleads\b.*\b(?:where|by)\b", inside):
            return Where(found.level, "member")
        if re.search(r"\bwhere\b", inside):
            return Where(found.level, "event", _types(_last_name(before), symbols))
    if re.match(r"\s*ignore\s+contact\b.*\bwhere\b", text):
        return Where(found.level, "record")
    if re.match(r"\s*(?:signal|ignore)\b.*\bwhere\b", text):
        sources = text.partition("where")[0].rpartition("=")[2].removeprefix("ignore")
        return Where(found.level, "event", _types(sources, symbols))
    return _of_each(found, text, symbols) or Where(found.level)


def _of_each(found: Cursor, text: str, symbols: Symbols) -> Where | None:
    each = re.search(r"\beach\b(.*)", text)
    if each is None:
        return None
    head, arrow, _ = each[1].partition("=>")
    if re.match(r"\s*lead\b", head) and (arrow or "where" in head):
        return Where(found.level, "member")
    row: Row = "event" if arrow else "entity"
    return Where(found.level, row, _types(head, symbols), points=True)


def _opened(text: str) -> tuple[str, str] | None:
    """What stands before the innermost open bracket, and behind it."""
    closed = 0
    for at in range(len(text) - 1, -1, -1):
        closed += text[at] == ")"
        if text[at] == "(":
            if closed == 0:
                return text[:at], text[at + 1 :]
            closed -= 1
    return None


def _last_name(text: str) -> str:
    found = re.search(r"[\w.]+$", text)
    return found[0] if found else ""


def _types(text: str, symbols: Symbols) -> tuple[str, ...]:
    """The event types of all events that a text names."""
    reader = Reader(symbols)
    names = [name.removeprefix("account.") for name in _NAMES.findall(text)]
    return tuple(dict.fromkeys(kind for name in names for kind in reader.types(Text(name))))
