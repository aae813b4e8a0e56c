"""What is worked out of everybody, once for each spell where that is enough.

    near ──▶ spelt (with what hangs on the spell alone)
               ├── nothing is counted at each instant ──▶ calm ── now ──┐
               └── something is ── now ─────────────────────────────────┴──▶ values at the instant

Most people are calm at most instants: of them nothing is worth less day by day. Their values are those of their spell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ...grammar.late_methods import dataclass
from ..model import Const, Expr, Missing
from .ahead import FROM, UNTIL, counts_from
from .scalars import Ref, event, has_window, is_known, leaves, rewrite
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
    carried: dict[str, Expr] = {}

    def carry(expr: Expr) -> Expr | None:
        if not isinstance(expr, Ref) or (expr.via == "" and (expr.name in each or is_counted(expr))):
            return None
        name = f"{expr.via} {expr.name}" if expr.via else expr.name
        if name not in columns:
            carried[name] = expr
        return event(name, expr.kind)

    late = {name: rewrite(expr, carry) for name, expr in columns.items() if name in each}
    return Parted({**{name: expr for name, expr in columns.items() if name not in each}, **carried}, late)


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
