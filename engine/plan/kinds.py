"""Kinds of events: those that no test of an atom tells apart. There are few of them, so that texts are folded and tests
are made once for each kind instead of once for each event; an event is then two small numbers, its kind and its age.

    event ──distinct──▶ kind ──tests──▶ dispatch (kind and age → atoms)
      └───────────────────┴──────────▶ placed (who, when, kind and age)

Where a kind is one number (see `codes.py`), events have it as soon as they are read, and nobody needs `placed`.

Where an event is of one kind whatever the instant, and there are many instants, kinds are told apart ahead of them:

    kind ──tests──▶ matched (kind → atoms, each from an age on, up to another)
      └───────────▶ coded (who, when, kind)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property

from ...grammar.late_methods import dataclass
from ..model import Cases, Compare, Const, Expr, InSet
from ..records import Value
from ..schema import Kind
from .adapter import AGES, AS_OF, data
from .ahead import EVENT_EVER, GONE, timed
from .atoms import Atom
from .book import Book
from .codes import NUMBER, coded, holds, texts_of
from .flows import conjuncts
from .population import SEEN
from .reach import EVER, at_least, below
from .scalars import TRUE, Column, Over, both, call, event, integer, joined, only_if, rewrite
from .selects import EVENT_ROW, Selects, made_from, wanted
from .steps import Join, Query, Source, Union, Values, rebuilt
from .steps import Relation as AnyRelation

CODED = "coded"
DISPATCH = "dispatch"
KIND = "kind"
MATCHED = "matched"
PLACED = "placed"
SLOT = "slot"
"""The column with one number for a kind and a range of ages."""
_BITS = 60
"""Truth values in one whole number."""

Emit = Callable[[str, AnyRelation, str], None]


@dataclass(frozen=True)
class Numbered:
    """An atom with its number within its lane, and the numbers of the lane and of its decay."""

    atom: Atom
    lane: int
    number: int
    decay: int | None


class Kinds:
    """Makes the steps `kind`, `placed` and `dispatch` for a set of atoms."""

    def __init__(
        self, book: Book, selects: Selects, atoms: Sequence[Numbered], ahead: bool = False, events: str = "event"
    ) -> None:
        self._ahead = ahead
        self._events = events
        self._book = book
        self._selects = selects
        self._atoms = atoms
        self._own: dict[str, None] = {}
        self._read: dict[str, None] = {}
        self._traits: dict[Expr, int] = {}
        self._apart: dict[str, Expr] = {}
        self._bounds = sorted({bound for each in atoms for bound in (each.atom.low, each.atom.high) if bound})
        self._code = coded(book, [test for each in atoms for test in each.atom.tests])
        made_of = self._of_kind if self._code is None else self._code.of_kind
        self._tests = {numbered.atom: [made_of(test) for test in numbered.atom.tests] for numbered in atoms}
        if self._code is None:
            self._share_texts()
            self._keep_traits()
        else:
            book.events[NUMBER] = self._code.number

    def emit(self, emit: Emit) -> None:
        """All steps, in their order."""
        if self._code is not None and not self.is_ahead:
            age = self._book.event_column("age", call("subtract", AS_OF, event("at")), is_own=True)
            self._book.events[SLOT] = self._slot(event(NUMBER), age)
        emit(KIND, self._kinds(), "the kinds of events that rules tell apart")
        if self.is_ahead:
            if self._code is None:
                emit(CODED, self._coded(), "the events as numbers: who, when, of which kind")
            emit(MATCHED, Union(tuple(self._matches())), "which selections an event of each kind is in, at which ages")
        else:
            if self._code is None:
                emit(PLACED, self._placed(), "the events as numbers: who, when, of which kind and age")
            emit(DISPATCH, self._dispatch(), "which selections an event of each kind and age is in")

    @cached_property
    def is_ahead(self) -> bool:
        """Whether kinds are told apart before it is known which events have happened: no instant decides them."""
        reads = {*self._own, *self._read} if self._code is None else {NUMBER}
        return self._ahead and not timed(self._book) & reads

    @property
    def numbered(self) -> str:
        """The relation of the events as numbers: with their SLOT, or ahead of all instants with the NUMBER of their
        kind."""
        if self._code is not None:
            return self._events_read
        return CODED if self.is_ahead else PLACED

    def of_events(self, relation: AnyRelation) -> AnyRelation:
        """A relation that asks the numbers of events what they tell, so that nothing else has to be kept for that."""
        if self._code is None or self.is_ahead:
            return relation
        return rebuilt(relation, self._asked_of_numbers)

    def _asked_of_numbers(self, query: Query) -> Query:
        read = query.source.relation
        if self._code is not None and read in ("event", self._events):
            columns, where = self._code.of_number(self._number, (query.columns, query.where))
            return replace(query, columns=columns, where=rewrite(where, self._told_of_age))
        return replace(query, source=replace(query.source, relation=rebuilt(read, self._asked_of_numbers)))

    def _told_of_age(self, test: Expr) -> Expr | None:
        """A test of the age of events as one of the range of ages that their SLOT tells, if that has this bound."""
        bucket = call("mod", event(SLOT), integer(self._buckets))
        if (bound := below(test)) in self._bounds:
            return Compare(op="<", left=bucket, right=integer(self._place(bound)))
        if (bound := at_least(test)) in self._bounds:
            return Compare(op=">=", left=bucket, right=integer(self._place(bound)))
        return None

    def told(self, test: Expr) -> Expr:
        """What is asked of events, asked of their NUMBER as far as it tells."""
        return test if self._code is None else self._code.of_number(event(NUMBER), test)

    @property
    def _number(self) -> Expr:
        """The number of the kind of an event that is told by a code."""
        return event(NUMBER) if self.is_ahead else call("div", event(SLOT), integer(self._buckets))

    @property
    def _events_read(self) -> str:
        return EVENT_EVER if self.is_ahead else self._events

    @property
    def _source(self) -> Source:
        return Source(self._events_read)

    @property
    def _buckets(self) -> int:
        return len(self._bounds) + 1

    # --- what tells kinds apart ---------------------------------------------------------------------------------

    def _of_kind(self, test: Expr) -> Expr:
        """A test of events as a test of their kind: over texts as it is, else as one of the traits."""
        own = texts_of(self._book, test)
        if own is not None:
            self._own.update(own)
            self._read.update((name, None) for name in wanted(test))
            return test
        number = self._traits.setdefault(test, len(self._traits))
        return holds(event(_traits(number // _BITS)), number % _BITS)

    def _keep_traits(self) -> None:
        """The tests that texts do not decide, as whole numbers of which each bit is a truth value."""
        chunks: dict[int, list[Expr]] = {}
        for test, number in self._traits.items():
            chunks.setdefault(number // _BITS, []).append(only_if(test, integer(1 << number % _BITS), integer(0)))
        for chunk, bits in chunks.items():
            self._book.events[_traits(chunk)] = call("add", *bits) if len(bits) > 1 else bits[0]
            self._own[_traits(chunk)] = None

    def _share_texts(self) -> None:
        """Texts that no event has together as one column: fewer are kept and compared. Kinds tell them apart again."""
        shared: list[list[str]] = []
        for name in self._own:
            if types := self._book.types.get(name) if _kind_of(self._book, name) == "text" else None:
                fitting = (each for each in shared if not any(types & self._book.types[other] for other in each))
                group = next(fitting, None)
                if group is None:
                    shared.append([name])
                else:
                    group.append(name)
        for number, group in enumerate(each for each in shared if len(each) > 1):
            self._share(f"texts {number + 1}", group)

    def _share(self, column: str, names: list[str]) -> None:
        type_ = self._book.event_column("type", data("type", "text"), is_own=True)
        self._own = {type_.name: None, **{name: None for name in self._own if name not in names}, column: None}
        self._book.events[column] = call("first_known", *(event(name, "text") for name in names), kind="text")
        for name in names:
            types = tuple(sorted(self._book.types[name]))
            self._apart[name] = only_if(InSet(item=type_, values=types, exact=True), event(column, "text"))

    # --- steps --------------------------------------------------------------------------------------------------

    def _kinds(self) -> Query:
        if self._code is not None:
            seen = Query(((NUMBER, self._number),), self._source, distinct=True)
            columns = self._code.columns
            return self._selects.staged(Source(seen), EVENT_ROW, columns, [NUMBER, *columns])
        own = {name: event(name, _kind_of(self._book, name)) for name in self._own}
        if not own:
            return Query(((NUMBER, integer(1)),), self._source, distinct=True)
        seen = Query(tuple(own.items()), self._source, distinct=True)
        numbered = Query(
            ((NUMBER, Over(item=call("row_number"), partition=(), kind="timestamp")), *own.items()), Source(seen)
        )
        others = {**{name: made for name, made in self._book.events.items() if name not in own}, **self._apart}
        folded = made_from(others, self._read)
        return self._selects.staged(Source(numbered), EVENT_ROW, folded, [NUMBER, *own, *folded])

    def _placed(self) -> Query:
        units = sorted({each.atom.lane.unit for each in self._atoms if each.atom.lane.unit})
        age = call("subtract", AS_OF, event("at"))
        names = ["lead", "account", "at", *(AGES[unit] for unit in units)]
        columns: dict[str, Expr] = {**{name: event(name) for name in names}, SLOT: self._slot(joined("k", NUMBER), age)}
        return self._selects.select(self._source, EVENT_ROW, columns, joins=(self._kind,))

    def _coded(self) -> Query:
        columns = {name: event(name) for name in ("lead", "account", "at", SEEN, GONE)}
        return self._selects.select(
            self._source, EVENT_ROW, {**columns, NUMBER: joined("k", NUMBER)}, joins=(self._kind,)
        )

    @property
    def _kind(self) -> Join:
        """The kind of an event."""
        alike = [call("alike", event(name), joined("k", name), kind="bool") for name in self._own]
        return Join(KIND, "k", both(*alike), "inner" if alike else "cross")

    def _slot(self, kind: Expr, age: Expr) -> Expr:
        """One number for the kind and the range of ages."""
        return call("add", call("multiply", kind, integer(self._buckets)), _bucket(age, self._bounds, 0))

    def _dispatch(self) -> Query:
        """Kinds are matched with the tests, equal tests once; each match then stands for its run of ages."""
        matched = Source(Union(tuple(self._matches())), "m")
        ages = Values((("bucket", "timestamp"),), tuple((bucket,) for bucket in range(self._buckets)))
        within = both(
            Compare(op=">=", left=joined("b", "bucket"), right=joined("m", "low")),
            Compare(op="<", left=joined("b", "bucket"), right=joined("m", "high")),
        )
        slot = call("add", call("multiply", joined("m", NUMBER), integer(self._buckets)), joined("b", "bucket"))
        carried = ((name, joined("m", name)) for name in ("lane", "atom", "decay"))
        return Query(((SLOT, slot), *carried), matched, (Join(ages, "b", within, "inner"),))

    def _matches(self) -> Iterable[Query]:
        by_value: dict[Column, list[tuple[Value, ...]]] = {}
        by_test: dict[tuple[Expr, ...], list[tuple[Value, ...]]] = {}
        for numbered in self._atoms:
            tests = tuple(self._tests[numbered.atom])
            row = self._row(numbered)
            values = _as_values(tests)
            if values is None:
                by_test.setdefault(tests, []).append(row)
            else:
                column, pairs = values
                by_value.setdefault(column, []).extend((*pair, *row) for pair in pairs)
        for column, rows in by_value.items():
            yield _looked_up(column, rows)
        typed: list[_Typed] = []
        for tests, rows in by_test.items():
            parted = _of_types(tests)
            if parted is None:
                on = both(*tests)
                join = Join(Values(_MATCH, tuple(rows)), "t", None, "cross")
                yield Query(_match_columns(), Source(KIND), (join,), () if on == TRUE else (on,))
            else:
                typed.append((*parted, rows))
        for start in range(0, len(typed), _AT_ONCE):
            yield _tried(typed[start : start + _AT_ONCE])

    def _row(self, numbered: Numbered) -> tuple[Value, ...]:
        atom = numbered.atom
        if self.is_ahead:
            low, high = atom.low, EVER if atom.high is None else atom.high
        else:
            low, high = self._place(atom.low), self._buckets if atom.high is None else self._place(atom.high)
        return numbered.lane, numbered.number, low, high, numbered.decay

    def _place(self, bound: int) -> int:
        return 0 if bound <= 0 else self._bounds.index(bound) + 1


_MATCH: tuple[tuple[str, Kind], ...] = tuple((name, "timestamp") for name in ("lane", "atom", "low", "high", "decay"))
_TYPE = event("type", "text")
_AT_ONCE = 16
"""So many tests are made in one query; more would each have to be found among too many."""
_Typed = tuple[list[str], Expr, list[tuple[Value, ...]]]
"""The types that a test asks for, what else it asks, and what kinds that pass are matched with."""


def _match_columns() -> tuple[tuple[str, Expr], ...]:
    return ((NUMBER, event(NUMBER)), *((name, joined("t", name)) for name, _ in _MATCH))


def _looked_up(column: Column, rows: list[tuple[Value, ...]]) -> Query:
    """Many tests at once: of the type, or of the type and the value of one column."""
    keys: tuple[tuple[str, Kind], ...] = (("type", "text"), ("value", "text"))
    on = [Compare(op="==", left=_TYPE, right=joined("t", "type", "text"), exact=True)]
    if column != _TYPE:
        on.append(Compare(op="==", left=column, right=joined("t", "value", "text"), exact=True))
    return Query(
        _match_columns(), Source(KIND), (Join(Values((*keys, *_MATCH), tuple(rows)), "t", both(*on), "inner"),)
    )


def _of_types(tests: tuple[Expr, ...]) -> tuple[list[str], Expr] | None:
    """The types that tests ask for, and what else they ask; None where they do not say a type."""
    flat = [each for test in tests for each in conjuncts(test)]
    types = next((test for test in flat if isinstance(test, InSet) and test.item == _TYPE), None)
    if types is None:
        return None
    return [str(value) for value in dict.fromkeys(types.values)], both(*(test for test in flat if test != types))


def _tried(tests: Sequence[_Typed]) -> Query:
    """Some tests at once, each of the kinds that have its types: engines plan one query, not one for each."""
    keys: tuple[tuple[str, Kind], ...] = (("type", "text"), ("test", "timestamp"))
    listed = tuple(
        (type_, number, *row) for number, (types, _, rows) in enumerate(tests) for type_ in types for row in rows
    )
    is_of_type = Compare(op="==", left=_TYPE, right=joined("t", "type", "text"), exact=True)
    tried = (Compare(op="==", left=joined("t", "test"), right=integer(number)) for number in range(len(tests)))
    passes = Cases(items=tuple(zip(tried, (test for _, test, _ in tests), strict=True)), kind="bool")
    return Query(
        _match_columns(),
        Source(KIND),
        (Join(Values((*keys, *_MATCH), listed), "t", both(is_of_type, passes), "inner"),),
    )


def _as_values(tests: tuple[Expr, ...]) -> tuple[Column, list[tuple[str, str | None]]] | None:
    """Tests that ask for types, and perhaps for values of one column, as the pairs that pass."""
    flat = [each for test in tests for each in conjuncts(test)]
    types = [test for test in flat if isinstance(test, InSet) and test.item == _TYPE]
    others = [test for test in flat if test not in types]
    if len(types) != 1 or len(others) > 1:
        return None
    names = [str(value) for value in types[0].values]
    if not others:
        return _TYPE, [(name, None) for name in dict.fromkeys(names)]
    asked = _equals(others[0])
    if asked is None:
        return None
    column, values = asked
    return column, [(name, value) for name in dict.fromkeys(names) for value in dict.fromkeys(values)]


def _equals(test: Expr) -> tuple[Column, list[str]] | None:
    match test:
        case Compare(op="==", left=Column(kind="text") as column, right=Const(value=str() as value), exact=True):
            return column, [value]
        case InSet(item=Column(kind="text") as column, exact=True):
            return column, [str(value) for value in test.values]
    return None


def _bucket(age: Expr, bounds: Sequence[int], first: int) -> Expr:
    """How many of the bounds an age has reached, found by halving."""
    if not bounds:
        return integer(first)
    middle = len(bounds) // 2
    below = Compare(op="<", left=age, right=integer(bounds[middle]))
    return only_if(below, _bucket(age, bounds[:middle], first), _bucket(age, bounds[middle + 1 :], first + middle + 1))


def _kind_of(book: Book, name: str) -> Kind:
    return book.events[name].kind


def _traits(chunk: int) -> str:
    return f"traits {chunk + 1}"
