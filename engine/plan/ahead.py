"""The first steps of a plan over many instants: what no instant decides is worked out once, ahead of all others.

Records without versions are the same at any time, and so are the numbers of leads and accounts, the fields, the types
and the texts of events. An instant decides who is there yet, which events have happened and arrived, and how old they
are.

    contacts, accounts, events ──▶ lead_ever, account_ever, event_ever      once
                                       └──── now ────▶ lead, account, event      at each instant
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..model import Compare, Const, Default, Expr
from .adapter import AS_OF, data
from .beside import add_since, holds_on
from .book import Book
from .flows import Flows, conjuncts
from .population import SEEN, Ignored, Population, nowhere, same_names, seen
from .reach import EVER, Reach, oldest_read, within_reach
from .rowsets import Beside, EventSet, besides
from .scalars import FALSE, TRUE, Column, Instant, both, call, event, integer, is_known, joined, leaves, only_if
from .selects import EVENT_ROW, Row, Selects, made_from, wanted
from .steps import Join, Query, Source, Union

EVENT_EVER = "event_ever"
GONE = "gone since"
"""The column with the instant from which an event is ignored."""
ALWAYS = integer(-EVER)
"""Since when those are there who have a record."""


@dataclass(frozen=True)
class Ahead:
    """What is worked out once for all instants: who there is with their fields, and events."""

    records: bool = False
    events: bool = False


NOTHING_AHEAD = Ahead()


def timed(book: Book) -> set[str]:
    """The columns of events that an instant decides."""
    found: set[str] = set()

    def reads_instant(expr: Expr) -> bool:
        return any(
            isinstance(leaf, Instant) or (isinstance(leaf, Column) and leaf.table == "e" and leaf.name in found)
            for leaf in leaves(expr)
        )

    more = True
    while more:
        before = len(found)
        found |= {name for name, made in book.events.items() if reads_instant(made)}
        more = len(found) > before
    return found


def ahead(book: Book, ignored: Ignored) -> Ahead:
    """What can be worked out once for data without versions: events, if what is ignored is so from some instant on."""
    if book.sessions is not None or not all(_ignores_from_then_on(test) for _, test in ignored.events):
        return Ahead(records=True)
    found = timed(book)
    reads = leaves((ignored.contacts, ignored.events))
    is_timed = any(isinstance(leaf, Instant) or (isinstance(leaf, Column) and leaf.name in found) for leaf in reads)
    return Ahead(records=True, events=not is_timed)


def _ignores_from_then_on(test: Expr) -> bool:
    """Whether a test asks for nothing, or for one thing, that lies beside an event, and that was there before it."""
    rows = EventSet("lead", "lead", test, raw=True)
    marks, others = _parted(test)
    return not any(True for other in others for _ in besides(other)) and (
        not marks or (len(marks) == 1 and holds_on(rows, marks[0]))
    )


def _parted(test: Expr) -> tuple[list[Beside], list[Expr]]:
    """The marks among the parts of a test that must all hold, and the other parts."""
    parts = list(conjuncts(test))
    return [part for part in parts if isinstance(part, Beside)], [
        part for part in parts if not isinstance(part, Beside)
    ]


class Early(Population):
    """Makes the same steps as `Population`, for data without versions.

    `events` is what is read of events once, and `names` what is read of them at each instant, of those within `reach`;
    without `events` all is read at each instant.
    """

    def __init__(
        self,
        book: Book,
        ignored: Ignored,
        reach: Reach,
        fields: Iterable[str],
        names: Iterable[str],
        events: tuple[Reach, list[str]] | None,
    ) -> None:
        super().__init__(book, ignored, reach, fields, names)
        self._ahead = events

    # --- contacts and accounts ----------------------------------------------------------------------------------

    def _known(self, level: Level, table: str) -> Query | Union:
        own: dict[str, Expr] = {"id": data("id", "text")}
        if level == "lead":
            own["account_id"] = data("account_id", "text")
        return Query(tuple({**own, **self._base(level)}.items()), Source(table, "d"))

    def _named(self, owner: str) -> Query:
        named = {"id": data(owner, "text"), SEEN: seen()}
        rows = Query(tuple(named.items()), Source("events", "d"), where=(is_known(named["id"]),))
        return _earliest({"id": event("id", "text")}, rows)

    def _ids(self, parts: tuple[Query, ...]) -> Query:
        return _earliest({"id": event("id", "text")}, Union(parts))

    def _by_contacts(self) -> Query:
        found = super()._by_contacts()
        return replace(found, columns=(*found.columns, (SEEN, ALWAYS)))

    def _marks(self, known: Const) -> tuple[tuple[str, Expr], ...]:
        return ("known", known), (SEEN, ALWAYS if known == TRUE else event(SEEN))

    def _whole(self, level: Level) -> str:
        return ever(level)

    def _accounts_left(self) -> Query:
        since = (event(SEEN), event(SEEN), ALWAYS)
        naming = zip(self._still_naming(), since, strict=True)
        parts = tuple(replace(part, columns=(*part.columns, (SEEN, each))) for part, each in naming)
        named = Join(
            _earliest({"account": event("account")}, Union(parts)),
            "n",
            Compare(op="==", left=joined("n", "account"), right=event("key")),
            "inner",
        )
        own = same_names(["key", "id", *self._base("account"), "known"])
        return Query((*own, (SEEN, joined("n", SEEN))), Source("account_all"), (named,))

    def _present(self) -> None:
        own: dict[Level, list[str]] = {"account": ["key"], "lead": ["key", "account"]}
        for level, names in own.items():
            columns = {name: event(name) for name in names}
            query = Selects(nowhere).select(Source(ever(level)), Row({}), columns, is_there())
            self._add(level, query, f"each {level} that is there at the instant")

    # --- events -------------------------------------------------------------------------------------------------

    def _events(self) -> None:
        if self._ahead is None:
            super()._events()
            return
        reach, names = self._ahead
        late = timed(self._book)
        needed = made_from({name: made for name, made in self._book.events.items() if name in late}, self._names)
        own = [name for name in (*self._names, *wanted(tuple(needed.values()))) if name not in late]
        own = list(dict.fromkeys((*own, "at", SEEN)))
        asked = self._asked(own)
        read = dict.fromkeys(name for name in (*names, *own, *wanted((asked.columns, asked.where))) if name != GONE)
        self._add(EVENT_EVER, self._read(reach, list(read)), "the events that rules read, typed once")
        if self._names:
            self._add("event_asked", asked, "those that are looked at one by one, and up to when")
            self._add("event", self._at_instant(needed), "those that are looked at, as they are at the instant")

    def _read(self, reach: Reach, names: list[str]) -> Query:
        """The events of the types that anybody asks for, at whatever age, but for those that are always ignored."""
        marks = self._ignored.marks
        kept = same_names(names)
        if not marks:
            of_type = within_reach(dict.fromkeys(reach))
            query = self._not_ignored(names, [] if of_type == TRUE else [of_type])
            return Query((*kept, (GONE, integer(EVER))), Source(query))
        of_type = within_reach(dict.fromkeys((*reach, *self._reach_of_screening(marks))))
        self._screen(names, marks, [] if of_type == TRUE else [of_type])
        counts = Compare(op="<", left=event(SEEN), right=event(GONE))
        return Query((*kept, (GONE, event(GONE))), Source("event_screened"), where=(counts,))

    def _marked_beside(
        self, flows: Flows, selects: Selects, rows: EventSet, query: Query, mark: Beside, name: str
    ) -> tuple[Query, Expr]:
        if self._ahead is None:
            return super()._marked_beside(flows, selects, rows, query, mark, name)
        return add_since(flows, selects, rows, query, mark, name, SEEN), event(name)

    def _judged(self, query: Query, marks: dict[Expr, Expr], names: list[str]) -> Query:
        """The rows with the instant from which a line ignores them."""
        if self._ahead is None:
            return super()._judged(query, marks, names)
        since: list[Expr] = []
        for _, test in self._ignored.events:
            mine, others = _parted(test)
            holds = marks[mine[0]] if mine else ALWAYS
            if holds != FALSE:
                since.append(only_if(both(*others), holds))
        if self._ignored.contacts:
            since.append(only_if(is_known(event("contact_reason")), ALWAYS))
        known = (Default(item=each, fallback=integer(EVER), kind="timestamp") for each in since)
        columns = {**dict(same_names(names)), GONE: call("least", integer(EVER), *known)}
        return Selects(self._home).select(Source(query), EVENT_ROW, columns)

    def _asked(self, names: list[str]) -> Query:
        """The events that are looked at, with the instant from which they are too old, or ignored."""
        of_type = within_reach(dict.fromkeys(self._reach), event)
        until = call("least", event(GONE), call("add", event("at"), oldest_read(self._reach, event)))
        columns = (*same_names(names), (UNTIL, until))
        return Query(columns, Source(EVENT_EVER), where=() if of_type == TRUE else (of_type,))

    def _at_instant(self, late: dict[str, Expr]) -> Query:
        """The events that exist, with what the instant decides."""
        return Selects(nowhere).staged(Source("event_asked"), EVENT_ROW, late, self._names, counts_from(SEEN))


FROM = "from when"
"""The column with the instant from which an event counts, or something is so."""
UNTIL = "until when"
"""The column with the instant from which it does not any more."""


def counts_from(since: str) -> tuple[Expr, ...]:
    """Whether an event counts at the instant: from that of a column on, up to UNTIL."""
    begun = Compare(op="<=", left=event(since), right=AS_OF)
    return begun, Compare(op="<", left=AS_OF, right=event(UNTIL))


def is_there() -> tuple[Expr, ...]:
    """Whether somebody is there at the instant."""
    return (Compare(op="<=", left=event(SEEN), right=AS_OF),)


def ever(level: Level) -> str:
    """The relation of all that are there at any time, with their fields."""
    return f"{level}_ever"


def _earliest(own: dict[str, Expr], rows: Query | Union) -> Query:
    """The rows once each, with the first instant at which any of them is there."""
    return Query((*own.items(), (SEEN, call("min", event(SEEN)))), Source(rows), group=tuple(own.values()))
