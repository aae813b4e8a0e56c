"""The columns that every event can have, as expressions over the data's own table (`d`) or over other columns (`e`)."""

from __future__ import annotations

from datetime import date

from ..instants import DAY, HOUR, MINUTE, Zone
from ..model import Const, Default, EventAttr, Expr
from ..schema import Kind, Schema
from .book import Book, Sessions
from .scalars import Column, Instant, call, event, integer, only_if

AS_OF = Instant(name="as_of", kind="timestamp")
UNITS = {"day": DAY, "hour": HOUR, "minute": MINUTE}
AGES = {unit: f"age in {unit}s" for unit in UNITS}
"""The columns of whole ages."""


def data(name: str, kind: Kind = "timestamp") -> Column:
    """A column of the data's own table."""
    return Column(table="d", name=name, kind=kind)


class EventColumns:
    """The adapter: each column is made once for all events, and only if something asks for it."""

    def __init__(self, book: Book, schema: Schema, zone: Zone, session_gap: int) -> None:
        self._book = book
        self._schema = schema
        self._properties = schema.event_columns()
        self._zone = zone
        self._session_gap = session_gap
        book.event_column("id", data("id", "text"), is_own=True)

    @property
    def at(self) -> Expr:
        return event("at")

    @property
    def id(self) -> Expr:
        return self._book.event_column("id", data("id", "text"), is_own=True)

    @property
    def type(self) -> Expr:
        return self._book.event_column("type", data("type", "text"), is_own=True)

    @property
    def age(self) -> Expr:
        """The exact age in microseconds."""
        return self._book.event_column("age", call("subtract", AS_OF, event("at")), is_own=True)

    def whole_age(self, unit: str) -> Column:
        """The age in whole units, as decays count it."""
        self._book.event_column("age", call("subtract", AS_OF, event("at")), is_own=True)
        return self._book.event_column(AGES[unit], call("div", event("age"), integer(UNITS[unit])), is_own=True)

    def prop(self, name: str, kind: Kind) -> Expr:
        """A property, missing where no event type declares it so."""
        column = self._properties.get((name, kind))
        if column is None:
            return Const(value=None, kind=kind)
        made = self._book.event_column(name, data(column, kind))
        self._book.types.setdefault(made.name, frozenset(self._schema.types_with(name, kind)))
        return made

    def attribute(self, attr: EventAttr) -> Expr:
        """What every event has."""
        match attr.name:
            case "age":
                return call("number", self.whole_age("day"), kind="number")
            case "id":
                return self.id
            case "type":
                return self.type
            case "contact":
                return self._book.event_column("contact_id", data("contact_id", "text"))
            case "hour":
                hour = call("floor_div", call("floor_mod", self._local, integer(DAY)), integer(HOUR))
                return self._book.event_column("hour", call("number", hour, kind="number"))
            case "weekday":
                return call("number", self._weekday, kind="number")
            case "date":
                return self.date
            case "week":
                return self._book.event_column("week", call("date_of_day", self.week, kind="date"))
            case "month":
                return self._book.event_column("month", call("month", self.date, kind="number"))
            case "session":
                return self.session
        raise AssertionError(attr.name)

    def period(self, period: str) -> Expr:
        """A whole number for the local day, week or month of an event."""
        return {"day": lambda: self.day, "week": lambda: self.week, "month": lambda: self.months}[period]()

    @property
    def day(self) -> Expr:
        """The local day, counted from 1970."""
        return self._book.event_column("day", call("floor_div", self._local, integer(DAY)))

    @property
    def date(self) -> Expr:
        return self._book.event_column("date", call("date_of_day", self.day, kind="date"))

    @property
    def week(self) -> Expr:
        """The local day of its Monday."""
        back = call("subtract", self._weekday, integer(1))
        return self._book.event_column("monday", call("subtract", self.day, back))

    @property
    def months(self) -> Expr:
        """The local month, counted through the years."""
        return self._book.event_column("months", call("months", self.date))

    @property
    def _weekday(self) -> Expr:
        """1 is Monday; the first day of 1970 was a Thursday."""
        since = call("floor_mod", call("add", self.day, integer(3)), integer(7))
        return self._book.event_column("weekday", call("add", since, integer(1)))

    @property
    def _local(self) -> Expr:
        changes = self._zone.transitions
        if len(changes) == 1 and changes[0][1] == 0:
            return event("at")
        return self._book.event_column("local", call("add", event("at"), offset(changes, event("at"))))

    def first_instant(self, date: Expr) -> Expr:
        """The first instant of a local date."""
        wall = call("multiply", call("days_between", Const(value=EPOCH, kind="date"), date), integer(DAY))
        return call("subtract", wall, offset(self._zone.walls, wall))

    # --- sessions -----------------------------------------------------------------------------------------------

    @property
    def session(self) -> Expr:
        """The session of an event: a column that is made after `ignore`, from columns that are made here."""
        if self._book.sessions is None:
            own = [self._own_session(kind) for kind in SESSION_KINDS if ("session", kind) in self._properties]
            self._book.sessions = Sessions(
                gap=self._session_gap,
                contact_id=self._book.event_column("contact_id", data("contact_id", "text")),
                account_id=self._book.event_column("account_id", data("account_id", "text")),
                given=self._book.event_column("given session", _first(own)) if own else None,
            )
        return event("session", "text")

    def _own_session(self, kind: Kind) -> Expr:
        column = data(self._properties["session", kind], kind)
        return column if kind == "text" else call("as_text", column, kind="text")


SESSION_KINDS: tuple[Kind, ...] = ("text", "number")
"""A property names a session if it is a text or a number."""
EPOCH = date(1970, 1, 1)


def _first(items: list[Expr]) -> Expr:
    """The first that is known."""
    return items[0] if len(items) == 1 else Default(item=items[0], fallback=items[1], kind="text")


def offset(changes: tuple[tuple[int, int], ...], at: Expr) -> Expr:
    """The offset of the local clock at an instant (or by a local time), found by halving the table of changes."""
    if len(changes) == 1:
        return integer(changes[0][1])
    middle = len(changes) // 2
    before = call("less", at, integer(changes[middle][0]), kind="bool")
    return only_if(before, offset(changes[:middle], at), offset(changes[middle:], at))
