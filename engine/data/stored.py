"""From plain records to the columns of the three tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..records import Account, Contact, Event, Population, Value
from .layout import Column, Layout, RecordKind
from .rebuilt import Layouts

Columns = list[list[object]]


def columns_of(layouts: Layouts, population: Population) -> Mapping[RecordKind, Columns]:
    """The values of each table, column by column in the order of its layout."""
    accounts, contacts, events = population.accounts, population.contacts, population.events
    return {
        "accounts": [
            [each.id for each in accounts],
            [each.valid_from for each in accounts],
            *_fields(layouts["accounts"], accounts),
        ],
        "contacts": [
            [each.id for each in contacts],
            [each.account_id for each in contacts],
            [each.valid_from for each in contacts],
            *_fields(layouts["contacts"], contacts),
        ],
        "events": [
            [each.id for each in events],
            [each.type for each in events],
            [each.at for each in events],
            [each.contact_id for each in events],
            [each.account_id for each in events],
            [each.received_at for each in events],
            *(_properties(column, events) for column in layouts["events"].columns),
        ],
    }


def _fields(layout: Layout, records: Sequence[Account | Contact]) -> Columns:
    return [[_stored(each.fields.get(column.field)) for each in records] for column in layout.columns]


def _properties(column: Column, events: Sequence[Event]) -> list[object]:
    """The values of a property, of those types of events that use the column for it."""
    types = {type_ for variant in column.variants for type_ in variant.types}
    return [_stored(each.properties.get(column.field)) if each.type in types else None for each in events]


def _stored(value: Value) -> object:
    return list(value) if isinstance(value, tuple) else value
