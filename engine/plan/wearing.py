"""From which age on events are worth nothing, where nothing but what they are worth is asked of them: they need not be
counted any more then."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ..decay import worthless_from
from ..model import Const, Expr
from .adapter import UNITS
from .atoms import Atom, atom_of
from .book import Book, EntityColumn
from .decays import table_value
from .gathered import counts
from .nothing import nothing
from .scalars import Column, integer, leaves, rewrite
from .terms import ATOM, of_atom

_WORTHS = {"sum", "min", "max"}
_N = of_atom("n")


def worn_out(book: Book, columns: Iterable[EntityColumn], others: Collection[Atom]) -> Mapping[Atom, int]:
    """The age in microseconds from which the events of an atom change no column; of `others` more is asked."""
    alone: dict[Atom, bool] = dict.fromkeys(others, False)
    for column in columns:
        if column.tally is not None:
            for term in column.tally.terms:
                alone[term.atom] = alone.get(term.atom, True) and _is_nothing_without_worth(term.values[0])
        elif (found := atom_of(column.rows, column.output)) is not None:
            alone[found[0]] = False
    ages = {atom: _worthless_from(book, atom) for atom, is_alone in alone.items() if is_alone}
    return {atom: age for atom, age in ages.items() if age is not None and (atom.high is None or age < atom.high)}


def _worthless_from(book: Book, atom: Atom) -> int | None:
    if atom.worth is None or atom.lane.unit == "":
        return None
    column = book.decays[atom.lane.unit][atom.worth.column]
    if column.points is None or (age := worthless_from(column.decay, abs(column.points))) is None:
        return None
    return age * UNITS[atom.lane.unit] if table_value(column, age) == 0 else None


def _is_nothing_without_worth(value: Expr) -> bool:
    """Whether a value is 0 where there are events, however many, that are worth nothing."""
    read = {leaf for leaf in leaves(value) if isinstance(leaf, Column) and leaf.table == ATOM}
    if not {leaf.name for leaf in read - {_N}} <= _WORTHS or counts(value, lambda each: each == _N):
        return False

    def worthless(expr: Expr) -> Expr | None:
        return integer(1 if expr == _N else 0) if expr in read else None

    return nothing(rewrite(value, worthless)) == Const(value=0)
