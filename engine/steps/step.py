"""A step: one event that could happen now, by someone who is known or by someone new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import replace

from ...grammar.late_methods import dataclass
from ..records import Contact, Event, Population, Value

Pairs = tuple[tuple[str, Value], ...]


@dataclass(frozen=True)
class Newcomer:
    """A person who is not in the data yet, and what must be known of them."""

    id: str
    account_id: str
    fields: Pairs = ()


@dataclass(frozen=True)
class Step:
    """One event at the instant of the explanation: of a contact, or of the account itself.

    `newcomer` is who does it, where that is someone new; without a `type` all that happens is that they are there.
    """

    type: str | None = None
    contact_id: str | None = None
    account_id: str | None = None
    properties: Pairs = ()
    newcomer: Newcomer | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """By which steps are put in order."""
        return str(self.contact_id or ""), str(self.account_id or ""), self.type or "", repr(self.properties)


Steps = tuple[Step, ...]
"""What happens together. The same step may come several times: so many events."""


def in_order(steps: Iterable[Step]) -> Steps:
    """The steps as one set is always written: whoever does something need not be said to be there."""
    every = list(steps)
    busy = {step.newcomer for step in every if step.newcomer is not None and step.type is not None}
    return tuple(sorted((step for step in every if step.type or step.newcomer not in busy), key=lambda step: step.key))


def both(one: Steps, other: Steps) -> Steps:
    """All steps of either; what both ask for need happen only once.

    >>> ann, bob = Step("call", "ann"), Step("call", "bob")
    >>> both((ann, ann), (ann, bob)) == (ann, ann, bob)
    True
    """
    return in_order((Counter(one) | Counter(other)).elements())


def with_steps(population: Population, steps: Steps, at: int) -> Population:
    """The records as they would be after the steps, all of them at one instant; equal steps have equal ids."""
    taken = {event.id for event in population.events}
    grown = with_people(population, people_of(steps))
    return replace(grown, events=[*population.events, *happenings(steps, at, taken)])


def people_of(steps: Steps) -> tuple[Newcomer, ...]:
    """Who comes with the steps."""
    return tuple(dict.fromkeys(step.newcomer for step in steps if step.newcomer is not None))


def with_people(population: Population, people: Iterable[Newcomer]) -> Population:
    """The records with those of some people who are new."""
    came = (Contact(new.id, new.account_id, dict(new.fields)) for new in people)
    return replace(population, contacts=[*population.contacts, *came])


def happenings(steps: Steps, at: int, taken: Container[str]) -> list[Event]:
    """The events of the steps; `taken` are the ids of those that are there already."""
    events: dict[str, Event] = {}
    for step in steps:
        if step.type is not None:
            id = f"step {step.key}"
            while id in taken or id in events:
                id += "'"
            events[id] = Event(id, step.type, at, step.contact_id, step.account_id, dict(step.properties))
    return list(events.values())
