"""What is found of many atoms in one row for each owner, where nothing is asked of an atom but how often it was found.

    dispatch ──by slot──▶ marks (kind and age → bits, and a column for each atom that is counted)
      event ──────────────┴─by owner──▶ found

An atom of which is only asked whether it was found at all is a bit; engines put the bits of all events of an owner
together. The others are counted in a column each. Nothing has a row for each atom, so nothing has to be put together
from such rows again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count

from ...grammar.late_methods import dataclass
from ..model import Cases, Compare, Conditional, Const, Default, Expr
from .atoms import Atom
from .scalars import TRUE, Call, Ref, call, event, integer, joined, leaves, only_if, rewrite
from .steps import Query, Source
from .terms import Term, of_atom

MOST_COUNTED = 24
"""Columns of counts in one scan."""

_BITS = 60
"""Truth values in one whole number."""

_N = of_atom("n")

Asked = Sequence[tuple[str, Sequence[Term]]]
"""Columns by name: the sum of the first values of terms, or what one of them says."""


@dataclass(frozen=True)
class Gathered:
    """The columns that are asked for; `bits` has the atoms of which only matters whether they were found, by their
    place, and `counted` all others, by the name of their column."""

    asked: Asked
    bits: Mapping[Atom, int]
    counted: Mapping[Atom, str]

    def marks(self, dispatch: str, slot: str, number: Callable[[Atom], int], in_lane: Expr) -> Query:
        """What an event says of atoms, by its kind and age. `number` is that of an atom in `dispatch`."""

        def of(atom: Atom) -> Expr:
            return Compare(op="==", left=joined("d", "atom"), right=integer(number(atom)))

        chunks: dict[str, list[tuple[Expr, Expr]]] = {}
        for atom, place in self.bits.items():
            chunks.setdefault(_chunk(place), []).append((of(atom), _bit(place)))
        columns: dict[str, Expr] = {slot: joined("d", slot)}
        for name, items in chunks.items():
            columns[name] = call("bits", Cases(items=tuple(items), otherwise=integer(0), kind="timestamp"))
        for atom, name in self.counted.items():
            columns[name] = call("max", only_if(of(atom), integer(1)))
        return Query(tuple(columns.items()), Source(dispatch, "d"), where=(in_lane,), group=(joined("d", slot),))

    @property
    def found(self) -> dict[str, Expr]:
        """What is found of an owner in the marks (`d`) of the events."""
        chunks = dict.fromkeys(_chunk(place) for place in self.bits.values())
        bits: dict[str, Expr] = {name: call("bits", joined("d", name)) for name in chunks}
        return bits | {name: call("count", joined("d", name)) for name in self.counted.values()}

    def columns(self) -> Iterator[tuple[str, Expr]]:
        """The columns that are asked for, over what is found."""
        for name, terms in self.asked:
            values = [self._of(term) for term in terms]
            yield name, call("add", *map(_or_nothing, values)) if len(values) > 1 else values[0]

    def _of(self, term: Term) -> Expr:
        place = self.bits.get(term.atom)
        if place is None:
            return rewrite(term.values[0], lambda each: _times(each, event(self.counted[term.atom])))
        holds = Compare(op=">", left=call("common_bits", event(_chunk(place)), _bit(place)), right=integer(0))
        return rewrite(term.values[0], lambda each: holds if _is_any(each, _is_times) else None)


def gathered(asked: Asked) -> Gathered | None:
    """The atoms that columns stand on; None if too many of them have to be counted."""
    terms = [term for _, each in asked for term in each]
    counted = dict.fromkeys(term.atom for term in terms if counts(term.values[0], _is_times))
    if len(counted) > MOST_COUNTED:
        return None
    places = count()
    bits = {atom: next(places) for atom in dict.fromkeys(term.atom for term in terms) if atom not in counted}
    return Gathered(asked, bits, {atom: f"n {number}" for number, atom in enumerate(counted, 1)})


def terms_of(found: Query) -> list[int]:
    """How many terms each sum has that a query finds in marks."""
    values = [value for name, value in found.columns if name != "key" and not _is_found_of_one(value)]
    return [len(value.args) if isinstance(value, Call) and value.name == "add" else 1 for value in values]


def _is_found_of_one(value: Expr) -> bool:
    """Whether a column has what is found of an atom, which is missing where there is nothing."""
    if isinstance(value, Conditional):
        return value.other is None
    return isinstance(value, Call) and value.name == "null_if_zero"


def times(atom: Atom, readers: Iterable[Expr], name: str) -> Term:
    """How often an atom was found; as often as once, if all readers of the column only ask whether it was."""

    def is_column(expr: Expr) -> bool:
        return isinstance(expr, Ref) and expr.name == name

    if any(counts(reader, is_column) for reader in readers):
        return Term(atom, (_N,))
    found = Compare(op=">", left=Default(item=_N, fallback=integer(0), kind="timestamp"), right=integer(0))
    return Term(atom, (only_if(found, integer(1)),))


IsNumber = Callable[[Expr], bool]


def counts(expr: Expr, is_number: IsNumber) -> bool:
    """Whether an expression asks for a number itself, and not only whether it is more than none."""
    return any(map(is_number, leaves(rewrite(expr, lambda each: TRUE if _is_any(each, is_number) else None))))


def _is_any(expr: Expr, is_number: IsNumber) -> bool:
    if not isinstance(expr, Compare) or expr.op != ">" or expr.right != integer(0):
        return False
    return _or_none(expr.left, is_number)


def _or_none(expr: Expr, is_number: IsNumber) -> bool:
    """Whether an expression is a number, or 0 where it is missing."""
    return isinstance(expr, Default) and is_number(expr.item) and expr.fallback == integer(0)


def _is_times(expr: Expr) -> bool:
    return expr == _N


def _times(expr: Expr, counted: Expr) -> Expr | None:
    """How often an atom was found, where an expression asks that; missing if it was not."""
    if _or_none(expr, _is_times):
        return counted
    return call("null_if_zero", counted) if _is_times(expr) else None


def _or_nothing(term: Expr) -> Expr:
    """A term of a sum, 0 where it is missing."""
    item = term.item if isinstance(term, Default) and term.fallback == integer(0) else term
    if isinstance(item, Conditional) and item.other is None and isinstance(item.value, Const):
        return only_if(item.condition, item.value, integer(0))
    return term if item is not term else Default(item=term, fallback=integer(0), kind="timestamp")


def _chunk(place: int) -> str:
    return f"bits {place // _BITS + 1}"


def _bit(place: int) -> Expr:
    return integer(1 << place % _BITS)
