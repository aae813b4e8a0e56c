"""What the plan is asked for, collected before any step is made: columns of leads and accounts, outputs of sets of
rows, columns of events. Equal wishes are one. Each has a layer, so that whole layers become one statement each.

A layer is worked out in this order: outputs of events, formulas of leads, outputs of leads, formulas of accounts. What
reads an account's column from a lead's row, or a formula from an event's, belongs to the next layer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, replace
from typing import TYPE_CHECKING, Literal

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..fold import fold as fold_text
from ..model import Const, Decay, Expr
from ..schema import Kind
from .names import Names
from .rowsets import LeadRows, Output, Rows
from .scalars import Call, Column, Factor, Instant, Ref, event, leaves
from .steps import DecayColumn, InstantColumn

if TYPE_CHECKING:
    from .past import Look
    from .terms import Tally

BASE = -1
"""The layer of what is there before any rule is worked out."""

OWN: dict[str, Kind] = {
    "key": "timestamp",
    "id": "text",
    "account": "timestamp",
    "account_id": "text",
    "known": "bool",
}
"""The columns that leads and accounts have without being asked."""

RESERVED = (
    *OWN,
    *(
        "owner",
        "lead",
        "at",
        "age",
        "type",
        "reason",
        "contact_reason",
        "own",
        "place",
        "worth",
        "period",
        "by",
        "value",
        "session",
        "before",
        "start",
    ),
    *("points", "following", "identity", "group_size", "group_first", "group_value", "group_distinct", "anchor_at"),
    *("kept", "rank", "spare", "running", "all_spare"),
    *("nearest", "peers", "rows", "length", "bound", "counted", "n", "total", "passes", "slot"),
)
"""Names that queries use for columns of their own (those with a blank in them cannot be taken anyway)."""


@dataclass
class EntityColumn:
    """A column of each lead or account. Exactly one of: a field of the data (`formula` reads the data table, layer
    BASE), a formula over other columns, an output of a set of rows, a tally of terms, what was told of the day before
    (its name there), a look back over the days."""

    name: str
    level: Level
    kind: Kind
    layer: int
    formula: Expr | None = None
    rows: Rows | None = None
    output: Output | None = None
    tally: Tally | None = None
    told: str | None = None
    look: Look | None = None


@dataclass(frozen=True)
class Sessions:
    """What sessions are made from: the longest pause, in microseconds, and columns of events."""

    gap: int
    contact_id: Column
    account_id: Column
    given: Column | None


@dataclass
class Book:
    """All wishes so far. `ranked` are the columns that say who is compared with all others, `types` those of the events
    that have a property."""

    columns: dict[str, EntityColumn] = field(default_factory=lambda: _own_columns())
    events: dict[str, Expr] = field(default_factory=dict)
    decays: dict[str, dict[str, DecayColumn]] = field(default_factory=dict)
    instants: dict[str, InstantColumn] = field(default_factory=dict)
    sessions: Sessions | None = None
    ranked: set[str] = field(default_factory=set)
    types: dict[str, frozenset[str]] = field(default_factory=dict)
    names: Names = field(default_factory=lambda: Names(RESERVED))
    _known: dict[object, str] = field(default_factory=dict)

    def formula(self, level: Level, hint: str, expr: Expr, kind: Kind | None = None) -> Ref:
        """The column for an expression of an entity's row; a reference stays as it is."""
        if isinstance(expr, Ref) and expr.level == level and expr.via == "":
            return expr
        kind = expr.kind if kind is None else kind
        name = self._known.get((level, kind, expr))
        if name is None:
            name = self.names.take(hint)
            self._known[level, kind, expr] = name
            self.columns[name] = EntityColumn(name, level, kind, self._formula_layer(level, expr), formula=expr)
        return Ref(level=level, name=name, kind=kind)

    def base(self, level: Level, hint: str, expr: Expr) -> Ref:
        """A column that is there from the beginning: `expr` reads the data's own table as `d`."""
        name = self._known.get(("base", level, expr))
        if name is None:
            name = self.names.take(hint)
            self._known["base", level, expr] = name
            self.columns[name] = EntityColumn(name, level, expr.kind, BASE, formula=expr)
        return Ref(level=level, name=name, kind=expr.kind)

    def output(self, rows: Rows, output: Output, hint: str) -> Ref:
        """The column for one output of a set of rows; missing for entities without rows."""
        name = self._known.get((rows, output))
        if name is None:
            name = self.names.take(hint)
            self._known[rows, output] = name
            layer = self._rows_layer(rows, output)
            self.columns[name] = EntityColumn(name, rows.key, output.kind, layer, rows=rows, output=output)
        return Ref(level=rows.key, name=name, kind=output.kind)

    def tally(self, level: Level, hint: str, tally: Tally) -> Ref:
        """The column for a sum of terms; missing where nothing was found."""
        name = self._known.get((level, tally))
        if name is None:
            name = self.names.take(hint)
            self._known[level, tally] = name
            refs = [leaf for leaf in leaves(tally) if isinstance(leaf, Ref)]
            layer = max((0, *(self.columns[ref.name].layer + 1 for ref in refs)))
            self.columns[name] = EntityColumn(name, level, "timestamp", layer, tally=tally)
        return Ref(level=level, name=name, kind="timestamp")

    def told(self, level: Level, title: str, kind: Kind) -> Ref:
        """The column for what the tables of the day before have under a name."""
        name = self._known.get(("told", level, title))
        if name is None:
            name = self.names.take(f"told {title}")
            self._known["told", level, title] = name
            self.columns[name] = EntityColumn(name, level, kind, BASE, told=title)
            self.instant("day")
        return Ref(level=level, name=name, kind=kind)

    def look(self, look: Look, kind: Kind) -> Ref:
        """The column for a look back over the days of an entity."""
        level = look.reads[0].level
        name = self._known.get(look)
        if name is None:
            name = self.names.take(look.what)
            self._known[look] = name
            layer = max(self.columns[ref.name].layer + 1 for ref in look.reads)
            self.columns[name] = EntityColumn(name, level, kind, max(layer, 0), look=look)
        return Ref(level=level, name=name, kind=kind)

    def event_column(self, hint: str, expr: Expr, is_own: bool = False) -> Column:
        """A column of all events, made once by the adapter; `expr` reads the data's table as `d`, others as `e`.

        One of the adapter's own has the hint as its name, which no property can take.
        """
        name = self._known.get(("event", expr))
        if name is None:
            name = hint if is_own else self.names.take(hint)
            self._known["event", expr] = name
            self.events[name] = expr
        return event(name, expr.kind)

    def factor(self, decay: Decay, points: float | None, age: Expr) -> Factor:
        """The look-up of a decay; with constant points it gives their units at that age."""
        shape = replace(decay, ages_by=None)
        columns = self.decays.setdefault(decay.unit, {})
        key = ("decay", shape, points)
        name = self._known.get(key)
        if name is None:
            name = self.names.take(f"{decay.kind} {decay.period:g}")
            self._known[key] = name
            columns[name] = DecayColumn(name, shape, points)
        return Factor(unit=decay.unit, column=name, age=age, kind="number" if points is None else "timestamp")

    def instant(
        self,
        what: Literal["today", "day", "start", "end"],
        unit: Literal["day", "week", "month", "quarter", "year"] = "day",
        back: int = 0,
    ) -> Instant:
        """A column of the relation `instant`."""
        name = what if what in ("today", "day") else f"{'last' if back else 'this'}_{unit}_{what}"
        self.instants[name] = InstantColumn(name, what, unit, back)
        return Instant(name=name, kind="date" if what == "today" else "timestamp")

    def fold(self, expr: Expr) -> Expr:
        """The text or list as it is compared, made once where it is a column."""
        if isinstance(expr, Const):
            return replace(expr, value=_folded(expr.value))
        return self._made_once("fold_list" if expr.kind == "list" else "fold", expr, "folded")

    def words(self, folded: Expr) -> Expr:
        """A folded text as its words with blanks around them, made once where it is a column."""
        return self._made_once("words", folded, "words")

    def _made_once(self, function: str, expr: Expr, hint: str) -> Expr:
        made = Call(name=function, args=(expr,), kind=expr.kind)
        if isinstance(expr, Call) and expr.name == function:
            return expr
        if isinstance(expr, Ref):
            column = self.columns[expr.name]
            hint = f"{expr.name} {hint}"
            if column.layer == BASE and column.formula is not None:
                once = self.base(expr.level, hint, replace(made, args=(column.formula,)))
            else:
                once = self.formula(expr.level, hint, replace(made, args=(replace(expr, via=""),)))
            return replace(once, via=expr.via)
        if isinstance(expr, Column) and expr.table == "e" and expr.name in self.events:
            return self.event_column(f"{expr.name} {hint}", made)
        return made

    def _formula_layer(self, level: Level, expr: Expr) -> int:
        layer = 0
        for leaf in leaves(expr):
            if isinstance(leaf, Ref):
                below = level == "lead" and leaf.level == "account"
                layer = max(layer, self.columns[leaf.name].layer + below)
        return layer

    def _rows_layer(self, rows: Rows, output: Output) -> int:
        refs = [leaf for leaf in (*leaves(rows), *leaves(output)) if isinstance(leaf, Ref)]
        of_leads = isinstance(rows, LeadRows)
        beyond = (0 if of_leads and ref.level == "lead" else 1 for ref in refs)
        return max((0, *(self.columns[ref.name].layer + more for ref, more in zip(refs, beyond, strict=True))))


def needed_columns(book: Book, roots: Iterable[str]) -> dict[str, list[str]]:
    """The columns that are asked for, and all that these need, each with the columns that it reads."""
    reads: dict[str, list[str]] = {}
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in reads:
            column = book.columns[name]
            parts = (column.formula, column.rows, column.output, column.tally, column.look)
            reads[name] = list(dict.fromkeys(leaf.name for leaf in leaves(parts) if isinstance(leaf, Ref)))
            waiting += reads[name]
    return reads


def _own_columns() -> dict[str, EntityColumn]:
    return {name: EntityColumn(name, "lead", kind, BASE) for name, kind in OWN.items()}


def _folded(value: object) -> str | tuple[str, ...] | None:
    if isinstance(value, tuple):
        return tuple(fold_text(str(each)) for each in value)
    return None if value is None else fold_text(str(value))
