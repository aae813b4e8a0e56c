"""What is worked out of everybody, once for each spell where that is enough.

    near ──▶ spelt (with what hangs on the spell alone)
               ├── nothing is counted at each instant ──▶ calm ── now ──┐
               └── something is ── now ─────────────────────────────────┴──▶ values at the instant

Most people are calm at most instants: of them nothing is worth less day by day. Their values are those of their spell.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from ...grammar.late_methods import dataclass
from ..model import Cases, Const, Expr, Missing
from .ahead import FROM, UNTIL, counts_from
from .scalars import Call, Ref, call, event, has_window, is_known, leaves, rewrite
from .selects import EVENT_ROW, Columns, Row, Selects, wanted
from .steps import Query, Source, Union

BUSY = "busy"
"""The column of spells with how many events of somebody are counted at each instant; missing if there are none."""

SPAN = (FROM, UNTIL)


@dataclass(frozen=True)
class Parted:
    """Columns that may read each other: those that hang on the spell of somebody alone, and the others, which read what
    is `counted` at each instant, and these."""

    spelt: Columns
    each: Columns


def parted(
    columns: Columns, is_of_spell: Callable[[Ref], bool], is_counted: Callable[[Ref], bool], busy: bool
) -> Parted | None:
    """None where some hang on more than spells and what is counted for those who are `busy`."""
    if has_window(tuple(columns.values())):
        return None
    each: set[str] = set()
    for name, expr in columns.items():
        for leaf in leaves(expr):
            if not isinstance(leaf, Ref):
                return None
            if leaf.via == "" and leaf.name in columns and columns[leaf.name] != leaf:
                continue
            if not is_of_spell(leaf):
                if not (busy and is_counted(leaf)):
                    return None
                each.add(name)
    while more := {name for name, expr in columns.items() if name not in each and _reads(expr, each)}:
        each |= more
    carried = _Carried(lambda ref: ref.via != "" or not (ref.name in each or is_counted(ref)), {*columns})
    late = {name: rewrite(expr, carried.of_spell) for name, expr in columns.items() if name in each}
    return Parted({**{name: expr for name, expr in columns.items() if name not in each}, **carried.columns}, late)


class _Carried:
    """What is read of spells where more than these is read: as much of it as can be is worked out with the spell."""

    def __init__(self, is_of_spell: Callable[[Ref], bool], names: Collection[str]) -> None:
        self._is_of_spell = is_of_spell
        self._names = names
        self._parts: dict[Expr, str] = {}
        self.columns: dict[str, Expr] = {}

    def of_spell(self, expr: Expr) -> Expr | None:
        """The column of spells for an expression that hangs on these alone: a reference, a part of a sum, and what is
        asked of texts, which are not carried for that."""
        if isinstance(expr, Ref):
            return self._column(expr) if self._is_of_spell(expr) else None
        if isinstance(expr, Call) and expr.name == "add":
            return self._sum(expr)
        asks = (expr.kind == "bool" or isinstance(expr, Cases)) and any(leaf.kind == "text" for leaf in leaves(expr))
        return self._part(expr) if asks and self._hangs_on_spell(expr) else None

    def _sum(self, expr: Call) -> Expr:
        own = [item for item in expr.args if self._hangs_on_spell(item)]
        others = [rewrite(item, self.of_spell) for item in expr.args if item not in own]
        if len(own) > 1:
            others.append(self._part(call("add", *own) if others else expr))
        else:
            others += [rewrite(item, self.of_spell) for item in own]
        return call("add", *others) if len(others) > 1 else others[0]

    def _hangs_on_spell(self, expr: Expr) -> bool:
        found = [leaf for leaf in leaves(expr) if isinstance(leaf, Ref)]
        return bool(found) and all(map(self._is_of_spell, found))

    def _part(self, expr: Expr) -> Expr:
        name = self._parts.setdefault(expr, f"part {len(self._parts) + 1}")
        self.columns[name] = expr
        return event(name, expr.kind)

    def _column(self, ref: Ref) -> Expr:
        name = f"{ref.via} {ref.name}" if ref.via else ref.name
        if name not in self._names:
            self.columns[name] = ref
        return event(name, ref.kind)


def _reads(expr: Expr, names: set[str]) -> bool:
    return any(isinstance(leaf, Ref) and leaf.via == "" and leaf.name in names for leaf in leaves(expr))


def of_spells(selects: Selects, near: Source, row: Row, parts: Parted, keep: Sequence[str], busy: bool) -> Query:
    """What hangs on spells alone, and is read later."""
    read = [name for name in wanted(tuple(parts.each.values())) if name in parts.spelt]
    kept = [name for name in keep if name not in parts.each]
    return selects.staged(near, row, parts.spelt, [*kept, *read, *SPAN, *([BUSY] if busy else [])])


def calm(selects: Selects, spelt: Source, row: Row, parts: Parted, keep: Sequence[str]) -> Query:
    """The values of those of whom nothing is counted at each instant, from when until when."""

    def missing(expr: Expr) -> Expr | None:
        return Const(kind=expr.kind, value=None) if isinstance(expr, Ref) and expr.name not in parts.each else None

    nothing = {name: rewrite(expr, missing) for name, expr in parts.each.items()}
    return selects.staged(spelt, row, nothing, [*keep, *SPAN], (Missing(item=event(BUSY)),))


def at_instant(selects: Selects, spelt: str, names: Mapping[str, None], busy: bool = False) -> Query:
    """What is so at the instant, of all spells or of those of the busy."""
    tests = (*counts_from(FROM), *([is_known(event(BUSY))] if busy else []))
    return selects.select(Source(spelt), EVENT_ROW, {name: event(name) for name in names}, tests)


def values(selects: Selects, calmed: str, spelt: Query, row: Row, parts: Parted, keep: Sequence[str]) -> Union:
    """The values of everybody at the instant; `spelt` are the spells of those who are busy."""
    of_calm = at_instant(selects, calmed, dict.fromkeys(keep))
    of_busy = selects.staged(Source(spelt), row, parts.each, keep)
    return Union((of_calm, of_busy))
