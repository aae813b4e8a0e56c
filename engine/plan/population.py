"""The first steps: who and what there is at the instant. Versions, those whom only other records name, what is ignored,
and one adapter for the events, in which texts are folded, ages counted and owners found once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..model import Cases, Compare, Const, Default, Expr, IgnoreContacts, IgnoreEvents, InSet, Missing, Model, Not, Or
from .adapter import AS_OF, data
from .beside import add_beside
from .book import Book
from .early_tests import where_nothing_is_known
from .flows import Flows, distinct_rows, types_of
from .places import Place
from .reach import Reach, reach, within_reach
from .rowsets import Beside, EventSet, besides
from .scalars import (
    FALSE,
    TRUE,
    Over,
    Ref,
    both,
    call,
    event,
    integer,
    is_known,
    joined,
    leaves,
    only_if,
    rewrite,
)
from .selects import EVENT_ROW, LEAD_ROW, Row, Selects, made_from, wanted
from .sessions import wanted_by, with_sessions
from .steps import NOTHING_CARRIED, Chain, Join, Query, Source, Step, Union
from .values import Values

RAW = Place("lead", "lead", raw=True)
RAW_LEAD = Place("lead", raw=True)


@dataclass(frozen=True)
class Ignored:
    """The `ignore` lines over columns, by their position: tests of contacts and tests of events."""

    contacts: tuple[tuple[int, Expr], ...] = ()
    events: tuple[tuple[int, Expr], ...] = ()

    @property
    def any(self) -> bool:
        return bool(self.contacts or self.events)

    @property
    def marks(self) -> list[Beside]:
        """What the tests ask to lie beside events."""
        return list(dict.fromkeys(mark for _, test in self.events for mark in besides(test)))


def ignored(model: Model, values: Values) -> Ignored:
    """What the `ignore` lines test."""
    contacts = [(i, line.where) for i, line in enumerate(model.ignored) if isinstance(line, IgnoreContacts)]
    events = [(i, line.test) for i, line in enumerate(model.ignored) if isinstance(line, IgnoreEvents)]
    return Ignored(
        tuple((i, values.value(test, RAW_LEAD)) for i, test in contacts),
        tuple((i, values.value(test, RAW)) for i, test in events),
    )


class Population:
    """Makes the steps up to `lead`, `account` and `event`, and the counts of the data.

    `fields` are the columns that are read of leads and accounts, `names` those of events. `screened`: which event is
    ignored by which line is a step of its own, `event_screened`, also where it need not be. `by_contact`: what is
    ignored is also counted contact by contact. `recorded`: everyone whom events or contacts name
    has a record, and none of these is a version.
    """

    def __init__(
        self,
        book: Book,
        ignored: Ignored,
        reach: Reach,
        fields: Iterable[str],
        names: Iterable[str],
        screened: bool = False,
        by_contact: bool = False,
        recorded: bool = False,
    ) -> None:
        self._recorded = recorded
        self._by_contact = by_contact
        self._book = book
        self._screened = screened
        self._ignored = ignored
        self._reach = reach
        tests = (ignored.contacts, ignored.events)
        self._fields = {*fields, *(leaf.name for leaf in leaves(tests) if isinstance(leaf, Ref))}
        self._names = list(dict.fromkeys(names))
        self.carried = NOTHING_CARRIED
        self.steps: list[Step] = []

    def build(self) -> list[Step]:
        """All steps in their order."""
        if not self._recorded:
            self._look_up()
        everyone, accounts = self._home(_LEAD), self._home(_ACCOUNT)
        self._add(accounts, self._numbered(self._all_accounts()), "all accounts, numbered in order of their ids")
        self._add(everyone, self._leads(accounts), "all contacts, numbered in order of their ids, with their account")
        if self._ignored.contacts:
            self._screen_contacts()
        self._present()
        self._events()
        self._counts()
        return self.steps

    def _look_up(self) -> None:
        """What is known at the instant, and who is named."""
        self._add("contact_now", self._known("lead", "contacts"), "the contacts as they are known at the instant")
        self._add("account_now", self._known("account", "accounts"), "the accounts as they are known at the instant")
        self._add("named_contact", self._named("contact_id"), "the contacts that events name")
        self._add("named_account", self._named("account_id"), "the accounts that events name")

    def _present(self) -> None:
        """Who of these is there at the instant: all of them."""

    def _add(self, name: str, relation: Query | Union | Chain, purpose: str) -> None:
        self.steps.append(Step(name, relation, purpose))

    # --- contacts and accounts ----------------------------------------------------------------------------------

    def _base(self, level: Level) -> dict[str, Expr]:
        return {
            column.name: column.formula
            for column in self._book.columns.values()
            if column.level == level and column.name in self._fields and column.formula is not None
        }

    def _columns_of(self, level: Level) -> dict[str, Expr]:
        """What is read of a record."""
        own: dict[str, Expr] = {"id": data("id", "text")}
        if level == "lead":
            own["account_id"] = data("account_id", "text")
        return {**own, **self._base(level)}

    def _records(self, level: Level, table: str, now: str) -> Query:
        """The records as they are known at the instant, with their marks."""
        columns = self._columns_of(level)
        source = Source(Query(tuple(columns.items()), Source(table, "d"))) if self._recorded else Source(now)
        return Query((*same_names(columns), *self._marks(TRUE)), source)

    def _known(self, level: Level, table: str) -> Query | Union:
        """Of the versions of a record the newest that is valid at the instant: one with a date before one without."""
        columns = self._columns_of(level)
        since = data("valid_from")
        selects = Selects(nowhere)
        valid = Compare(op="<=", left=since, right=AS_OF)
        dated = selects.select(Source(table, "d"), Row({}), {"dated": data("id", "text")}, [valid])
        same = Compare(op="==", left=joined("v", "dated"), right=data("id", "text"), exact=True)
        undated = (Join(dated, "v", same, "anti"),)
        place = Over(item=call("row_number"), partition=(data("id", "text"),), order=((since, True),), kind="timestamp")
        placed = selects.select(Source(table, "d"), Row({}), {**columns, "place": place}, [valid])
        newest = Compare(op="==", left=event("place"), right=integer(1))
        return Union(
            (
                Query(tuple(columns.items()), Source(table, "d"), undated, (Missing(item=since),)),
                Query(same_names(columns), Source(placed), where=(newest,)),
            )
        )

    def _everyone(self) -> Union:
        """The contacts with a record, and those whom only events name: all their fields are missing."""
        records = self._records("lead", "contacts", "contact_now")
        if self._recorded:
            return Union((records,))
        return Union((records, self._only_named("named_contact", "contact_now", "lead")))

    def _ids(self, parts: tuple[Query, ...]) -> Query:
        """The ids that any of these queries has, once each."""
        return Query((("id", event("id", "text")),), Source(Union(parts)), distinct=True)

    def _by_contacts(self) -> Query:
        """The accounts that contacts name."""
        account = event("account_id", "text")
        return Query((("id", account),), Source("contact_now"), where=(is_known(account),))

    def _marks(self, known: Const) -> tuple[tuple[str, Expr], ...]:
        """What is known of the record behind a lead or an account: whether there is one."""
        return (("known", known),)

    @property
    def _marked(self) -> list[str]:
        return [name for name, _ in self._marks(TRUE)]

    def _named(self, owner: str) -> Query:
        """Whom events name as their owner, each once. One kind of owner at a time: pairs take longer to tell apart."""
        named = data(owner, "text")
        return Selects(nowhere).select(
            Source("events", "d"), Row({}), {"id": named}, [*exists(), is_known(named)], distinct=True
        )

    def _only_named(self, ids: str | Query, source: str, level: Level) -> Query:
        kinds = self._book.columns
        columns: list[tuple[str, Expr]] = [("id", event("id", "text"))]
        if level == "lead":
            columns.append(("account_id", Const(value=None, kind="text")))
        for name in self._base(level):
            columns.append((name, where_nothing_is_known(kinds[name])))
        there = Join(
            source, "r", Compare(op="==", left=joined("r", "id"), right=event("id", "text"), exact=True), "anti"
        )
        return Query((*columns, *self._marks(FALSE)), Source(ids), (there,))

    def _all_accounts(self) -> Union:
        records = self._records("account", "accounts", "account_now")
        if self._recorded:
            return Union((records,))
        by_events = Query(same_names(["id", *self._marked[1:]]), Source("named_account"))
        named = self._ids((self._by_contacts(), by_events))
        return Union((records, self._only_named(named, "account_now", "account")))

    def _numbered(self, relation: Union) -> Query:
        """Everyone with a number, in the order of their ids."""
        key = Over(item=call("row_number"), partition=(), order=((event("id", "text"), False),), kind="timestamp")
        return Query((("key", key), *same_names(relation.names)), Source(relation))

    def _leads(self, accounts: str) -> Query:
        """All leads: first numbered, then with their account, so that less has to be sorted."""
        numbered = self._numbered(self._everyone())
        key, *names = numbered.names
        on = Compare(op="==", left=joined("a", "id"), right=event("account_id", "text"), exact=True)
        columns = ((key, event(key)), ("account", joined("a", "key")), *same_names(names))
        return Query(columns, Source(numbered), (Join(accounts, "a", on),))

    def _screen_contacts(self) -> None:
        """Which contacts are ignored, and by which line; the others, and the accounts that are still named."""
        selects = Selects(lambda ref: f"{ref.level}_all")
        row = Row(LEAD_ROW.keys, "lead_all")
        items = tuple((test, integer(i)) for i, test in self._ignored.contacts)
        reasons = selects.select(
            Source("lead_all"), row, {"key": event("key"), "reason": Cases(items=items, kind="timestamp")}
        )
        known = Query(
            tuple((name, event(name)) for name in reasons.names), Source(reasons), where=(is_known(event("reason")),)
        )
        self._add("contact_ignored", known, "the contacts that `ignore contact` leaves out, by line")
        gone = Join("contact_ignored", "i", Compare(op="==", left=joined("i", "key"), right=event("key")), "anti")
        names = ["key", "account", "id", "account_id", *self._base("lead"), *self._marked]
        left = Query(same_names(names), Source("lead_all"), (gone,))
        self._add(self._whole("lead"), left, "the contacts that are left")
        self._add(self._whole("account"), self._accounts_left(), "the accounts that somebody still names")

    def _accounts_left(self) -> Query:
        """The accounts with a record, and those of the contacts that are left and of events."""
        same = Compare(op="==", left=joined("n", "account"), right=event("key"))
        named = Join(Union(self._still_naming()), "n", same, "semi")
        return Query(same_names(["key", "id", *self._base("account"), *self._marked]), Source("account_all"), (named,))

    def _still_naming(self) -> tuple[Query, ...]:
        """Who names accounts: the contacts that are left, events, and the accounts' own records."""
        records = Query((("account", event("key")),), Source("account_all"), where=(event("known", "bool"),))
        if self._recorded:
            return (records,)
        account = event("account")
        on = Compare(op="==", left=joined("a", "id"), right=event("id", "text"), exact=True)
        numbered = Join("account_all", "a", on, "inner")
        return (
            Query((("account", account),), Source(self._whole("lead")), where=(is_known(account),)),
            Query((("account", joined("a", "key")),), Source("named_account"), (numbered,)),
            records,
        )

    # --- events -------------------------------------------------------------------------------------------------

    def _events(self) -> None:
        marks = self._ignored.marks
        if self._screens(marks):
            self._add_screened(marks)
        elif self._ignored.any:
            self._count_ignored(self._with_reasons(self._all_read_by_ignore(), {}, self._counted_by))
        if not self._names:
            return
        sessions = self._book.sessions if "session" in self._names else None
        names = [name for name in self._names if name != "session"]
        if sessions is None:
            self._add("event", self._left(names, marks), ADAPTER)
            return
        names = list(dict.fromkeys((*names, *wanted_by(sessions))))
        self._add("event_typed", self._left(names, marks), ADAPTER)
        self._add("event", with_sessions("event_typed", self._names, sessions), "the events with their sessions")

    def _screens(self, marks: list[Beside]) -> bool:
        return bool(marks) or (self._screened and self._ignored.any)

    def _left(self, names: list[str], marks: list[Beside]) -> Query:
        """The events within reach that no line ignores, with these columns."""
        if self._screens(marks):
            near = within_reach(self._reach, event)
            tests = [Missing(item=event("reason")), *([] if near == TRUE else [near])]
            columns = {name: event(name) for name in names}
            return Selects(self._home).select(Source("event_screened"), EVENT_ROW, columns, tests)
        near = within_reach(self._reach)
        return self._not_ignored(names, [*exists(), *([] if near == TRUE else [near])])

    def _not_ignored(self, names: list[str], tests: list[Expr]) -> Query:
        """The events that pass tests and that no line ignores for what they are."""
        if not self._ignored.any:
            return self._adapted(names, tests)
        query = self._with_reasons(self._adapted([*names, *self._read_by_ignore()], tests), {}, names)
        return Query(same_names(names), Source(query), where=(Missing(item=event("reason")),))

    # --- what is ignored ----------------------------------------------------------------------------------------

    def _add_screened(self, marks: list[Beside]) -> None:
        """Where events are ignored for what lies beside them: each with the line that ignores it."""
        sessions = self._book.sessions if "session" in self._names else None
        names = [name for name in self._names if name != "session"] + (wanted_by(sessions) if sessions else [])
        names += [*wanted(within_reach(self._reach, event)), *["id"] * self._screened, *self._counted_by]
        near = TRUE if self._ignored.contacts else within_reach(self._reach_of_screening(marks))
        self._screen(names, marks, [*exists(), *([] if near == TRUE else [near])])
        self._count_ignored(Query(same_names(["reason", *self._counted_by]), Source("event_screened")))

    def _screen(self, names: list[str], marks: list[Beside], tests: list[Expr]) -> None:
        types = _types_beside(self._ignored)
        own = ["at", "id", "lead", "account", *([] if types is None else ["type"])]
        adapted = self._adapted([*names, *own, *self._read_by_ignore()], tests)
        self._add("event_read", adapted, ADAPTER)
        kept = list(dict.fromkeys(names))
        read = Query((("owner", event("lead")), *same_names(adapted.names)), Source("event_read"))
        asked = TRUE if types is None else InSet(item=event("type", "text"), values=types, exact=True)
        beside, found = self._beside(replace(read, where=() if types is None else (asked,)), asked, marks)
        screened = [self._judged(beside, found, kept)]
        if types is not None:
            others = replace(read, where=(Not(item=asked),))
            screened.append(self._judged(others, dict.fromkeys(marks, FALSE), kept))
        self._add("event_screened", Union(tuple(screened)), f"{ADAPTER}, with the line that ignores them")

    def _beside(self, query: Query, asked: Expr, marks: list[Beside]) -> tuple[Query, dict[Expr, Expr]]:
        """The events that pass a test with a column for each mark, and these columns."""
        selects = Selects(self._home)
        flows = Flows(selects, self._emit, events="event_read")
        rows, found = EventSet("lead", "lead", asked, raw=True), dict[Expr, Expr]()
        for number, mark in enumerate(marks):
            name = f"beside {number + 1}"
            query, found[mark] = self._marked_beside(flows, selects, rows, query, mark, name)
        return query, found

    def _marked_beside(
        self, flows: Flows, selects: Selects, rows: EventSet, query: Query, mark: Beside, name: str
    ) -> tuple[Query, Expr]:
        """The rows with one more column, and what it says of a mark: whether it holds."""
        return add_beside(flows, selects, rows, query, mark, name), event(name, "bool")

    def _judged(self, query: Query, marks: dict[Expr, Expr], names: list[str]) -> Query:
        """The rows with what becomes of them."""
        return self._with_reasons(query, marks, names)

    def _reach_of_screening(self, marks: list[Beside]) -> Reach:
        """What rules read, what may be ignored, and what that is held against."""
        anchors = (rows.test for mark in marks for rows in distinct_rows(mark.anchor))
        return {**self._reach, **self._reach_of_ignore(), **reach((test, None) for test in anchors)}

    def _all_read_by_ignore(self) -> Query:
        """The events that some line might ignore, with what these lines read."""
        near = TRUE if self._ignored.contacts else within_reach(self._reach_of_ignore())
        return self._adapted(
            [*self._counted_by, *self._read_by_ignore()], [*exists(), *([] if near == TRUE else [near])]
        )

    def _reach_of_ignore(self) -> Reach:
        return reach((test, None) for _, test in self._ignored.events)

    def _with_reasons(self, query: Query, marks: dict[Expr, Expr], names: list[str] | None = None) -> Query:
        """The rows of a query with the line that ignores them."""
        columns = {name: event(name) for name in names or ()}
        return Selects(self._home).select(Source(query), EVENT_ROW, {**columns, "reason": self._reason(marks)})

    @property
    def _counted_by(self) -> list[str]:
        return ["lead"] if self._by_contact else []

    def _count_ignored(self, reasons: Query) -> None:
        keys = ["reason", *self._counted_by]
        known = Query(same_names(keys), Source(reasons), where=(is_known(event("reason")),))
        columns = (*same_names(keys), ("n", call("count")))
        counted = Query(columns, Source(known), group=tuple(event(key) for key in keys))
        if self._by_contact:
            self._add(IGNORED_BY_CONTACT, counted, "how many events of each contact each `ignore` line leaves out")
            counted = ignored_in_all(IGNORED_BY_CONTACT)
        self._add("ignored", counted, "how many events each `ignore` line leaves out")

    def _emit(self, name: str, relation: Query | Chain, purpose: str) -> str:
        self._add(name, relation, purpose)
        return name

    def _home(self, ref: Ref) -> str:
        return f"{ref.level}_all" if self._ignored.contacts else self._whole(ref.level)

    def _whole(self, level: Level) -> str:
        """The relation of all leads or accounts that nothing ignores, with their fields."""
        return level

    def _reason(self, marks: dict[Expr, Expr]) -> Expr:
        items: dict[int, Expr] = {i: rewrite(test, marks.get) for i, test in self._ignored.events}
        for i, _ in self._ignored.contacts:
            items[i] = Compare(op="==", left=event("contact_reason"), right=integer(i))
        return Cases(items=tuple((items[i], integer(i)) for i in sorted(items)), kind="timestamp")

    def _read_by_ignore(self) -> list[str]:
        tests = tuple(test for _, test in self._ignored.events)
        own = ["contact_reason"] if self._ignored.contacts else []
        return [name for name in (*own, *wanted(tests)) if name != "owner"]

    # --- the adapter --------------------------------------------------------------------------------------------

    def _adapted(self, names: list[str], tests: list[Expr]) -> Query:
        """The adapter: typed, folded, aged, and with the keys of its owners."""
        keep = list(dict.fromkeys(names))
        everyone, accounts = self._home(_LEAD), self._home(_ACCOUNT)
        joins: list[Join] = []
        columns: dict[str, Expr] = {"at": data("at"), SEEN: seen(), "lead": joined("l", "key"), **self._book.events}
        if {"lead", "account", "contact_reason"} & set(keep):
            joins.append(Join(everyone, "l", _same_id("l", "contact_id")))
        if "account" in keep:
            joins.append(Join(accounts, "a", _same_id("a", "account_id")))
            columns["account"] = Default(item=joined("a", "key"), fallback=joined("l", "account"), kind="timestamp")
        if "contact_reason" in keep:
            joins.append(
                Join("contact_ignored", "i", Compare(op="==", left=joined("i", "key"), right=joined("l", "key")))
            )
            columns["contact_reason"] = joined("i", "reason")
        needed = made_from(columns, keep)
        return Selects(nowhere).staged(Source("events", "d"), EVENT_ROW, needed, keep, tests, tuple(joins))

    # --- counts -------------------------------------------------------------------------------------------------

    def _counts(self) -> None:
        late = both(*exists())
        one = call("count", Cases(items=((late, integer(1)),), kind="timestamp"))
        columns = {"existing": one, "all_events": call("count")}
        counts = Selects(nowhere).select(Source("events", "d"), Row({}), columns)
        self._add("counts", counts, "how many events there are, and how many of them at the instant")


IGNORED_BY_CONTACT = "ignored by contact"


def ignored_in_all(relation: str) -> Query:
    """How many events each line leaves out, of all contacts together."""
    columns = (("reason", event("reason")), ("n", call("sum", event("n"))))
    return Query(columns, Source(relation), group=(event("reason"),))


_LEAD, _ACCOUNT = Ref(level="lead", name=""), Ref(level="account", name="")
ADAPTER = "the events that rules read, typed once: owners, ages, folded texts"


def exists() -> tuple[Expr, ...]:
    """An event exists if it had happened and been received at the instant."""
    received = data("received_at")
    arrived = Or(items=(Missing(item=received), Compare(op="<=", left=received, right=AS_OF)))
    return Compare(op="<=", left=data("at"), right=AS_OF), arrived


SEEN = "seen since"
"""The column with the instant from which an event exists; no property can have this name."""


def seen() -> Expr:
    """The first instant at which an event exists."""
    received = data("received_at")
    late = Compare(op=">", left=received, right=data("at"))
    return only_if(late, received, data("at"))


def _types_beside(ignored: Ignored) -> tuple[str, ...] | None:
    """The types of events that may be ignored for what lies beside them; None for any."""
    found: set[str] = set()
    for _, test in ignored.events:
        if any(True for _ in besides(test)):
            types = types_of(test)
            if types is None:
                return None
            found |= types
    return tuple(sorted(found))


def same_names(names: Iterable[str]) -> tuple[tuple[str, Expr], ...]:
    return tuple((name, event(name)) for name in names)


def _same_id(alias: str, name: str) -> Expr:
    return Compare(op="==", left=joined(alias, "id"), right=data(name, "text"), exact=True)


def nowhere(ref: Ref) -> str:
    raise AssertionError(ref)
