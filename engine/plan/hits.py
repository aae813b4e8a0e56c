"""Hits: for each lead or account the atoms that were found, how often, when, and what they are worth; and what is made
of these: columns of single atoms, tallies of many, entries of the account of a score."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..model import Compare, Expr, InSet, Missing
from ..schema import Kind
from .adapter import AGES, AS_OF, UNITS
from .ahead import FROM, UNTIL, counts_from
from .atoms import Atom, Found, Lane, atom_of
from .book import Book, EntityColumn
from .codes import NUMBER
from .gathered import Gathered, gathered, times
from .increment import BY_CONTACT, KEPT, NEW
from .kinds import DISPATCH, MATCHED, SLOT, Kinds, Numbered
from .pace import Pace
from .scalars import Column, Over, both, call, event, integer, is_known, joined, only_if
from .selects import EVENT_ROW, Selects, wanted
from .spells import NEAR, SPAN, aged, as_they_come, at_hand, change, counted, in_span, is_count, sums, turns
from .steps import NOTHING_CARRIED, Carried, Join, Query, Relation, Source, Union, Values
from .terms import ATOM, CONSTANTS, Shape, Tally, Term, as_tally, read_by, shaped
from .wearing import worn_out

Emit = Callable[[str, Relation, str], None]


@dataclass(frozen=True)
class Entries:
    """A term with the number of the entry that its values (points, events, first, last) are of."""

    number: int
    term: Term


@dataclass(frozen=True)
class Counting:
    """From which events atoms are counted. `is_additive`: by way of relations that new events only add to; `adds`:
    these are there already (their names begin with KEPT), and the events are those that are new; `carried` is what is
    there of all other events."""

    events: str = "event"
    is_additive: bool = False
    adds: bool = False
    carried: Carried = NOTHING_CARRIED

    def found(self, emit: Emit, name: str, relation: Query | Union, purpose: str) -> str | Union:
        """Makes the step of what is found in the events, and gives the relation that has all of it: with what was
        found before, if these are only the new ones."""
        if not self.adds:
            emit(name, relation, purpose)
            return name
        emit(f"{name}{NEW}", relation, f"{purpose}, in the events that are new")
        return Union((_all_of(f"{KEPT}{name}", relation), _all_of(f"{name}{NEW}", relation)))


AT_ONCE = Counting()


class Hits:
    """Counts all atoms that columns and entries stand on; `emit` makes a step of that name."""

    def __init__(
        self,
        book: Book,
        selects: Selects,
        emit: Emit,
        columns: Iterable[EntityColumn],
        entries: Sequence[Entries],
        ahead: bool = False,
        counting: Counting = AT_ONCE,
        pace: Pace | None = None,
    ) -> None:
        self._selects = selects
        self._pace = pace
        self._counting = counting
        self._emit = emit
        self._columns = list(columns)
        self._entries = {each.term.atom.lane for each in entries}
        self._asked: dict[Lane, dict[str, None]] = {}
        self._numbers: dict[Lane, dict[Atom, int]] = {}
        for atom, found in _wishes(self._columns, entries):
            self._asked.setdefault(atom.lane, {})[found] = None
            numbers = self._numbers.setdefault(atom.lane, {})
            numbers.setdefault(atom, len(numbers))
        units: dict[str, None] = {lane.unit: None for lane in self._numbers if lane.unit}
        self.decays = {unit: self._decays(unit) for unit in units}
        others = {each.term.atom for each in entries}
        self._worn_out = worn_out(book, self._columns, others) if ahead else {}
        self._kinds = Kinds(book, selects, list(self._all()), ahead, counting.events)
        self._counted: dict[Lane, str] = {}
        self._ahead: dict[Lane, str] = {}
        self._near: dict[Lane, str] = {}
        self._turned: dict[Lane, str] = {}
        self._changes: dict[Lane, str] = {}

    def __bool__(self) -> bool:
        return bool(self._numbers)

    @property
    def atoms(self) -> Iterable[Atom]:
        """All that are counted."""
        return (atom for atoms in self._numbers.values() for atom in atoms)

    @property
    def are_ahead(self) -> bool:
        """Whether events are counted from what is read of them once."""
        return self._kinds.is_ahead

    def ages(self, unit: str, whole_age: Expr) -> Query:
        """The ages in a unit at which events are worth something."""
        if not self._kinds.is_ahead:
            return Query((("age", whole_age),), Source(self._counting.events), distinct=True)
        lanes = [self._at_hand(lane) for lane in self._numbers if lane.unit == unit]
        columns: dict[str, Expr] = {"age": _age(unit)}
        aged = [self._selects.select(Source(name), EVENT_ROW, columns, _COUNTS) for name in lanes]
        return Query((("age", event("age")),), Source(Union(tuple(aged))), distinct=True)

    def of_events(self, relation: Relation) -> Relation:
        """A relation that asks the numbers of events what they tell."""
        return self._kinds.of_events(relation)

    def told(self, test: Expr) -> Expr:
        """What is asked of events, asked of the numbers of their kinds as far as these tell."""
        return self._kinds.told(test)

    def prepare(self) -> None:
        """The steps before any lane is counted."""
        self._kinds.emit(self._emit)

    def _all(self) -> Iterable[Numbered]:
        for place, (lane, atoms) in enumerate(self._numbers.items()):
            for atom, number in atoms.items():
                decay = None if atom.worth is None or not lane.unit else self.decays[lane.unit].index(atom.worth.column)
                counted = replace(atom, high=self._worn_out.get(atom, atom.high))
                yield Numbered(counted, place, number, decay)

    def _decays(self, unit: str) -> list[str]:
        """The decays by which atoms are worth something, in the order of their numbers."""
        worths = (atom.worth for lane, atoms in self._numbers.items() if lane.unit == unit for atom in atoms)
        return list(dict.fromkeys(worth.column for worth in worths if worth is not None))

    # --- counting -----------------------------------------------------------------------------------------------

    def relation(self, lane: Lane) -> str:
        """The relation with what was found of the atoms of a lane: `owner`, `atom`, and what is asked for."""
        if lane not in self._counted:
            name = f"{lane.key}_hits_{len(self._counted) + 1}"
            purpose = f"what was found of each selection, by {lane.key}"
            if not self._counting.is_additive:
                self._emit(name, self._hits(lane), purpose)
            else:
                self._emit_additive(lane, name, purpose)
            self._counted[lane] = name
        return self._counted[lane]

    def _emit_additive(self, lane: Lane, name: str, purpose: str) -> None:
        """The same by way of what new events only add to: of accounts by contact, so that one can be counted anew, or
        left out."""
        by_contact = lane.key == "account"
        counted = f"{name}{BY_CONTACT}" if by_contact else name
        query = self._hits(lane, by_contact)
        relation = self._counting.found(self._emit, counted, query, f"{purpose} and contact" if by_contact else purpose)
        if by_contact:
            self._emit(name, self._of_all_contacts(lane, relation), purpose)
        elif isinstance(relation, Union):
            self._emit(name, added_up(query.names, relation), purpose)

    def _of_all_contacts(self, lane: Lane, relation: str | Union) -> Query:
        names = ["owner", "atom", *self._asked[lane]]
        tests = [] if lane.without is None else [Missing(item=lane.without)]
        found = self._selects.select(Source(relation), EVENT_ROW, {name: event(name) for name in names}, tests)
        return added_up(names, found)

    def _hits(self, lane: Lane, by_contact: bool = False) -> Query:
        """One group for each owner and atom, by one number for both: engines group by that several times faster."""
        joins: list[Join] = []
        tests: list[Expr] = []
        hit: Expr = event("hit")
        if self._kinds.is_ahead:
            source, decay = Source(self._at_instant(lane)), event("decay")
        else:
            source, hit, decay = Source(self._kinds.numbered), self._hit(lane), joined("d", "decay")
            on_slot = Compare(op="==", left=joined("d", SLOT), right=event(SLOT))
            joins.append(Join(DISPATCH, "d", both(on_slot, self._in_lane(lane)), "inner"))
            tests.append(is_known(_owner(lane)))
        if lane.unit:
            same_decay = Compare(op="==", left=joined("w", "decay"), right=decay)
            same_age = Compare(op="==", left=joined("w", "age"), right=event(AGES[lane.unit]))
            joins.append(Join(worths(lane.unit), "w", both(same_decay, same_age), "inner"))
        if lane.without is not None and not by_contact:
            tests.append(Missing(item=lane.without))
        found = {name: _FOUND[name] for name in self._asked[lane]}
        contact = {"lead": event("lead")} if by_contact else {}
        columns = {"hit": hit, **contact, **found}
        group = (hit, *contact.values())
        beside = [_HAS_OTHERS] if self._kinds.is_ahead else []
        grouped = self._selects.select(source, EVENT_ROW, columns, [*tests, *beside], group, tuple(joins))
        if not self._kinds.is_ahead:
            return self._split(lane, grouped)
        columns = {"hit": hit, **contact, **{name: _ALONE[name] for name in found}}
        alone = self._selects.select(source, EVENT_ROW, columns, [*tests, _IS_ALONE], (), tuple(joins))
        return self._split(lane, Union((grouped, alone)))

    def _split(self, lane: Lane, relation: Query | Union) -> Query:
        """The owner and the atom, in place of the number that stands for both."""
        carried = ((name, event(name)) for name in relation.names if name != _HIT.name)
        return Query(
            (("owner", self._owner_of_hit(lane)), ("atom", self._atom_of_hit(lane)), *carried), Source(relation)
        )

    def _owner_of_hit(self, lane: Lane) -> Expr:
        """Whose number it is that stands for an owner and an atom."""
        return call("div", _HIT, integer(len(self._numbers[lane])))

    def _atom_of_hit(self, lane: Lane) -> Expr:
        """Of which atom it is."""
        return call("subtract", _HIT, call("multiply", self._owner_of_hit(lane), integer(len(self._numbers[lane]))))

    def _at_instant(self, lane: Lane) -> Query:
        """Which events are in which atoms of a lane at the instant."""
        columns: dict[str, Expr] = {name: event(name) for name in ("hit", "at", BESIDE, *wanted(lane.without))}
        if lane.unit:
            columns |= {"decay": event("decay"), AGES[lane.unit]: _age(lane.unit)}
        return self._selects.select(Source(self._at_hand(lane)), EVENT_ROW, columns, _COUNTS)

    def _at_hand(self, lane: Lane) -> str:
        """The relation of the atoms of a lane that each event is in at any of the instants at hand."""
        if lane not in self._near:
            struck = self._struck(lane)
            names = ["hit", "at", FROM, UNTIL, *(["decay"] if lane.unit else []), *wanted(lane.without)]
            self._near[lane] = struck.replace("struck", "recent")
            near = at_hand(struck, dict.fromkeys(names), _HIT.name)
            beside = Over(item=call("count"), partition=(_HIT,), kind="timestamp")
            self._emit(self._near[lane], replace(near, columns=(*near.columns, (BESIDE, beside))), NEAR)
        return self._near[lane]

    def _struck(self, lane: Lane) -> str:
        """The relation of the atoms of a lane that each event is in: from when on, and until when."""
        if lane not in self._ahead:
            of_kind = Compare(op="==", left=joined("d", NUMBER), right=event(NUMBER))
            join = Join(MATCHED, "d", both(of_kind, self._in_lane(lane)), "inner")
            since, until = aged(joined("d", "low"), joined("d", "high"))
            columns: dict[str, Expr] = {"hit": self._hit(lane), "at": event("at"), FROM: since, UNTIL: until}
            columns |= {"decay": joined("d", "decay")} if lane.unit else {}
            columns |= {name: event(name) for name in wanted(lane.without) if name not in columns}
            name = f"{lane.key}_struck_{len(self._ahead) + 1}"
            tests = [is_known(_owner(lane)), *in_span(since, until)]
            query = self._selects.select(Source(self._kinds.numbered), EVENT_ROW, columns, tests, (), (join, SPAN))
            self._emit(name, query, "the selections that each event is in, from when on and until when")
            self._ahead[lane] = name
        return self._ahead[lane]

    def _in_lane(self, lane: Lane) -> Expr:
        here = list(self._numbers).index(lane)
        return Compare(op="==", left=joined("d", "lane"), right=integer(here))

    def _hit(self, lane: Lane) -> Expr:
        return call("add", call("multiply", _owner(lane), integer(len(self._numbers[lane]))), joined("d", "atom"))

    # --- columns ------------------------------------------------------------------------------------------------

    def gathered(self, lane: Lane, readers: Callable[[str], Iterable[Expr]]) -> Gathered | None:
        """All columns that stand on a lane, if they can be found in one row for each owner: at one instant, and where
        nothing but numbers of events is asked for. `readers` are the formulas that read a column."""
        if self._kinds.is_ahead or self._counting != AT_ONCE or lane.unit or lane in self._entries:
            return None
        if [*self._asked[lane]] != ["n"]:
            return None
        asked: list[tuple[str, Sequence[Term]]] = []
        for column in self._columns:
            found = atom_of(column.rows, column.output)
            if column.tally is not None and column.tally.lane == lane:
                asked.append((column.name, column.tally.terms))
            elif column.tally is None and found is not None and found[0].lane == lane:
                asked.append((column.name, (times(found[0], readers(column.name), column.name),)))
        return gathered(asked)

    def gather(self, lane: Lane, found: Gathered, name: str) -> Query:
        """The columns of a lane; `name` is that of the relation with what an event of each kind and age says of it."""
        numbers = self._numbers[lane]
        marks = found.marks(DISPATCH, SLOT, numbers.__getitem__, self._in_lane(lane))
        self._emit(name, marks, "what an event of each kind and age says of many selections")
        on_slot = Compare(op="==", left=joined("d", SLOT), right=event(SLOT))
        tests = [is_known(_owner(lane)), *([] if lane.without is None else [Missing(item=lane.without)])]
        columns = {"owner": _owner(lane), **found.found}
        join = Join(name, "d", on_slot, "inner")
        source = Source(self._kinds.numbered)
        each = self._selects.select(source, EVENT_ROW, columns, tests, (_owner(lane),), (join,))
        return Query((("key", event("owner")), *found.columns()), Source(each))

    def pivoted(self, lane: Lane, wanted: Sequence[tuple[str, Atom, Found]]) -> Query:
        """Columns by name, each what was found of one atom."""
        numbers = self._numbers[lane]
        columns: dict[str, Expr] = {"key": event("owner", "timestamp")}
        for name, atom, found in wanted:
            mine = Compare(op="==", left=event("atom"), right=integer(numbers[atom]))
            columns[name] = call("max", only_if(mine, event(found)))
        return Query(tuple(columns.items()), Source(self.relation(lane)), group=(event("owner"),))

    def tallied(self, lane: Lane, tallies: Sequence[tuple[str, Tally]]) -> Query:
        """Columns by name, each the sum of many terms."""
        terms = [(place, term) for place, (_, tally) in enumerate(tallies) for term in tally.terms]
        units = self._shapes(lane, self.relation(lane), terms, "tally", ("units",))
        columns = {"key": event("owner"), **sums([name for name, _ in tallies])}
        return Query(tuple(columns.items()), Source(Union(tuple(units))), group=(event("owner"),))

    def is_followed(self, lane: Lane) -> bool:
        """Whether counts of a lane are followed from one instant to the next."""
        if self._pace is None or not self._kinds.is_ahead or [*self._asked.get(lane, ())] != ["n"]:
            return False
        return not lane.unit and lane.without is None and self._pace.pays([atom.window for atom in self._numbers[lane]])

    def changes(self, lane: Lane, tallies: Sequence[tuple[int, Tally]]) -> Iterable[Query]:
        """By how much sums differ from one instant to the next, each known by its number as a `tally`. What is no more
        than a number of events changes as they come and go; for all else it has to be known how many there are."""
        terms = [(number, term) for number, tally in tallies for term in tally.terms]
        counts = [(number, as_they_come(term)) for number, term in terms if is_count(term)]
        others = [(number, change(term)) for number, term in terms if not is_count(term)]
        if counts:
            coming = Query(_TURN, Source(self._turns(lane)))
            yield from self._shapes(lane, self._split(lane, coming), counts, "tally", ("units",), ("at",))
        if others:
            yield from self._shapes(lane, self._followed(lane), others, "tally", ("units",), ("at",))

    def is_counted_at_each(self, lane: Lane) -> bool:
        """Whether what is counted of a lane is counted anew at each of many instants, from what is known ahead."""
        return self._pace is not None and self._kinds.is_ahead and not self.is_followed(lane)

    def comings(self, level: Level, number: int) -> Iterable[Query]:
        """How many more events, or fewer, of somebody are counted at each instant; `number` is that of the sum, as a
        `tally`."""
        for lane in self._numbers:
            if lane.key == level and self.is_counted_at_each(lane):
                owner = self._owner_of_hit(lane)
                columns = (("owner", owner), ("at", event("at")), ("tally", integer(number)), ("units", event("by")))
                yield Query(columns, Source(self._turns(lane)))

    def _turns(self, lane: Lane) -> str:
        if lane not in self._turned:
            struck = self._struck(lane)
            self._turned[lane] = struck.replace("struck", "turns")
            purpose = "the instants at which there is one more of a selection, or one less"
            self._emit(self._turned[lane], turns(struck, [_HIT]), purpose)
        return self._turned[lane]

    def _followed(self, lane: Lane) -> str:
        """The relation of the counts of a lane, from each turn on: of those atoms that have to be counted."""
        if lane not in self._changes:
            turned = self._turns(lane)
            made = turned.replace("turns", "counted")
            counting = self._split(lane, counted(self._turns_of(lane, turned), [_HIT]))
            self._emit(made, counting, "how many there are from then on")
            self._changes[lane] = made
        return self._changes[lane]

    def _turns_of(self, lane: Lane, turned: str) -> str | Query:
        """The turns of those atoms of which more is asked than a number of events."""
        terms = (term for column in self._columns if (tally := as_tally(column)) for term in tally.terms)
        asked = {term.atom for term in terms if term.atom.lane == lane and not is_count(term)}
        numbers = self._numbers[lane]
        if asked == numbers.keys():
            return turned
        of_them = InSet(item=self._atom_of_hit(lane), values=tuple(numbers[atom] for atom in numbers if atom in asked))
        return Query(_TURN, Source(turned), where=(of_them,))

    def entries(self, level: Level, entries: Sequence[Entries]) -> Iterable[Query]:
        """The entries of those for whom they have points: `key`, `entry` and their values."""
        names = ("points", "events", "first", "last")
        for lane in self._numbers:
            terms = [(each.number, each.term) for each in entries if each.term.atom.lane == lane]
            if lane.key == level and terms:
                for query in self._shapes(lane, self.relation(lane), terms, "entry", names):
                    columns = (
                        ("key", event("owner")),
                        *((name, event(name)) for name in query.names if name != "owner"),
                    )
                    yield Query(columns, Source(query), where=(is_known(event("points")),))

    def _shapes(
        self,
        lane: Lane,
        relation: str | Query,
        terms: Sequence[tuple[int, Term]],
        mark: str,
        names: tuple[str, ...],
        carried: tuple[str, ...] = (),
    ) -> Iterable[Query]:
        """One query for all terms of one shape: what was found beside their constants. `mark` is the column with the
        number that stands before a term; `carried` are columns of the relation."""
        numbers = self._numbers[lane]
        shapes: dict[Shape, list[tuple[float | int, ...]]] = {}
        for number, term in terms:
            shape, constants = shaped(term.values)
            shapes.setdefault(shape, []).append((numbers[term.atom], number, *constants))
        for shape, rows in shapes.items():
            kinds: tuple[tuple[str, Kind], ...] = (
                ("atom", "timestamp"),
                (mark, "timestamp"),
                *((f"c{place}", kind) for place, kind in enumerate(shape.kinds, 1)),
            )
            same = Compare(op="==", left=joined(CONSTANTS, "atom"), right=joined(ATOM, "atom"))
            columns = (
                *((name, joined(ATOM, name)) for name in ("owner", *carried)),
                (mark, joined(CONSTANTS, mark)),
                *zip(names, shape.values, strict=True),
            )
            yield Query(columns, Source(relation, ATOM), (Join(Values(kinds, tuple(rows)), CONSTANTS, same, "inner"),))


_COUNTS = counts_from(FROM)
"""Whether an event is in a selection at the instant."""

_HIT = event("hit")
"""One number for an owner and an atom."""
_TURN = (("hit", _HIT), ("at", event("at")), ("by", event("by")))
"""How many more there are of these from an instant on, or fewer."""


def _owner(lane: Lane) -> Expr:
    return event("lead") if lane.key == "lead" else event("account")


def _age(unit: str) -> Expr:
    """The age in whole units at the instant."""
    return call("div", call("subtract", AS_OF, event("at")), integer(UNITS[unit]))


def worths(unit: str) -> str:
    """The relation that has the units of points by decay and age."""
    return f"worth_{unit}"


BESIDE = "beside"
"""How many events at hand are in the same selection of the same owner. Most are alone, and need not be grouped."""
_IS_ALONE = Compare(op="==", left=event(BESIDE), right=integer(1))
_HAS_OTHERS = Compare(op=">", left=event(BESIDE), right=integer(1))
_WORTH = Column(table="w", name="units", kind="timestamp")
_FOUND: dict[str, Expr] = {
    "n": call("count"),
    "first": call("min", event("at")),
    "last": call("max", event("at")),
    "sum": call("sum", _WORTH),
    "min": call("min", _WORTH),
    "max": call("max", _WORTH),
}


_ALONE: dict[str, Expr] = {
    "n": integer(1),
    "first": event("at"),
    "last": event("at"),
    "sum": _WORTH,
    "min": _WORTH,
    "max": _WORTH,
}
"""The same of a single event."""

_SUMMED: dict[str, Expr] = {
    "n": call("sum", event("n")),
    "first": call("min", event("first")),
    "last": call("max", event("last")),
    "sum": call("sum", event("sum")),
    "min": call("min", event("min")),
    "max": call("max", event("max")),
}


def added_up(names: Iterable[str], relation: Query | Union) -> Query:
    """One row for whatever was found of an atom in several parts."""
    keys = [name for name in names if name not in _SUMMED]
    columns = tuple((name, _SUMMED.get(name, event(name))) for name in names)
    return Query(columns, Source(relation), group=tuple(event(name) for name in keys))


def _all_of(relation: str, like: Query | Union) -> Query:
    return Query(tuple((name, event(name)) for name in like.names), Source(relation))


def _wishes(columns: Iterable[EntityColumn], entries: Sequence[Entries]) -> Iterable[tuple[Atom, str]]:
    for column in columns:
        if column.tally is not None:
            yield from read_by(column.tally.terms)
        elif (found := atom_of(column.rows, column.output)) is not None:
            yield found
    yield from read_by([each.term for each in entries])
