"""Lists: written out, or one column of a CSV file inside the ruleset's folder."""

from __future__ import annotations

import re
from pathlib import Path

from ...grammar import nodes as n
from .. import model as m
from .book import Values
from .csv_files import read_rows
from .scope import Scope
from .wording import NAMES

_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,29})(?:\.\d{1,30})?(?:[eE][+-]?\d{1,2})?", re.ASCII)


def number(cell: str) -> float | None:
    """The number in a cell, written as in JSON; `007` is none."""
    return float(cell) if _NUMBER.fullmatch(cell) else None


def read_list(node: n.ListDef, root: Path | None, scope: Scope) -> Values:
    """The distinct known values of a list, all of one kind."""
    if isinstance(node.content, n.FromFile):
        return _from_file(node.content, root, scope)
    found = scope.every(node.content.items, lambda item: _fixed(node.name, item, scope))
    kind = found[0].kind if found else "text"
    for written, item in zip(node.content.items, found, strict=True):
        if item.kind != kind:
            other = f"{scope.book.text(written)} is {NAMES[item.kind]}"
            message = f"the list `{node.name}` begins with {NAMES[kind]}, and {other}"
            scope.refuse("T110", message, written.span, "not as before", "make one list of each type")
    return Values(kind, tuple(dict.fromkeys(item.value for item in found)))


def _fixed(name: str, node: n.Expr, scope: Scope) -> m.Const:
    found = scope.resolve(node)
    if not isinstance(found, m.Const):
        message, hint = f"the list `{name}` holds fixed values only", "write texts, numbers, dates or params"
        scope.refuse("T110", message, node.span, "not fixed by the text", hint)
    return found


def _from_file(node: n.FromFile, root: Path | None, scope: Scope) -> Values:
    """The first column, unless one is named; numbers if all its known cells are such (decisions 66, 74)."""
    table = read_rows(root, node, scope)
    index = table.column(node.column, scope) if node.column else 0
    cells = tuple(dict.fromkeys(row[index] for _, row in table.rows if row[index]))
    numbers = tuple(dict.fromkeys(number(cell) for cell in cells))
    if cells and None not in numbers:
        return Values("number", numbers, cells)
    return Values("text", cells, cells)
