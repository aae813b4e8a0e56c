"""Lists and tables, written out or read from CSV files inside the ruleset's folder."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from ...grammar import nodes as n
from ...grammar.source import Span
from .. import model as m
from ..records import Value
from ..schema import Kind
from ..suggest import did_you_mean
from .book import TableInfo, Values
from .scope import NAMES, Scope

MAX_BYTES = 50_000_000
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_RANGE = re.compile(r"\s*(-?\d+(?:\.\d+)?)?\s*\.\.\s*(-?\d+(?:\.\d+)?)?\s*")
Key = str | float | tuple[float | None, float | None]


# --- files --------------------------------------------------------------------------


def read_csv(root: Path | None, node: n.FromFile, scope: Scope) -> tuple[list[str], list[list[str]]]:
    """The header and the rows of a CSV file of the ruleset; refused if it is missing, outside, or no such table."""
    if root is None:
        scope.refuse(
            "R105",
            "a single file of rules reads no other files",
            node.span,
            "a file",
            "make it a folder with a `ruleset.yaml`, or write the values out",
        )
    base = root.resolve()
    path = (base / node.path).resolve()
    if not path.is_relative_to(base):
        scope.refuse(
            "R105",
            f"`{node.path}` lies outside of the ruleset's folder",
            node.span,
            "outside",
            "copy the file into the folder of the ruleset",
        )
    if not path.is_file():
        near = [str(item.relative_to(base)) for item in sorted(base.rglob("*.csv"))[:1000]]
        scope.refuse(
            "R102",
            f"there is no file `{node.path}`",
            node.span,
            "not found",
            did_you_mean(node.path, near, "paths begin at the ruleset's folder"),
        )
    try:
        if path.stat().st_size > MAX_BYTES:
            scope.refuse("R106", f"`{node.path}` is larger than {MAX_BYTES // 1_000_000} MB", node.span, "too large")
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), strict=True))
    except UnicodeDecodeError:
        scope.refuse("R106", f"`{node.path}` is not UTF-8 text", node.span, "cannot be read", "save it as UTF-8")
    except (OSError, csv.Error) as error:
        scope.refuse("R106", f"`{node.path}` cannot be read: {error}", node.span, "cannot be read")
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        scope.refuse("R106", f"`{node.path}` is empty", node.span, "no header", "its first line names the columns")
    header = [cell.strip() for cell in rows[0]]
    for number, row in enumerate(rows[1:], start=2):
        if len(row) > len(header):
            scope.refuse(
                "R106",
                f"line {number} of `{node.path}` has {len(row)} cells, its header {len(header)}",
                node.span,
                "ragged",
                "put a cell with a comma into quotes",
            )
    return header, [[cell.strip() for cell in row] + [""] * (len(header) - len(row)) for row in rows[1:]]


def _column(header: list[str], name: str, node: n.FromFile, scope: Scope) -> int:
    if name not in header:
        scope.refuse(
            "R106", f"`{node.path}` has no column `{name}`", node.span, "not in its header", did_you_mean(name, header)
        )
    return header.index(name)


def _typed(cells: list[str]) -> tuple[Kind, tuple[Value, ...]]:
    known = [cell for cell in cells if cell]
    if known and all(_NUMBER.fullmatch(cell) for cell in known):
        return "number", tuple(dict.fromkeys(float(cell) for cell in known))
    return "text", distinct_texts(known)


def distinct_texts(values: list[str]) -> tuple[str, ...]:
    """Texts without those that differ only in case; the first spelling stays."""
    return tuple(
        {value.lower(): value for value in reversed(values)}[key]
        for key in dict.fromkeys(value.lower() for value in values)
    )


# --- lists --------------------------------------------------------------------------


def read_list(node: n.ListDef, root: Path | None, scope: Scope) -> Values:
    """The distinct known values of a list, all of one kind."""
    if isinstance(node.content, n.FromFile):
        header, rows = read_csv(root, node.content, scope)
        index = _column(header, node.content.column, node.content, scope) if node.content.column else 0
        cells = [row[index] for row in rows]
        kind, values = _typed(cells)
        return Values(kind, values, distinct_texts([cell for cell in cells if cell]))
    found = scope.all_of(node.content.items, scope.resolve)
    kinds = {item.kind for item in found}
    if len(kinds) > 1:
        scope.refuse(
            "T110",
            f"the list `{node.name}` mixes {' and '.join(sorted(NAMES[kind] for kind in kinds))}",
            node.span,
            "not of one type",
        )
    constants = tuple(item.value for item in found if isinstance(item, m.Const))
    if len(constants) < len(found):
        scope.refuse("T110", f"the list `{node.name}` holds fixed values only", node.span, "not fixed by the text")
    if kinds == {"text"}:
        return Values("text", distinct_texts([str(value) for value in constants]))
    return Values(next(iter(kinds), "text"), tuple(dict.fromkeys(constants)))


# --- tables -------------------------------------------------------------------------


def read_table(node: n.TableDef, root: Path | None, scope: Scope) -> TableInfo:
    """A table with one or two keys; values are all numbers or all texts."""
    if isinstance(node.content, n.FromFile):
        entries = _file_entries(node.content, root, scope)
    else:
        entries = tuple(_entry(entry, scope) for entry in node.content)
    default = _fixed(node.default, scope) if node.default is not None else None
    if not entries:
        scope.refuse("T120", f"the table `{node.name}` has no entries", node.span, "empty")
    width = {len(entry.keys) for entry in entries}
    if len(width) > 1 or not width <= {1, 2}:
        scope.refuse(
            "T114",
            f"the entries of `{node.name}` have different numbers of keys",
            node.span,
            "one or two keys, the same everywhere",
        )
    keys = tuple(_key_kind(node, position, entries, scope) for position in range(width.pop()))
    values = [*(entry.value for entry in entries), *([default] if default is not None else [])]
    kinds: set[Kind] = {"text" if isinstance(value, str) else "number" for value in values}
    if len(kinds) > 1:
        scope.refuse("T110", f"the table `{node.name}` gives numbers and texts", node.span, "not of one type")
    _no_double_keys(node, entries, scope)
    return TableInfo(m.Table(node.name, entries, default), keys, kinds.pop())


def _no_double_keys(node: n.TableDef, entries: tuple[m.TableEntry, ...], scope: Scope) -> None:
    seen: set[object] = set()
    for entry in entries:
        folded = tuple(key.lower() if isinstance(key, str) else key for key in entry.keys)
        if folded in seen:
            shown = ", ".join(str(key) for key in entry.keys)
            scope.note(
                "T130",
                f"the table `{node.name}` has the key `{shown}` twice",
                node.span,
                "the second is never found",
                "keep one of them",
            )
        seen.add(folded)


def _key_kind(node: n.TableDef, position: int, entries: tuple[m.TableEntry, ...], scope: Scope) -> Kind:
    kinds: set[Kind] = {"text" if isinstance(entry.keys[position], str) else "number" for entry in entries}
    if len(kinds) > 1:
        scope.refuse("T110", f"the keys of `{node.name}` are texts and numbers", node.span, "not of one type")
    return kinds.pop()


def _entry(node: n.TableEntry, scope: Scope) -> m.TableEntry:
    value = _fixed(node.value, scope)
    return m.TableEntry(tuple(_key(key, scope) for key in node.keys), value)


def _key(node: n.Expr, scope: Scope) -> Key:
    if not isinstance(node, n.RangeOf):
        return _fixed(node, scope)
    low = scope.constant(node.low, "the end of a range") if node.low is not None else None
    high = scope.constant(node.high, "the end of a range") if node.high is not None else None
    return _range(low, high, node.span, scope)


def _range(low: float | None, high: float | None, span: Span, scope: Scope) -> Key:
    if low is not None and high is not None and low > high:
        scope.refuse(
            "T132",
            f"the range `{low:g}..{high:g}` is empty",
            span,
            "the wrong way round",
            "write the smaller end first",
        )
    return (low, high)


def _fixed(node: n.Expr, scope: Scope) -> str | float:
    found = scope.value(node, "number", "text")
    if not isinstance(found, m.Const) or not isinstance(found.value, str | float):
        scope.refuse(
            "T110",
            "a table holds fixed values",
            node.span,
            "not fixed by the text",
            "write a number, a text or a param",
        )
    return found.value


def _file_entries(node: n.FromFile, root: Path | None, scope: Scope) -> tuple[m.TableEntry, ...]:
    header, rows = read_csv(root, node, scope)
    if not node.keys or node.value is None:
        scope.refuse(
            "T114",
            "a table from a file names its columns",
            node.span,
            "no columns",
            "write `file 'x.csv' key a value v`",
        )
    columns = [_column(header, name, node, scope) for name in (*node.keys, node.value)]
    cells = [[row[index] for index in columns] for row in rows if all(row[index] for index in columns)]
    typed = [_typed_keys([row[position] for row in cells], node, scope) for position in range(len(node.keys))]
    numeric = all(_NUMBER.fullmatch(row[-1]) for row in cells)
    values = [float(row[-1]) if numeric else row[-1] for row in cells]
    return tuple(
        m.TableEntry(keys, value)
        for *keys_list, value in zip(*typed, values, strict=True)
        for keys in [tuple(keys_list)]
    )


def _typed_keys(cells: list[str], node: n.FromFile, scope: Scope) -> list[Key]:
    """Numbers and ranges if all cells are such, texts otherwise."""
    found: list[Key] = []
    for cell in cells:
        between = _RANGE.fullmatch(cell)
        if _NUMBER.fullmatch(cell):
            found.append(float(cell))
        elif between:
            low, high = (float(end) if end else None for end in between.groups())
            found.append(_range(low, high, node.span, scope))
        else:
            return list(cells)
    return found
