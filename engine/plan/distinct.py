"""How many different values (days, contacts, pages) the events of somebody have, followed through many instants: one is
there from the first event that has it until the last one does not count any more."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from ..model import Expr
from .ahead import EVENT_EVER, FROM, UNTIL, timed
from .atoms import Atom
from .book import Book, EntityColumn
from .differing import values_counted
from .pace import Pace
from .reach import EVER
from .scalars import Column, call, event, integer, is_known, leaves, only_if
from .selects import EVENT_ROW, Selects
from .spells import BEFORE, SPAN, aged, counted, in_span, turns
from .steps import Query, Relation, Source

Emit = Callable[[str, Relation, str], None]


class Distinct:
    """Makes the steps of columns that count different values; `emit` makes a step of that name."""

    def __init__(self, book: Book, selects: Selects, emit: Emit, pace: Pace | None) -> None:
        self._book = book
        self._selects = selects
        self._emit = emit
        self._pace = pace
        self._numbers = count(1)

    def is_followed(self, column: EntityColumn) -> bool:
        """Whether what a column counts is followed from one instant to the next."""
        if self._pace is None or (found := values_counted(column)) is None:
            return False
        _, atom, value = found
        late = timed(self._book)
        reads = leaves((atom.tests, value))
        is_own = all(isinstance(leaf, Column) and leaf.table == "e" and leaf.name not in late for leaf in reads)
        return is_own and atom.lane.without is None and self._pace.pays([atom.window])

    def changes(self, column: EntityColumn, number: int) -> Query:
        """By how much the number of values of an owner differs from one instant to the next; `number` is that of the
        column, as a `tally`."""
        found = values_counted(column)
        assert found is not None
        _, atom, value = found
        name = f"{atom.lane.key}_values_there_{next(self._numbers)}"
        turned, made = f"{name}_turns", f"{name}_counted"
        whose = (event("owner"), event("value", value.kind))
        self._emit(name, self._struck(atom, value), f"for {column.name}: which values there are, from when until when")
        self._emit(turned, turns(name, whose), "the instants at which a value has one more event, or one less")
        self._emit(made, counted(turned, whose), "how many events a value has from then on")
        there, was = (only_if(is_known(event(each)), integer(1), integer(0)) for each in ("n", BEFORE))
        units = call("subtract", there, was)
        columns = (("owner", event("owner")), ("at", event("at")), ("tally", integer(number)), ("units", units))
        return Query(columns, Source(made))

    def _struck(self, atom: Atom, value: Expr) -> Query:
        owner = event("lead") if atom.lane.key == "lead" else event("account")
        high = integer(EVER if atom.high is None else atom.high)
        since, until = aged(integer(atom.low), high)
        columns = {"owner": owner, "value": value, FROM: since, UNTIL: until}
        tests = [*atom.tests, is_known(owner), is_known(value), *in_span(since, until)]
        return self._selects.select(Source(EVENT_EVER), EVENT_ROW, columns, tests, (), (SPAN,))
