"""Typed records as plain objects: what the reference interpreter reads, and what a scenario writes down.

Values are None (missing), float (number), str (text, outer blanks removed, never empty), bool,
datetime.date (date), int (timestamp: microseconds since 1970-01-01 UTC) and tuple of str (list).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import field

from ..grammar.late_methods import dataclass

Value = None | float | str | bool | datetime.date | int | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """An account, or one version of it where `valid_from` (microseconds) is given."""

    id: str
    fields: Mapping[str, Value] = field(default_factory=dict)
    valid_from: int | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact, or one version of it where `valid_from` (microseconds) is given."""

    id: str
    account_id: str | None = None
    fields: Mapping[str, Value] = field(default_factory=dict)
    valid_from: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """An event at an instant in microseconds; `account_id` is its own, not its contact's."""

    id: str
    type: str
    at: int
    contact_id: str | None = None
    account_id: str | None = None
    properties: Mapping[str, Value] = field(default_factory=dict)
    received_at: int | None = None


@dataclass(frozen=True, slots=True)
class Population:
    """Everything that one run reads: typed and free of duplicates, but not yet cut at an instant."""

    accounts: Sequence[Account] = ()
    contacts: Sequence[Contact] = ()
    events: Sequence[Event] = ()


def known_at(population: Population, at: int) -> Population:
    """The records that exist at an instant, so that no later instant knows more."""
    return Population(
        [item for item in population.accounts if _begun(item, at)],
        [item for item in population.contacts if _begun(item, at)],
        [item for item in population.events if item.at <= at and (item.received_at is None or item.received_at <= at)],
    )


def _begun(record: Account | Contact, at: int) -> bool:
    return record.valid_from is None or record.valid_from <= at


@dataclass(frozen=True, slots=True)
class ReadCounts:
    """What the reader met: records of events read, duplicates among them, and those set aside."""

    read: int = 0
    duplicates: int = 0
    rejected: int = 0
