"""Delta debugging: the part of a population without which an outcome would be another.

Whole contacts go first, then events, then fields and properties; what changes nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal, TypeVar

from ..records import Account, Contact, Event, Population, Value

Item = TypeVar("Item")
AnyRecord = Account | Contact | Event
Change = Callable[[AnyRecord], AnyRecord]
Holds = Callable[[Population], bool]
Kind = Literal["accounts", "contacts", "events"]
KINDS: tuple[Kind, ...] = ("accounts", "contacts", "events")


def fewest(items: Sequence[Item], holds: Callable[[Sequence[Item]], bool]) -> list[Item]:
    """A part of the items for which something still holds, and of which no single item can be left out.

    >>> fewest(range(100), lambda kept: {7, 42} <= set(kept))
    [7, 42]
    """
    kept = list(items)
    size = len(kept)
    while size:
        start = 0
        shrunk = False
        while start < len(kept):
            fewer = kept[:start] + kept[start + size :]
            if holds(fewer):
                kept, shrunk = fewer, True
            else:
                start += size
        if size == 1 and not shrunk:
            break
        size = max(1, min(size, len(kept)) // 2)
        if not kept:
            break
    return kept


def reduced(population: Population, holds: Holds) -> Population:
    """The population without what can be left out while it holds; in the end nothing more can."""
    before = None
    while population != before:
        before = population
        population = _fewer_people(population, holds)
        population = _fewer_events(population, holds)
        population = _fewer_accounts(population, holds)
        population = _fewer_values(population, holds)
    return population


def _fewer_people(population: Population, holds: Holds) -> Population:
    """Contacts go with all their events."""
    ids = sorted({each.id for each in population.contacts} | {each.contact_id or "" for each in population.events})

    def only(kept: Sequence[str]) -> Population:
        chosen = {*kept}
        contacts = [each for each in population.contacts if each.id in chosen]
        events = [each for each in population.events if (each.contact_id or "") in chosen]
        return Population(population.accounts, contacts, events)

    return only(fewest(ids, lambda kept: holds(only(kept))))


def _fewer_events(population: Population, holds: Holds) -> Population:
    """Those of one type go together first: most types say nothing."""
    types = sorted({each.type for each in population.events})

    def of_types(kept: Sequence[str]) -> Population:
        return replace(population, events=[each for each in population.events if each.type in kept])

    population = of_types(fewest(types, lambda kept: holds(of_types(kept))))
    events = fewest(population.events, lambda kept: holds(replace(population, events=list(kept))))
    contacts = fewest(population.contacts, lambda kept: holds(Population(population.accounts, list(kept), events)))
    return Population(population.accounts, contacts, events)


def _fewer_accounts(population: Population, holds: Holds) -> Population:
    accounts = fewest(population.accounts, lambda kept: holds(replace(population, accounts=list(kept))))
    return replace(population, accounts=accounts)


# --- values -------------------------------------------------------------------------------------------------------


def _fewer_values(population: Population, holds: Holds) -> Population:
    """Fields and properties: each name for everybody, then for each record, then the parts of lists."""
    for kind in KINDS:
        for name in sorted({name for each in getattr(population, kind) for name in values_of(each)}):
            fewer = mapped(population, kind, partial(without, name=name))
            population = fewer if holds(fewer) else _fewer_of(population, kind, name, holds)
    return population


def _fewer_of(population: Population, kind: Kind, name: str, holds: Holds) -> Population:
    """One name, record by record."""
    having = [each.id for each in getattr(population, kind) if name in values_of(each)]
    if len(having) < 2:
        return population

    def only(kept: Sequence[str]) -> Population:
        chosen = {*kept}
        return mapped(population, kind, lambda each: each if each.id in chosen else without(each, name))

    return only(fewest(having, lambda kept: holds(only(kept))))


def values_of(record: AnyRecord) -> Mapping[str, Value]:
    """The fields of a record, or the properties of an event."""
    return record.properties if isinstance(record, Event) else record.fields


def with_values(record: AnyRecord, values: Mapping[str, Value]) -> AnyRecord:
    """The record with other fields or properties."""
    return replace(record, properties=values) if isinstance(record, Event) else replace(record, fields=values)


def without(record: AnyRecord, name: str) -> AnyRecord:
    """The record without one of its fields or properties."""
    return with_values(record, {key: value for key, value in values_of(record).items() if key != name})


def mapped(population: Population, kind: Kind, change: Change) -> Population:
    """The population with each of its accounts, contacts or events changed."""
    parts: dict[str, list[Any]] = {kind: [change(each) for each in getattr(population, kind)]}
    return replace(population, **parts)


def records(population: Population) -> Iterator[AnyRecord]:
    """All records."""
    yield from population.accounts
    yield from population.contacts
    yield from population.events
