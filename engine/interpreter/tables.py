"""Look-ups in tables (decision 85)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...grammar.late_methods import dataclass
from ..fold import fold
from ..model import Expr, Lookup, Table, TableEntry
from ..records import Value
from .keys import comparable
from .rows import Context, Row


@dataclass(frozen=True)
class Index:
    """A table made ready: its entries without ranges by their keys, and all entries where ranges must be tried."""

    plain: Mapping[tuple[object, ...], Value]
    tried: Sequence[TableEntry]
    default: Value

    @staticmethod
    def of(table: Table) -> Index:
        """One with a range anywhere is searched in written order: the first entry that matches counts."""
        if any(isinstance(key, tuple) for entry in table.entries for key in entry.keys):
            return Index({}, table.entries, table.default)
        plain: dict[tuple[object, ...], Value] = {}
        for entry in table.entries:
            plain.setdefault(tuple(_plain(key) for key in entry.keys), entry.value)
        return Index(plain, (), table.default)

    def find(self, keys: Sequence[Value]) -> Value:
        """The value for the keys, or the default."""
        if None in keys:
            return self.default
        for entry in self.tried:
            if all(map(_fits, entry.keys, keys)):
                return entry.value
        return self.plain.get(tuple(map(comparable, keys)), self.default)


def _plain(key: object) -> object:
    return fold(key) if isinstance(key, str) else key


def _fits(key: object, value: Value) -> bool:
    if isinstance(key, tuple):
        low, high = key
        return isinstance(value, float) and (low is None or low <= value) and (high is None or value <= high)
    if isinstance(key, str):
        return isinstance(value, str) and fold(key) == fold(value)
    return key == value


def index_of(context: Context, table: Table) -> Index:
    """The index of a table, made once."""
    found: Index = context.lasting.remembered(table, "index", lambda: Index.of(table))
    return found


def lookup(context: Context, expr: Lookup, row: Row) -> Value:
    return index_of(context, expr.table).find([context.value(arg, row) for arg in expr.args])


HANDLERS: Mapping[type[Expr], Callable[[Context, Any, Row], Value]] = {Lookup: lookup}
