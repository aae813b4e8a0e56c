"""The rows that a line takes: one if it fits; else its groups of clauses, its clauses, and last what is in brackets.

Comments that stand inside a line keep their place between its clauses, or between the items of a list.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from . import nodes as n
from .clauses import Clause, Group, groups
from .late_methods import dataclass
from .phrases import phrase

WIDTH = 120
INDENT = "    "

_TOKEN = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\bmatches\ /(?:\\.|[^/\\])+/\w*  # texts, names, patterns
    |[\w.]+|=>|[=!<>]=|[<>=(){}\[\],]""",
    re.VERBOSE,
)
_OPEN, _CLOSE = ("(", "[", "{"), (")", "]", "}")
_SIGNS = ("==", "!=", "<=", ">=", "<", ">", "=")


@dataclass(frozen=True)
class Row:
    """One row of text with the comment behind it; a row without text is a comment of its own, or blank."""

    depth: int
    text: str = ""
    comment: str | None = None

    @property
    def code(self) -> str:
        """The row without its comment."""
        return INDENT * self.depth + self.text

    @property
    def fits(self) -> bool:
        return len(self.code) <= WIDTH


def rows_of(line: n.Commented, depth: int) -> list[Row]:
    """The rows of a line, or of the head of its block."""
    inside = line.item if isinstance(line, n.LooseItem) else line
    items = _items(inside)
    chosen = items and (inside.inner or items[0].span.line > inside.span.line)
    if chosen or (items and not Row(depth, phrase(inside)).fits):
        rows = _listed(inside, items if chosen else tuple(replace(item, span=inside.span) for item in items), depth)
    elif inside.inner:
        rows = _remarked(inside, depth)
    else:
        rows = _plain(inside, depth)
    return [*rows[:-1], replace(rows[-1], comment=inside.behind)]


def _deeper(line: n.Node, depth: int) -> int:
    """Where a line goes on: the condition of a block deeper than what stands in the block."""
    return depth + (2 if isinstance(line, n.When) else 1)


# --- lines without comments inside ------------------------------------------------------------------------------------


def _plain(line: n.Commented, depth: int) -> list[Row]:
    parts = groups(line)
    whole = Row(depth, " ".join(part.text for part in parts))
    if whole.fits:
        return [whole]
    deeper = _deeper(line, depth)
    rows: list[Row] = []
    for part in parts:
        rows += _grouped(part, deeper if rows else depth, deeper)
    return rows


def _grouped(part: Group, depth: int, deeper: int) -> list[Row]:
    """A group on one row; else row by row."""
    if Row(depth, part.text).fits:
        return [Row(depth, part.text)]
    texts = [clause.text for clause in part.clauses]
    if part.filled:
        texts = list(_filled(texts, depth, deeper))
    rows = [Row(deeper if number else depth, text) for number, text in enumerate(texts)]
    return [piece for row in rows for piece in _opened(row)]


def _filled(texts: Sequence[str], depth: int, deeper: int) -> Iterator[str]:
    """As many texts a row as fit."""
    row = texts[0]
    for text in texts[1:]:
        if Row(depth, f"{row} {text}").fits:
            row = f"{row} {text}"
        else:
            yield row
            row, depth = text, deeper
    yield row


# --- rows that are too long -------------------------------------------------------------------------------------------


def _opened(row: Row) -> list[Row]:
    """A row that is too long as several: parted at the commas in its brackets, at a sign, or at words in brackets."""
    if row.fits:
        return [row]
    start, end = max(_brackets(row.text), key=lambda place: place[1] - place[0], default=(0, 0))
    inside = row.text[start:end]
    at = None if "," in _outer(inside) else _sign(row.text)
    if at is not None:
        return [Row(row.depth, row.text[:at]), *_opened(Row(row.depth + 1, row.text[at:].lstrip(), row.comment))]
    items = list(_parted(inside))
    if len(items) == 1:
        return [row]
    filled = [Row(row.depth + 1, text) for text in _filled(items, row.depth + 1, row.depth + 1)]
    pieces = [piece for item in filled for piece in _opened(item)]
    return [Row(row.depth, row.text[:start]), *pieces, Row(row.depth, row.text[end:], row.comment)]


def _brackets(text: str) -> Iterator[tuple[int, int]]:
    """Where the outer brackets begin and end, without themselves."""
    depth = start = 0
    for token in _TOKEN.finditer(text):
        if token[0] in _OPEN:
            depth += 1
            start = token.end() if depth == 1 else start
        elif token[0] in _CLOSE:
            depth -= 1
            if depth == 0:
                yield start, token.start()


def _outside(text: str) -> Iterator[re.Match[str]]:
    """The tokens that stand in no brackets."""
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += (token[0] in _OPEN) - (token[0] in _CLOSE)
        if not depth and token[0] not in _CLOSE:
            yield token


def _outer(text: str) -> list[str]:
    return [token[0] for token in _outside(text)]


def _sign(text: str) -> int | None:
    """The end of the last comparison or `=` that the row still has room for."""
    signs = [token.end() for token in _outside(text) if token[0] in _SIGNS]
    return max((at for at in signs if at <= WIDTH * 3 // 4), default=None)


def _parted(text: str) -> Iterator[str]:
    """The stretches of what stands in brackets: after each comma or, where there is none, before `and` and `or`."""
    commas, words = [0], [0]
    between = False
    for token in _outside(text):
        if token[0] == ",":
            commas.append(token.end())
        elif token[0] == "between":
            between = True
        elif token[0] in ("and", "or"):
            if not between:
                words.append(token.start())
            between = False
    breaks = commas if len(commas) > 1 else words
    yield from (text[start:end].strip() for start, end in zip(breaks, [*breaks[1:], None], strict=True))


# --- comments inside --------------------------------------------------------------------------------------------------


def _items(line: n.Node) -> tuple[n.Node, ...]:
    """The items of a list or a table that is written out."""
    match line:
        case n.ListDef(content=n.ListOf(items=items)):
            return items
        case n.TableDef(content=tuple() as entries):
            return entries
    return ()


def _listed(line: n.Commented, items: Sequence[n.Node], depth: int) -> list[Row]:
    """A list whose items stand on rows that somebody chose: these are kept, and parted where they are too long."""
    text = groups(line)[0].text
    start, end = next(_brackets(text))
    clauses = [Clause(text[:start], line.span.line)]
    for row, together in groupby(items, key=lambda item: item.span.line):
        filled = _filled([f"{phrase(item)}," for item in together], depth + 1, depth + 1)
        clauses += [Clause(text, row) for text in filled]
    clauses.append(Clause(text[end:], line.span.end_line))
    return _with_remarks(clauses, line.inner, lambda number: depth + (0 < number < len(clauses) - 1))


def _remarked(line: n.Commented, depth: int) -> list[Row]:
    """A line with comments between its clauses: each clause has a row of its own."""
    clauses = [clause for group in groups(line) for clause in group.clauses]
    deeper = _deeper(line, depth)
    rows = _with_remarks(clauses, line.inner, lambda number: deeper if number else depth)
    return [piece for row in rows for piece in _opened(row)]


def _with_remarks(clauses: Sequence[Clause], remarks: Iterable[n.Remark], depth_of: Callable[[int], int]) -> list[Row]:
    """A row for each clause, with the comments behind it, or above it where they stand alone.

    Only one comment can stand behind a row, and behind the last one stands the line's own; others move above.
    """
    last = len(clauses) - 1
    above: dict[int, list[str]] = defaultdict(list)
    behind: dict[int, str] = {}
    for remark in remarks:
        at = max((number for number, clause in enumerate(clauses) if clause.row <= remark.row), default=0)
        if remark.alone or at == last:
            above[min(at + 1, last)].append(remark.text)
        elif at in behind:
            above[at].append(behind[at])
            behind[at] = remark.text
        else:
            behind[at] = remark.text
    rows: list[Row] = []
    for number, clause in enumerate(clauses):
        depth = depth_of(number)
        rows += [Row(max(depth, depth_of(min(1, last))) if number else depth, "", text) for text in above[number]]
        rows.append(Row(depth, clause.text, behind.get(number)))
    return rows
