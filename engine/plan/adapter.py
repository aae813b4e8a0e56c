"""The columns that every event can have, as expressions over the data's own table (`d`) or over other columns (`e`)."""

from __future__ import annotations

from ..instants import DAY, HOUR, MINUTE, Zone
from ..model import Const, EventAttr, Expr
from ..schema import Kind, Schema
from .book import Book
from .errors import refuse
from .scalars import Column, Instant, call, event, integer, only_if

AS_OF = Instant(name="as_of", kind="timestamp")
UNITS = {"day": DAY, "hour": HOUR, "minute": MINUTE}


def data(name: str, kind: Kind = "timestamp") -> Column:
    """A column of the data's own table."""
    return Column(table="d", name=name, kind=kind)


class EventColumns:
    """The adapter: each column is made once for all events, and only if something asks for it."""

    def __init__(self, book: Book, schema: Schema, zone: Zone) -> None:
        self._book = book
        self._properties = schema.event_columns()
        self._zone = zone
        book.event_column("id", data("id", "text"))

    @property
    def at(self) -> Expr:
        return event("at")

    @property
    def id(self) -> Expr:
        return self._book.event_column("id", data("id", "text"))

    @property
    def type(self) -> Expr:
        return self._book.event_column("type", data("type", "text"))

    @property
    def age(self) -> Expr:
        """The exact age in microseconds."""
        return self._book.event_column("age", call("subtract", AS_OF, event("at")))

    def whole_age(self, unit: str) -> Column:
        """The age in whole units, as decays count it."""
        self._book.event_column("age", call("subtract", AS_OF, event("at")))
        return self._book.event_column(f"{unit}s", call("div", event("age"), integer(UNITS[unit])))

    def prop(self, name: str, kind: Kind) -> Expr:
        """A property, missing where no event type declares it so."""
        column = self._properties.get((name, kind))
        if column is None:
            return Const(value=None, kind=kind)
        return self._book.event_column(name, data(column, kind))

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
        raise refuse("the session of an event", attr)

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
        return self._book.event_column("local", call("add", event("at"), offset(changes)))


def offset(changes: tuple[tuple[int, int], ...]) -> Expr:
    """The offset of the local clock at an event, found by halving the table of changes."""
    if len(changes) == 1:
        return integer(changes[0][1])
    middle = len(changes) // 2
    before = call("less", event("at"), integer(changes[middle][0]), kind="bool")
    return only_if(before, offset(changes[:middle]), offset(changes[middle:]))
