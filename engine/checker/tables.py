"""Look-up tables: written out, or columns of a CSV file inside the ruleset's folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ...grammar import nodes as n
from ...grammar.diagnostics import Related
from ...grammar.late_methods import dataclass
from ...grammar.source import Span
from .. import model as m
from ..fold import fold
from ..schema import Kind
from .book import TableInfo
from .csv_files import Rows, read_rows
from .lists import number
from .scope import Scope

_RANGE = re.compile(r"\s*(-?\d+(?:\.\d+)?)?\s*\.\.\s*(-?\d+(?:\.\d+)?)?\s*", re.ASCII)
Key = str | float | tuple[float | None, float | None]


@dataclass(frozen=True)
class _Placed:
    """An entry and where it stands."""

    entry: m.TableEntry
    place: Span


def read_table(node: n.TableDef, root: Path | None, scope: Scope) -> TableInfo:
    """A table with one or two keys; values are all numbers or all texts."""
    placed = _placed(node, root, scope)
    default = _fixed(node.default, scope) if node.default is not None else None
    if not placed:
        scope.refuse("T120", f"the table `{node.name}` has no entries", node.place, "empty", "write at least one")
    keys = tuple(_key_kind(node, position, placed, scope) for position in range(_width(node, placed, scope)))
    kind = _value_kind(node, placed, default, scope)
    _no_key_twice(node, placed, scope)
    entries = tuple(item.entry for item in placed)
    return TableInfo(m.Table(node.name, entries, default), keys, kind, tuple(item.place for item in placed))


def _placed(node: n.TableDef, root: Path | None, scope: Scope) -> tuple[_Placed, ...]:
    if isinstance(node.content, n.FromFile):
        return _from_file(node.content, root, scope)
    return scope.every(node.content, lambda entry: _written(entry, scope))


# --- the same everywhere ------------------------------------------------------------


def _width(node: n.TableDef, placed: tuple[_Placed, ...], scope: Scope) -> int:
    """How many keys each entry has."""
    width = len(placed[0].entry.keys)
    for item in placed:
        if len(item.entry.keys) != width:
            message = f"the entries of `{node.name}` have different numbers of keys"
            hint = "write one key or two, as many in every entry"
            scope.refuse("T114", message, item.place, f"{len(item.entry.keys)}, and {width} before", hint)
    return width


def _key_kind(node: n.TableDef, position: int, placed: tuple[_Placed, ...], scope: Scope) -> Kind:
    keys = [(item.entry.keys[position], item.place) for item in placed]
    return _one_kind(keys, f"the keys of `{node.name}` are texts and numbers", "a number in quotes is a text", scope)


def _value_kind(node: n.TableDef, placed: tuple[_Placed, ...], default: str | float | None, scope: Scope) -> Kind:
    values = [(item.entry.value, item.place) for item in placed]
    if default is not None and node.default is not None:
        values.append((default, node.default.span))
    message = f"the table `{node.name}` gives numbers and texts"
    return _one_kind(values, message, "give every entry a value of one kind", scope)


def _one_kind(values: Sequence[tuple[Key, Span]], message: str, hint: str, scope: Scope) -> Kind:
    """The kind of the first, refused at the first that has another."""
    kinds: list[Kind] = ["text" if isinstance(value, str) else "number" for value, _ in values]
    for kind, (_, place) in zip(kinds, values, strict=True):
        if kind != kinds[0]:
            scope.refuse("T110", message, place, "not as before", hint)
    return kinds[0]


def _no_key_twice(node: n.TableDef, placed: tuple[_Placed, ...], scope: Scope) -> None:
    seen: dict[object, Span] = {}
    for item in placed:
        folded = tuple(fold(key) if isinstance(key, str) else key for key in item.entry.keys)
        if folded in seen:
            shown = ", ".join(map(_shown, item.entry.keys))
            related = (Related(seen[folded], "the first one"),) if seen[folded] != item.place else ()
            message = f"the table `{node.name}` has the key `{shown}` twice"
            scope.note("T130", message, item.place, "never found", "keep one of them", related)
        seen.setdefault(folded, item.place)


def _shown(key: Key) -> str:
    if isinstance(key, tuple):
        return "..".join("" if end is None else f"{end:g}" for end in key)
    return key if isinstance(key, str) else f"{key:g}"


# --- written out --------------------------------------------------------------------


def _written(node: n.TableEntry, scope: Scope) -> _Placed:
    keys = scope.every(node.keys, lambda key: _key(key, scope))
    return _Placed(m.TableEntry(keys, _fixed(node.value, scope)), node.span)


def _key(node: n.Expr, scope: Scope) -> Key:
    if not isinstance(node, n.RangeOf):
        return _fixed(node, scope)
    low = scope.constant(node.low, "the end of a range") if node.low is not None else None
    high = scope.constant(node.high, "the end of a range") if node.high is not None else None
    return _range(low, high, node.span, scope)


def _range(low: float | None, high: float | None, span: Span, scope: Scope) -> Key:
    if low is not None and high is not None and low > high:
        message, hint = f"the range `{low:g}..{high:g}` is empty", "write the smaller end first"
        scope.refuse("T132", message, span, "the wrong way round", hint)
    return (low, high)


def _fixed(node: n.Expr, scope: Scope) -> str | float:
    found = scope.value(node, "number", "text")
    if not isinstance(found, m.Const) or not isinstance(found.value, str | float):
        hint = "write a number, a text or a param"
        scope.refuse("T110", "a table holds fixed values", node.span, "not fixed by the text", hint)
    return found.value


# --- from a file --------------------------------------------------------------------


def _from_file(node: n.FromFile, root: Path | None, scope: Scope) -> tuple[_Placed, ...]:
    if not node.keys or node.value is None:
        hint = "write `file 'x.csv' key a value v`"
        scope.refuse("T114", "a table from a file names its columns", node.span, "no columns", hint)
    table = read_rows(root, node, scope)
    columns = [table.column(name, scope) for name in (*node.keys, node.value)]
    rows = [_cells(table, line, [row[index] for index in columns], scope) for line, row in table.rows]
    values = _values([row[-1] for row in rows])
    keys = [_typed_keys([row[position] for row in rows], node, scope) for position in range(len(node.keys))]
    return tuple(
        _Placed(m.TableEntry(tuple(column[index] for column in keys), values[index]), node.span)
        for index in range(len(rows))
    )


def _cells(table: Rows, line: int, cells: list[str], scope: Scope) -> list[str]:
    names = (*table.node.keys, table.node.value or "")
    for name, cell in zip(names, cells, strict=True):
        if not cell:
            message = f"line {line} of `{table.node.path}` has nothing in the column `{name}`"
            scope.refuse("R106", message, table.node.span, "an entry with a hole", "fill it in, or remove the line")
    return cells


def _values(cells: list[str]) -> list[str] | list[float]:
    """Numbers if all cells are such, texts otherwise."""
    numbers = [value for cell in cells if (value := number(cell)) is not None]
    return numbers if len(numbers) == len(cells) else cells


def _typed_keys(cells: list[str], node: n.FromFile, scope: Scope) -> list[Key]:
    """Numbers and ranges if all cells are such, texts otherwise."""
    found: list[Key] = []
    for cell in cells:
        value, between = number(cell), _RANGE.fullmatch(cell)
        if value is not None:
            found.append(value)
        elif between and any(between.groups()):
            low, high = (float(end) if end else None for end in between.groups())
            found.append(_range(low, high, node.span, scope))
        else:
            return list(cells)
    return found
