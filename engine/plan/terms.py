"""Terms: values that one atom decides. What a score adds up of them is summed atom by atom, in as few queries as there
are shapes; only what else remains is worked out for each lead or account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..model import Const, Default, Expr, Or, Part
from ..schema import Kind
from .atoms import Atom, Found, Lane, atom_of
from .book import Book, EntityColumn, needed_columns
from .nothing import nothing
from .scalars import FALSE, TRUE, Call, Column, Ref, call, integer, leaves, only_if, rewrite
from .values import compare

FEWEST = 3
"""So many terms of a sum make it worth to sum them apart."""

ATOM = "h"
"""The alias of the relation that has what was found of each atom."""

CONSTANTS = "t"
"""The alias of the relation that has the constants of terms of one shape."""


@dataclass(frozen=True)
class Term(Part):
    """Values over what was found of one atom, as columns of `ATOM`."""

    atom: Atom
    values: tuple[Expr, ...]


@dataclass(frozen=True)
class Tally(Part):
    """The sum of the first values of terms of one lane; missing where nothing was found."""

    terms: tuple[Term, ...]

    @property
    def lane(self) -> Lane:
        return self.terms[0].atom.lane


@dataclass(frozen=True)
class _Traced:
    """A value over one set of events, of whose atoms one at most has a worth."""

    atom: Atom
    value: Expr


class Terms:
    """Finds the terms among the columns of a book."""

    def __init__(self, book: Book, fewest: int = FEWEST) -> None:
        self._book = book
        self._fewest = fewest
        self._traced: dict[str, _Traced | None] = {}

    def of(self, *exprs: Expr) -> Term | None:
        """The expressions of a row as values over one atom, if they are."""
        found = [self._trace(expr) for expr in exprs]
        atom: Atom | None = None
        for each, expr in zip(found, exprs, strict=True):
            if isinstance(expr, Const):
                continue
            if each is None:
                return None
            atom = each.atom if atom is None else _same(atom, each.atom)
            if atom is None:
                return None
        if atom is None:
            return None
        return Term(atom, tuple(expr if each is None else each.value for each, expr in zip(found, exprs, strict=True)))

    def tally(self, roots: Sequence[str]) -> None:
        """Rewrite what the roots need: terms of sums, and of `or`, become tallies."""
        for name in needed_columns(self._book, roots):
            column = self._book.columns[name]
            if column.formula is not None and column.layer >= 0 and self._traced_column(name) is None:
                column.formula = rewrite(column.formula, partial(self._tallied, column.level))

    # --- sums ---------------------------------------------------------------------------------------------------

    def _tallied(self, level: Level, expr: Expr) -> Expr | None:
        if isinstance(expr, Call) and expr.name == "add":
            rest, sums = self._summed(expr.args, level, integer(0))
            return None if not sums else call("add", *rest, *sums) if len(rest) + len(sums) > 1 else sums[0]
        if isinstance(expr, Or):
            rest, sums = self._summed(expr.items, level, FALSE)
            held = [compare(">", found, integer(0)) for found in sums]
            return None if not sums else Or(items=(*rest, *held))
        return None

    def _summed(self, items: Sequence[Expr], level: Level, none: Const) -> tuple[list[Expr], list[Expr]]:
        """The items that are no terms, and the sums of those that are."""
        lanes: dict[Lane, list[Term]] = {}
        rest: list[Expr] = []
        for item in items:
            term = self.of(item if none != FALSE else only_if(item, integer(1), integer(0)))
            if term is None or term.atom.lane.key != level or nothing(term.values[0]) != Const(value=0):
                rest.append(item)
            else:
                lanes.setdefault(term.atom.lane, []).append(term)
        if sum(map(len, lanes.values())) < self._fewest:
            return list(items), []
        sums = [self._book.tally(level, "tally", Tally(tuple(terms))) for terms in lanes.values()]
        return rest, [Default(item=found, fallback=integer(0), kind="timestamp") for found in sums]

    # --- tracing ------------------------------------------------------------------------------------------------

    def _trace(self, expr: Expr) -> _Traced | None:
        """The expression over one atom, through the formulas that it reads."""
        atom: Atom | None = None
        parts: dict[Expr, Expr] = {}
        for leaf in leaves(expr):
            if not isinstance(leaf, Ref) or leaf.via != "":
                return None
            found = self._traced_column(leaf.name)
            if found is None:
                return None
            atom = found.atom if atom is None else _same(atom, found.atom)
            if atom is None:
                return None
            parts[leaf] = found.value
        return None if atom is None else _Traced(atom, rewrite(expr, parts.get))

    def _traced_column(self, name: str) -> _Traced | None:
        if name not in self._traced:
            self._traced[name] = None  # whoever reads itself is no term
            column = self._book.columns[name]
            if column.formula is not None and column.layer >= 0:
                self._traced[name] = self._trace(column.formula)
            elif (found := atom_of(column.rows, column.output)) is not None:
                self._traced[name] = _Traced(found[0], of_atom(found[1]))
        return self._traced[name]


def of_atom(found: Found) -> Column:
    """What was found of an atom."""
    return Column(table=ATOM, name=found, kind="timestamp")


def as_tally(column: EntityColumn) -> Tally | None:
    """What a column counts by kind, as a sum: that of its terms, or what is found of one atom."""
    found = atom_of(column.rows, column.output)
    return column.tally if found is None else Tally((Term(found[0], (of_atom(found[1]),)),))


def _same(one: Atom, other: Atom) -> Atom | None:
    """The atom that stands for both: the same events, of which one at most says what each is worth."""
    if one == other:
        return one
    if (one.tests, one.low, one.high, one.lane.key, one.lane.without) != (
        other.tests,
        other.low,
        other.high,
        other.lane.key,
        other.lane.without,
    ):
        return None
    if one.worth is None or other.worth is None:
        return other if one.worth is None else one
    return None


# --- shapes -----------------------------------------------------------------------------------------------------

_WANTS_CONSTANTS = frozenset({"micros", "floor_div", "floor_mod"})


@dataclass(frozen=True)
class Shape:
    """Values whose numbers are columns of `CONSTANTS`."""

    values: tuple[Expr, ...]
    kinds: tuple[Kind, ...]


def shaped(values: tuple[Expr, ...]) -> tuple[Shape, tuple[float | int, ...]]:
    """The shape of values and the numbers that make them of it."""
    kinds: list[Kind] = []
    numbers: list[float | int] = []

    def parameter(expr: Expr) -> Expr | None:
        if isinstance(expr, Call) and expr.name in _WANTS_CONSTANTS:
            return expr
        if not isinstance(expr, Const) or expr.kind not in ("timestamp", "number") or expr in (TRUE, FALSE):
            return None
        if isinstance(expr.value, bool) or not isinstance(expr.value, (int, float)):
            return None
        kinds.append(expr.kind)
        numbers.append(expr.value)
        return Column(table=CONSTANTS, name=f"c{len(numbers)}", kind=expr.kind)

    changed = rewrite(values, parameter)
    return Shape(changed, tuple(kinds)), tuple(numbers)


def read_by(terms: Sequence[Term]) -> Iterator[tuple[Atom, str]]:
    """What the terms ask of each atom."""
    for term in terms:
        for leaf in leaves(term.values):
            if isinstance(leaf, Column) and leaf.table == ATOM:
                yield term.atom, leaf.name
