"""What is read of events at one instant and holds at each later one: who, when, and of which kind, as numbers.

A run over a store need not read such events again: of those that were within reach at an instant before it takes what
was carried, and reads only what is new.

    events_new ──▶ event carried new      the same of the events that are new
    kept event carried, event carried new ──now──▶ event
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

from ..model import Compare, Expr, InSet, Or
from .adapter import AS_OF
from .ahead import UNTIL, timed
from .book import Book
from .increment import CARRIED, CARRIED_NEW, EVENTS_NEW, KEPT
from .population import Ignored, Population, nowhere, same_names
from .reach import ANY, Reach, oldest_read
from .renaming import renamed
from .scalars import FALSE, TRUE, Column, Instant, both, call, event, integer, leaves
from .selects import EVENT_ROW, Selects, made_from, wanted
from .steps import NOTHING_CARRIED, Carried, Query, Source, Step, Union

Told = Callable[[Expr], Expr]
"""Asks of the numbers of events what is asked of events, as far as these tell."""


def carried(book: Book, ignored: Ignored, names: Sequence[str], reach: Reach) -> Carried:
    """What is carried where these columns of events within a reach are read; nothing where that is more than numbers,
    or where an instant, or what lies beside an event, may decide whether it is ignored."""
    late = timed(book)
    if ignored.contacts or ignored.marks or book.sessions is not None or not names:
        return NOTHING_CARRIED
    for leaf in leaves(ignored.events):
        if isinstance(leaf, Instant) or (isinstance(leaf, Column) and leaf.name in late):
            return NOTHING_CARRIED
    needed = made_from({name: made for name, made in book.events.items() if name in late}, names)
    own = sorted({name for name in (*names, *wanted(tuple(needed.values())), *_ALWAYS) if name not in late})
    if any(name in book.events and book.events[name].kind not in _NUMBERS for name in own):
        return NOTHING_CARRIED
    if any(age is not None for age in reach.values()):
        book.events[UNTIL] = call("add", event("at"), oldest_read(reach))
        own.append(UNTIL)
    how = repr(made_from(book.events, own))
    return Carried(tuple(own), hashlib.sha256(how.encode("utf-8", "surrogatepass")).hexdigest()[:16])


_ALWAYS = ("at", "lead", "account")
_NUMBERS = ("timestamp", "number", "bool", "date")


class Carrying(Population):
    """Makes the steps of `Population`, where events have what is carried, too, and `again` those of a later run."""

    def __init__(
        self,
        book: Book,
        ignored: Ignored,
        reach: Reach,
        fields: Iterable[str],
        names: Iterable[str],
        carried: Carried,
    ) -> None:
        asked = list(dict.fromkeys((*names, *carried.names)))
        super().__init__(book, ignored, reach, fields, asked, by_contact=True)
        self.carried = carried

    def again(self) -> tuple[Step, ...]:
        """The steps that make the events of those that were carried and those that are new; none where nothing is."""
        if not self.carried:
            return ()
        self.steps = []
        self._events()
        adapter = next(step for step in self.steps if step.name == "event")
        names = same_names(self.carried.names)
        new = renamed(adapter.relation, lambda name, alias, is_source: EVENTS_NEW if name == "events" else name)
        assert isinstance(new, Query)
        still = Compare(op="<", left=AS_OF, right=event(UNTIL)) if UNTIL in self.carried.names else TRUE
        both_of_them = events_at_instant(self._book, self.carried, self._names, still)
        return Step(CARRIED_NEW, Query(names, Source(new)), _PURPOSE), Step("event", both_of_them, adapter.purpose)


_PURPOSE = "what is carried of the events that are new"


def events_at_instant(book: Book, carried: Carried, names: Sequence[str], near: Expr, only_new: bool = False) -> Query:
    """The events that were carried and those that are new, or these alone, as they are at the instant."""
    late = timed(book)
    needed = made_from({name: made for name, made in book.events.items() if name in late}, names)
    parts = [Query(same_names(carried.names), Source(name)) for name in (f"{KEPT}{CARRIED}", CARRIED_NEW)]
    source = Source(CARRIED_NEW) if only_new else Source(Union(tuple(parts)))
    return Selects(nowhere).staged(source, EVENT_ROW, needed, names, () if near == TRUE else (near,))


def asked_of(reach: Reach, told: Told) -> Expr:
    """Whether anybody could ask for an event that was carried, as far as that can be told quickly. One look at its
    instant alone passes over whole blocks of tables in order of time."""
    ages = {*reach.values()}
    oldest = None if None in ages else max((age for age in ages if age is not None), default=0)
    near = TRUE if oldest is None else _younger(oldest)
    if ANY in reach:
        return near
    of_types: list[Expr] = []
    for age in sorted(ages, key=lambda age: (age is not None, age)):
        types = tuple(sorted(type_ for type_, its in reach.items() if its == age))
        test = told(InSet(item=event("type", "text"), values=types, exact=True))
        if any(isinstance(leaf, Column) and leaf.name == "type" for leaf in leaves(test)):
            return near
        of_types.append(test if age is None or age == oldest else both(test, _younger(age)))
    return both(near, Or(items=tuple(of_types)) if len(of_types) > 1 else of_types[0] if of_types else FALSE)


def _younger(age: int) -> Expr:
    return call("less", call("subtract", AS_OF, integer(age)), event("at"), kind="bool")
