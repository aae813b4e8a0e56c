"""Leads, accounts and events as they are at one instant, tied to each other."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from itertools import chain
from operator import attrgetter

from ...grammar.late_methods import dataclass
from ..records import Value


class Timeline:
    """Events in the order of their time; of equal times the smaller id comes first."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.events: Sequence[Event] = sorted(events, key=oldest_first)

    @classmethod
    def in_order(cls, events: Sequence[Event]) -> Timeline:
        """Events that are in this order already."""
        made = cls(())
        made.events = events
        return made

    def and_then(self, more: Iterable[Event]) -> Timeline:
        """The same with events that come after all others."""
        came = sorted(more, key=oldest_first)
        if self.events and came and oldest_first(came[0]) < oldest_first(self.events[-1]):
            return Timeline((*self.events, *came))
        grown = Timeline.in_order([*self.events, *came])
        for types, events in self._by_types.items():
            grown._by_types[types] = [*events, *(event for event in came if event.type in types)]
        return grown

    @cached_property
    def times(self) -> list[int]:
        return [event.at for event in self.events]

    @cached_property
    def _by_type(self) -> Mapping[str, list[Event]]:
        found: dict[str, list[Event]] = {}
        for event in self.events:
            found.setdefault(event.type, []).append(event)
        return found

    @cached_property
    def _by_contact(self) -> Mapping[str, Timeline]:
        found: dict[str, list[Event]] = {}
        for event in self.events:
            if event.lead is not None:
                found.setdefault(event.lead.id, []).append(event)
        return {contact: Timeline.in_order(events) for contact, events in found.items()}

    @cached_property
    def _by_types(self) -> dict[frozenset[str], Sequence[Event]]:
        return {}

    def of_types(self, types: frozenset[str] | None) -> Sequence[Event]:
        """The events of these types, or all of them for None."""
        if types is None:
            return self.events
        if types not in self._by_types:
            found = [events for name in types if (events := self._by_type.get(name))]
            several = len(found) != 1
            self._by_types[types] = sorted(chain(*found), key=oldest_first) if several else found[0]
        return self._by_types[types]

    def of_contact(self, lead: Lead | None) -> Timeline:
        """The events of one contact; none for an event that has no contact."""
        return NOTHING if lead is None else self._by_contact.get(lead.id, NOTHING)

    def has_other(self, event: Event, start: int | None, end: int | None) -> bool:
        """Whether an event other than `event` lies in start <= at < end; None is open."""
        low = 0 if start is None else bisect_left(self.times, start)
        high = len(self.times) if end is None else bisect_left(self.times, end)
        return high - low > 1 or (high - low == 1 and self.events[low] is not event)


@dataclass(eq=False, slots=True)
class Account:
    """An account at `as_of`."""

    id: str
    fields: Mapping[str, Value] = field(default_factory=dict)
    leads: list[Lead] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Lead:
    """A contact at `as_of` with its account."""

    id: str
    account: Account | None = None
    fields: Mapping[str, Value] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Event:
    """An event with its contact, and the one account for which it counts (decision 52)."""

    id: str
    type: str
    at: int
    lead: Lead | None
    account: Account | None
    properties: Mapping[str, Value]


Entity = Lead | Account


oldest_first: Callable[[Event], tuple[int, str]] = attrgetter("at", "id")
"""The order of time; ties by id."""


def newest_first(event: Event) -> tuple[int, str]:
    """The newest event first; of equal times the smaller id still comes first."""
    return -event.at, event.id


def newest(events: Iterable[Event]) -> Event | None:
    """The newest event, of equal times the one with the smaller id."""
    return min(events, key=newest_first, default=None)


NOTHING: Timeline = Timeline(())
"""No events at all."""
