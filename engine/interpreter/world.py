"""The population at one instant: the versions that count, the events that exist, and entities that only others name.

See SEMANTICS.md, decisions 52, 53 and 59.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import field
from typing import TypeVar

from ...grammar.late_methods import dataclass
from .. import records
from .people import NOTHING, Account, Entity, Event, Lead, Timeline

Versioned = TypeVar("Versioned", records.Account, records.Contact)


@dataclass(eq=False)
class World:
    """Leads, accounts and events at `as_of`, by id in the order of ids. It may have grown from an `origin`."""

    leads: Mapping[str, Lead] = field(default_factory=dict)
    accounts: Mapping[str, Account] = field(default_factory=dict)
    events: Sequence[Event] = ()
    named_only: int = 0
    timelines: Mapping[Entity, Timeline] = field(default_factory=dict)
    origin: World | None = None

    @property
    def data(self) -> World:
        """The world of the data, without what was only added to it."""
        return self.origin or self

    def timeline(self, entity: Entity) -> Timeline:
        """All events that count for a lead or an account: for an account its own and its contacts'."""
        return self.timelines.get(entity, NOTHING)

    def with_events(self, more: Sequence[records.Event]) -> World:
        """The same leads and accounts with more events, all of them theirs."""
        assert not any(
            _is_new(event.contact_id, self.leads) or _is_new(event.account_id, self.accounts) for event in more
        )
        came = [_event(event, self.leads, self.accounts) for event in more]
        changed = {entity: self.timeline(entity).and_then(some) for entity, some in _shares(came).items()}
        timelines = {**self.timelines, **changed}
        return World(self.leads, self.accounts, [*self.events, *came], self.named_only, timelines, self.data)


@dataclass(frozen=True)
class Known:
    """The records that exist at `as_of`."""

    accounts: Mapping[str, records.Account]
    contacts: Mapping[str, records.Contact]
    events: Sequence[records.Event]
    later: int

    @staticmethod
    def at(population: records.Population, as_of: int) -> Known:
        """What was there at an instant: the newest versions up to it, and the events that had happened and arrived."""
        events = [event for event in population.events if _exists(event, as_of)]
        return Known(
            _newest_versions(population.accounts, as_of),
            _newest_versions(population.contacts, as_of),
            events,
            len(population.events) - len(events),
        )


def _exists(event: records.Event, as_of: int) -> bool:
    return event.at <= as_of and (event.received_at is None or event.received_at <= as_of)


def _newest_versions(versions: Iterable[Versioned], as_of: int) -> dict[str, Versioned]:
    """The version of each id with the newest `valid_from` up to `as_of`; one without it is valid from the beginning."""
    newest: dict[str, Versioned] = {}
    for record in versions:
        start = record.valid_from
        if start is not None and start > as_of:
            continue
        rival = newest.get(record.id)
        if rival is None or rival.valid_from is None or (start is not None and start >= rival.valid_from):
            newest[record.id] = record
    return newest


def build(known: Known, ignored: Collection[str] = (), kept: Collection[str] | None = None) -> World:
    """Ties the records together, without the contacts in `ignored`, and with the events in `kept` (None: all).

    An ignored event still names its contact and its account; an ignored contact's record names nothing.
    """
    contacts = {id: contact for id, contact in known.contacts.items() if id not in ignored}
    named = {event.contact_id for event in known.events if event.contact_id is not None} - set(ignored)
    leads = {id: _lead(id, contacts.get(id)) for id in sorted(contacts.keys() | named)}
    accounts = _accounts(known, contacts.values())
    for lead in leads.values():
        record = contacts.get(lead.id)
        if record is not None and record.account_id is not None:
            lead.account = accounts[record.account_id]
            lead.account.leads.append(lead)
    events = [_event(event, leads, accounts) for event in known.events if kept is None or event.id in kept]
    named_only = len(leads) - len(contacts) + len(accounts) - len(known.accounts)
    timelines = {entity: Timeline(own) for entity, own in _shares(events).items()}
    return World(leads, accounts, events, named_only, timelines)


def until(whole: World, is_there: Callable[[Event], bool]) -> World:
    """A world as it was when only these of its events were there, and all else."""
    events = [event for event in whole.events if is_there(event)]
    if len(events) == len(whole.events):
        return whole
    timelines = {
        entity: Timeline.in_order([event for event in own.events if is_there(event)])
        for entity, own in whole.timelines.items()
    }
    return World(whole.leads, whole.accounts, events, whole.named_only, timelines)


def _is_new(id: str | None, known: Mapping[str, Entity]) -> bool:
    return id is not None and id not in known


def _lead(id: str, record: records.Contact | None) -> Lead:
    return Lead(id, fields={} if record is None else record.fields)


def _accounts(known: Known, contacts: Iterable[records.Contact]) -> dict[str, Account]:
    named = {event.account_id for event in known.events} | {contact.account_id for contact in contacts}
    ids = known.accounts.keys() | {id for id in named if id is not None}
    return {id: Account(id, known.accounts[id].fields if id in known.accounts else {}) for id in sorted(ids)}


def _event(event: records.Event, leads: Mapping[str, Lead], accounts: Mapping[str, Account]) -> Event:
    """An event counts for its own account, else for that of its contact."""
    lead = None if event.contact_id is None else leads.get(event.contact_id)
    account = accounts[event.account_id] if event.account_id is not None else (lead.account if lead else None)
    return Event(event.id, event.type, event.at, lead, account, event.properties)


def _shares(events: Iterable[Event]) -> Mapping[Entity, list[Event]]:
    """The events of each lead and each account."""
    shares: defaultdict[Entity, list[Event]] = defaultdict(list)
    for event in events:
        if event.lead is not None:
            shares[event.lead].append(event)
        if event.account is not None:
            shares[event.account].append(event)
    return shares
