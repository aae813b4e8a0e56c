"""One population at many instants: what nothing between two of them has touched is worked out once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator

from ..instants import FIRST, LAST, Zone, day_end, local_date
from ..model import (
    AgeWindow,
    CalendarWindow,
    EventAggregate,
    Expr,
    Happened,
    HeldFor,
    IgnoreContacts,
    IgnoreEvents,
    InStageFor,
    LeadSet,
    Model,
    Near,
    Part,
    PeriodAggregate,
    Result,
    Selection,
    Standing,
)
from ..records import Event, Population
from ..rows import walk
from .ignoring import Ignore, Left, leave_out
from .made import Made
from .memory import Memory
from .people import Event as Happening
from .period import Period
from .reach import reads_clock
from .selections import Reading
from .steady import Steady
from .world import Known, until

PER_CONTACT = 20
"""A contact takes as long as so many events."""


class Course:
    """What is known of leads and accounts at more than one instant."""

    def __init__(self, model: Model, population: Population) -> None:
        self.model = model
        self.lasting = Made()
        self.population = population
        self._zone = Zone.named(model.timezone)
        self._late = late(population.events, self._zone)
        self._starts = sorted(self._changes()) if all(map(_is_steady, model.ignored)) else None
        self._periods: dict[tuple[int, int], Period] = {}

    @property
    def periods(self) -> Collection[Period]:
        """The periods of which an instant was asked for."""
        return self._periods.values()

    def day(self, as_of: int, memory: Memory) -> Steady:
        """The evaluation of a day, or of any instant; `memory` is what the days before have left."""
        period = self._period(as_of)
        whole = period.whole
        gone = {event: line for event, line in whole.events.items() if self._is_there(event, as_of)}
        world = until(whole.world, lambda event: self._is_there(event, as_of))
        return Steady(self.model, period, as_of, memory, Left(world, gone, whole.contacts))

    def glance(self, as_of: int, memory: Memory) -> Steady:
        """An evaluation that may be asked for results only: its world has the events of later days, too."""
        period = self._period(as_of)
        return Steady(self.model, period, as_of, memory, period.whole)

    def _is_there(self, event: Happening, as_of: int) -> bool:
        return event.at <= as_of and self._late.get(event.id, event.at) <= as_of

    def _changes(self) -> set[int]:
        """When anything else changes than that an event happens, or comes in."""
        asked = [types for line in self.model.ignored for types in _anchors(line)]
        deciding = (event for event in self.population.events if event.id in self._late)
        came = {self._late[event.id] for event in deciding if any(_is_of(event, types) for types in asked)}
        return {FIRST, *changes(self.population), *came}

    def _period(self, as_of: int) -> Period:
        starts = [as_of, as_of + 1] if self._starts is None or self._is_midway(as_of) else self._starts
        place = bisect_right(starts, as_of)
        since, end = starts[place - 1], starts[place] if place < len(starts) else LAST + 1
        if (since, end) not in self._periods:
            whole = leave_out(self.model, Known.at(self.population, end - 1), end - 1, self.lasting)
            self._periods[since, end] = Period(since, end, whole, self.lasting, self._late)
        return self._periods[since, end]

    def _is_midway(self, at: int) -> bool:
        """Whether an event has happened that comes in before the end of the day."""
        if at == day_end(local_date(at, self._zone), self._zone):
            return False
        return any(event.at <= at < (event.received_at or at) for event in self.population.events)


def size(population: Population) -> int:
    """How much there is to look at on one day: events, and as many for each contact as one takes time."""
    return len(population.events) + PER_CONTACT * len(population.contacts)


# --- when the world changes otherwise than by an event --------------------------------------------------------------


def changes(population: Population) -> set[int]:
    """The instants at which records begin, or somebody is named for the first time."""
    named = _first_named(
        population.events,
        {each.id for each in population.contacts if each.valid_from is None},
        {each.id for each in population.accounts if each.valid_from is None},
    )
    began = [each.valid_from for each in population.accounts] + [each.valid_from for each in population.contacts]
    return {*(at for at in began if at is not None), *named}


def _first_named(events: Iterable[Event], contacts: Collection[str], accounts: Collection[str]) -> Collection[int]:
    """When others than these contacts and accounts were named first."""
    found: dict[tuple[str, str], int] = {}
    for event in events:
        at = max(event.at, event.received_at or event.at)
        for kind, id, known in (("contact", event.contact_id, contacts), ("account", event.account_id, accounts)):
            if id is not None and id not in known:
                found[kind, id] = min(at, found.get((kind, id), at))
    return found.values()


def late(events: Iterable[Event], zone: Zone) -> dict[str, int]:
    """The events that came in on a later day than that on which they happened, by their ids, with when they did."""
    return {
        event.id: event.received_at
        for event in events
        if event.received_at is not None and local_date(event.received_at, zone) > local_date(event.at, zone)
    }


# --- what is left out ------------------------------------------------------------------------------------------------


def _is_steady(line: Ignore) -> bool:
    """Whether an event that is left out, or not, stays so: nothing that happens later decides it, nor the clock."""
    if isinstance(line, IgnoreContacts):
        return not any(isinstance(part, Selection) or _moves(part) for part in _parts(line.where))
    return not any(map(_moves, _parts(line.test)))


def _anchors(line: Ignore) -> Iterator[frozenset[str] | None]:
    """The types of the events that decide whether others are left out; None for any."""
    tests = _parts(line.test) if isinstance(line, IgnoreEvents) else ()
    return (Reading.of(part).types for part in tests if isinstance(part, Selection))


def _is_of(event: Event, types: frozenset[str] | None) -> bool:
    return types is None or event.type in types


def _parts(expr: Expr) -> Iterator[Expr | Part]:
    return (step.item for step in walk(expr, "lead"))


def _moves(part: Expr | Part) -> bool:
    match part:
        case Selection():
            return part.which is not None or part.portion is not None
        case Near():
            return part.relation != "after"
        case AgeWindow() | CalendarWindow() | Happened() | EventAggregate() | PeriodAggregate():
            return True
        case LeadSet() | Result() | Standing() | HeldFor() | InStageFor():
            return True
    return reads_clock(part)
