"""Sets of rows as queries. Each query gives `owner` and the columns that are wanted of its rows; rows without owner are
left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ...grammar.nodes import Level
from ..model import And, Compare, Expr, InSet, Missing, Or
from .adapter import AGES
from .beside import add_beside
from .pieces import capped
from .portions import ENOUGH, portioned, read_by, with_enough
from .rowsets import (
    Capped,
    Cooled,
    EventSet,
    Grouped,
    LeadRows,
    Limited,
    Pooled,
    Portioned,
    Rows,
    Valued,
    besides,
)
from .scalars import TRUE, Frame, Over, Ref, both, call, event, integer, is_known, joined, rewrite
from .selects import ACCOUNT_ROW, EVENT_ROW, LEAD_ROW, Row, Selects, wanted
from .steps import CHAIN, Chain, Join, Query, Source, Union
from .values import compare_count

Emit = Callable[[str, Query | Chain, str], str]
"""Makes a step of its own and gives its name."""


Entities = Callable[[Level, object], tuple[Source, Row]]
"""The relation of all leads or accounts that suits best what is read of them."""


def every(level: Level, read: object) -> tuple[Source, Row]:
    """The leads or accounts by themselves."""
    return Source(level), LEAD_ROW if level == "lead" else ACCOUNT_ROW


class Flows:
    """Makes the query of any set of rows."""

    def __init__(self, selects: Selects, emit: Emit, events: str = "event", rows: Entities = every) -> None:
        self._selects = selects
        self._entities = rows
        self._emit = emit
        self._relation = events

    def row(self, rows: Rows) -> Row:
        """What the rows of a set are."""
        return LEAD_ROW if isinstance(rows, LeadRows) else EVENT_ROW

    def query(self, rows: Rows, names: Iterable[str]) -> Query:
        """The rows with `owner` and the named columns."""
        needed = list(dict.fromkeys(name for name in names if name != "owner"))
        match rows:
            case EventSet():
                return self._events(rows, needed)
            case LeadRows():
                return self._leads(rows, needed)
            case Grouped():
                return self._grouped(rows, needed)
            case Limited():
                return self._limited(rows, needed)
            case Cooled():
                return self._cooled(rows, needed)
            case Valued():
                return self._valued(rows, needed)
            case Pooled():
                return self._pooled(rows, needed)
            case Capped():
                return capped(self, self._selects, rows, needed)
            case Portioned():
                return portioned(self, self._selects, rows, needed)

    def is_local(self, rows: Rows) -> bool:
        """Whether each event or lead can be tested by itself, so that sets can share a scan."""
        if isinstance(rows, LeadRows):
            return rows.end is None
        return (
            isinstance(rows, EventSet)
            and rows.which is None
            and rows.key == rows.scope
            and not list(besides(rows.test))
        )

    def scan(self, rows: EventSet | LeadRows, read: object) -> tuple[Source, Row, Expr]:
        """What a shared scan reads: source, kind of row, owner. `read` are all of its expressions."""
        if isinstance(rows, LeadRows):
            return *self._entities("lead", read), event("account")
        owner = event("lead") if rows.key == "lead" else event("account")
        return Source(self._relation), EVENT_ROW, owner

    def tests(self, rows: EventSet | LeadRows) -> list[Expr]:
        """What a row must pass besides the test itself: its lead is not disqualified; of leads also their `where`."""
        tests: list[Expr] = [] if rows.without is None else [Missing(item=rows.without)]
        return [*tests, rows.where] if isinstance(rows, LeadRows) and rows.where is not None else tests

    # --- events -------------------------------------------------------------------------------------------------

    def _events(self, rows: EventSet, names: list[str]) -> Query:
        local = [test for test in conjuncts(rows.test) if not list(besides(test))]
        beside = [test for test in conjuncts(rows.test) if list(besides(test))]
        order = [] if rows.which is None else ["at", "id"]
        carried = _merged(
            names, order, wanted((*beside, rows.which)), ["at", "id", "lead", "account"] if beside else []
        )
        query = self._first(rows, [*self.tests(rows), *local], carried)
        if beside:
            query = self._beside(rows, query, beside, _merged(names, order, wanted(rows.which)))
        if rows.which is None:
            return query
        end, count = rows.which
        order_by = ((event("at"), end == "newest"), (event("id", "text"), False))
        return self._ranked(query, (), order_by, count, names, EVENT_ROW)

    def _first(self, rows: EventSet, tests: list[Expr], names: list[str]) -> Query:
        columns = {name: event(name) for name in names}
        if rows.key == rows.scope:
            owner = event("lead") if rows.key == "lead" else event("account")
            known = is_known(owner)
            return self._selects.select(Source(self._relation), EVENT_ROW, {"owner": owner, **columns}, [known, *tests])
        owners = Join("lead", "o", Compare(op="==", left=joined("o", "account"), right=event("account")), "inner")
        carried = {
            name: event(name) for name in _merged(names, wanted(tuple(tests)), ["lead", "account"]) if name != "owner"
        }
        fanned = self._selects.select(
            Source(self._relation), EVENT_ROW, {"owner": joined("o", "key"), **carried}, (), (), (owners,)
        )
        return self._selects.select(Source(fanned), EVENT_ROW, {"owner": event("owner"), **columns}, tests)

    def _beside(self, rows: EventSet, query: Query, tests: list[Expr], names: list[str]) -> Query:
        marks: dict[Expr, Expr] = {}
        for number, mark in enumerate(dict.fromkeys(each for test in tests for each in besides(test))):
            name = f"beside {number + 1}"
            query = add_beside(self, self._selects, rows, query, mark, name)
            marks[mark] = event(name, "bool")
        marked = [rewrite(test, marks.get) for test in tests]
        columns = {"owner": event("owner"), **{name: event(name) for name in names}}
        return self._selects.select(Source(query), EVENT_ROW, columns, marked)

    # --- leads --------------------------------------------------------------------------------------------------

    def _leads(self, rows: LeadRows, names: list[str]) -> Query:
        columns = {"owner": event("account"), **{name: event(name) for name in names}}
        tests = [is_known(event("account")), *self.tests(rows)]
        if rows.end is None or rows.by is None:
            source, row = self._entities("lead", tuple(tests))
            return self._selects.select(source, row, columns, tests)
        own_id = Ref(level="lead", name="id", kind="text")
        ranked_by = {"id": own_id, "by": rows.by, "account": event("account"), "key": event("key")}
        tests.append(is_known(rows.by))
        source, row = self._entities("lead", (*ranked_by.values(), *tests))
        query = self._selects.select(source, row, {**columns, **ranked_by}, tests)
        order = ((event("by", rows.by.kind), rows.end == "top"), (event("id", "text"), False))
        return self._ranked(query, (), order, rows.count or integer(1), names, Row(LEAD_ROW.keys))

    # --- filters on rows ----------------------------------------------------------------------------------------

    def _ranked(
        self,
        query: Query,
        by: tuple[Expr, ...],
        order: tuple[tuple[Expr, bool], ...],
        count: Expr,
        names: Iterable[str],
        row: Row,
    ) -> Query:
        """The first n rows of each owner and group."""
        position = Over(item=call("row_number"), partition=(event("owner"), *by), order=order, kind="timestamp")
        carried = {name: event(name) for name in _merged(names, wanted(count)) if name != "owner"}
        placed = self._selects.select(Source(query), row, {"owner": event("owner"), **carried, "place": position})
        columns = {"owner": event("owner"), **{name: event(name) for name in names if name != "owner"}}
        return self._selects.select(Source(placed), row, columns, [compare_count("<=", event("place"), count)])

    def _limited(self, rows: Limited, names: list[str]) -> Query:
        carried = _merged(names, ["at", "id"], wanted((rows.by, rows.points, rows.count)))
        query = self.query(rows.rows, carried)
        order: tuple[tuple[Expr, bool], ...] = ((event("at"), True), (event("id", "text"), False))
        if rows.points is not None:
            columns = {"owner": event("owner"), **{name: event(name) for name in carried if name != "owner"}}
            query = self._selects.select(Source(query), EVENT_ROW, {**columns, "points": rows.points})
            order = ((event("points", "number"), True), *order)
        return self._ranked(query, rows.by, order, rows.count, names, EVENT_ROW)

    def _grouped(self, rows: Grouped, names: list[str]) -> Query:
        counter = rows.often
        if set(names) <= _OF_GROUPS.keys() and (counter is None or not (counter.is_within or counter.distinct)):
            return self._summed(rows, names)
        made = ("group_size", "group_first", "group_value")
        below = [name for name in names if name not in made]
        carried = _merged(below, ["at", "id"], wanted((rows.by, rows.value)), read_by(counter) if counter else [])
        query = self.query(rows.rows, [name for name in carried if name not in made])
        partition = (event("owner"), rows.by)
        order = ((event("at"), True), (event("id", "text"), False))
        columns: dict[str, Expr] = {name: event(name) for name in carried if name != "owner"}
        columns["place"] = Over(item=call("row_number"), partition=partition, order=order, kind="timestamp")
        columns["group_size"] = Over(item=call("count"), partition=partition, kind="timestamp")
        columns["group_first"] = Over(item=call("min", event("at")), partition=partition, kind="timestamp")
        if rows.value is not None:
            columns["group_value"] = Over(item=call("min", rows.value), partition=partition, kind=rows.value.kind)
        counted: Expr = event("group_size")
        if counter is not None and counter.is_within:
            query = with_enough(self._selects, EVENT_ROW, query, counter, (rows.by,), carried)
            columns["group_enough"] = Over(item=call("any", event(ENOUGH, "bool")), partition=partition, kind="bool")
        elif counter is not None and counter.distinct is not None:
            counted = event("group_distinct")
            columns["group_distinct"] = Over(item=call("count_distinct", counter.distinct), partition=partition)
        known = is_known(rows.by)
        placed = self._selects.select(Source(query), EVENT_ROW, {"owner": event("owner"), **columns}, [known])
        tests: list[Expr] = [Compare(op="==", left=event("place"), right=integer(1))]
        if counter is not None and counter.is_within:
            tests.append(event("group_enough", "bool"))
        elif counter is not None:
            tests.append(compare_count(counter.op, counted, counter.count))
        kept = {"owner": event("owner"), **{name: event(name) for name in names}}
        return self._selects.select(Source(placed), EVENT_ROW, kept, tests)

    def _summed(self, rows: Grouped, names: list[str]) -> Query:
        """Groups of which nothing is asked that only their newest event could say."""
        counter = rows.often
        ages = [name for name in names if name in _AGES]
        read = wanted((rows.by, rows.value, None if counter is None else counter.count))
        carried = [*(["at"] if {*names} & {"at", "group_first"} else []), *ages]
        query = self.query(rows.rows, _merged(read, carried))
        columns: dict[str, Expr] = {"owner": event("owner"), "by": rows.by, **{name: event(name) for name in carried}}
        if rows.value is not None:
            columns["value"] = rows.value
        if counter is not None:
            columns["bound"] = counter.count
        flat = self._selects.select(Source(query), EVENT_ROW, columns, [is_known(rows.by)])
        found: dict[str, Expr] = {name: _OF_GROUPS[name] for name in names}
        if counter is not None:
            found |= {"group_size": call("count"), "bound": call("min", event("bound", counter.count.kind))}
        grouped = Query(
            tuple({"owner": event("owner"), **found}.items()), Source(flat), group=(event("owner"), event("by"))
        )
        if counter is None:
            return grouped
        enough = compare_count(counter.op, event("group_size"), event("bound", counter.count.kind))
        kept = {"owner": event("owner"), **{name: event(name) for name in names}}
        return Query(tuple(kept.items()), Source(grouped), where=(enough,))

    def _cooled(self, rows: Cooled, names: list[str]) -> Query:
        """A walk from each counted row to the first one at least the cooldown's length later."""
        identity = _identity(rows.rows)
        walked = self.query(rows.walked, _merged(["at", "id"], wanted(identity)))
        first = Over(
            item=call("row_number"), partition=(event("owner"), event("at")), order=((event("id", "text"), False),)
        )
        placed = self._selects.select(
            Source(walked),
            EVENT_ROW,
            {"owner": event("owner"), "at": event("at"), "identity": identity, "place": first},
        )
        one = Compare(op="==", left=event("place"), right=integer(1))
        columns = {"owner": event("owner"), "at": event("at"), "identity": event("identity")}
        query = self._selects.select(Source(placed), EVENT_ROW, columns, [one])
        name = self._emit("walked", _with_next(self._selects, query, rows.length), "the events a cooldown walks over")
        chain = self._emit("cooled", _chain(name), "the events that a cooldown lets count")
        own = self.query(rows.rows, _merged(names, wanted(identity)))
        same = both(
            Compare(op="==", left=joined("c", "owner"), right=event("owner")),
            Compare(op="==", left=joined("c", "identity"), right=identity, exact=True),
        )
        kept = {"owner": event("owner"), **{name: event(name) for name in names}}
        return self._selects.select(Source(own), EVENT_ROW, kept, joins=(Join(chain, "c", same, "semi"),))

    def _valued(self, rows: Valued, names: list[str]) -> Query:
        """The rows of a line with their worth."""
        below = [name for name in names if name not in ("kept", "rank")]
        query = self.query(rows.rows, _merged(below, wanted(rows.worth)))
        columns: dict[str, Expr] = {"owner": event("owner"), **{name: event(name) for name in below}}
        columns |= {"kept": rows.worth, "rank": integer(rows.rank)}
        columns = {name: columns[name] for name in ("owner", *names)}
        return self._selects.select(Source(query), EVENT_ROW, columns, [is_known(rows.worth)])

    def _pooled(self, rows: Pooled, names: list[str]) -> Query:
        """The rows of those parts that apply."""
        kept = {"owner": event("owner"), **{name: event(name) for name in names}}
        parts = []
        for part in rows.parts:
            query = self.query(part.rows, _merged(names, wanted(part.applies)))
            tests = [] if part.applies == TRUE else [part.applies]
            parts.append(self._selects.select(Source(query), EVENT_ROW, kept, tests))
        return parts[0] if len(parts) == 1 else self._selects.select(Source(Union(tuple(parts))), EVENT_ROW, kept)


_AGES = ("age", *AGES.values())
_OF_GROUPS: dict[str, Expr] = {
    "at": call("max", event("at")),
    **{name: call("min", event(name)) for name in _AGES},
    "group_size": call("count"),
    "group_first": call("min", event("at")),
    "group_value": call("min", event("value")),
}
"""What is known of a group without its newest event: when that was, and what all of its events say together."""


def conjuncts(test: Expr) -> Iterator[Expr]:
    """The parts of a test that must all hold."""
    if isinstance(test, And):
        for item in test.items:
            yield from conjuncts(item)
    elif test != TRUE:
        yield test


def types_of(test: Expr) -> frozenset[str] | None:
    """The event types that can pass a test; None for any."""
    if isinstance(test, InSet) and test.item == event("type", "text"):
        return frozenset(str(value) for value in test.values)
    if isinstance(test, And):
        known = [types for item in test.items if (types := types_of(item)) is not None]
        return frozenset.intersection(*known) if known else None
    if isinstance(test, Or):
        each = [types_of(item) for item in test.items]
        return None if any(types is None for types in each) else frozenset().union(*(types or () for types in each))
    return None


def distinct_rows(rows: Rows) -> Iterator[EventSet]:
    """All sets of events that a set of rows is made from, anchors included."""
    match rows:
        case EventSet():
            yield rows
            for mark in besides(rows.test):
                yield from distinct_rows(mark.anchor)
        case Grouped() | Limited() | Portioned() | Valued() | Capped():
            yield from distinct_rows(rows.rows)
        case Cooled():
            yield from distinct_rows(rows.rows)
            yield from distinct_rows(rows.walked)
        case Pooled():
            for part in rows.parts:
                yield from distinct_rows(part.rows)


def _identity(rows: Rows) -> Expr:
    if isinstance(rows, (Limited, Cooled)):
        return _identity(rows.rows)
    return rows.by if isinstance(rows, Grouped) else event("id", "text")


def _with_next(selects: Selects, query: Query, length: int) -> Query:
    """Each row with the instant of the first one that a cooldown lets count after it."""
    frame = Frame("RANGE", integer(length), "FOLLOWING", "unbounded", "FOLLOWING")
    following = Over(
        item=call("min", event("at")), partition=(event("owner"),), order=((event("at"), False),), frame=frame
    )
    is_first = Over(item=call("row_number"), partition=(event("owner"),), order=((event("at"), False),))
    columns = {"owner": event("owner"), "at": event("at"), "identity": event("identity")}
    return selects.select(Source(query), EVENT_ROW, {**columns, "following": following, "place": is_first})


def _chain(walked: str) -> Chain:
    columns = ("owner", "identity", "following")
    first = Query(
        tuple((name, event(name)) for name in columns),
        Source(walked),
        where=(Compare(op="==", left=event("place"), right=integer(1)),),
    )
    on = both(
        Compare(op="==", left=event("owner"), right=joined("c", "owner")),
        Compare(op="==", left=event("at"), right=joined("c", "following")),
    )
    more = Query(tuple((name, event(name)) for name in columns), Source(walked), (Join(CHAIN, "c", on, "inner"),))
    return Chain(first, more)


def _merged(*names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for group in names for name in group if name != "owner"))
