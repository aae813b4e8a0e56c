"""From rows of the three tables to plain records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from ..records import Account, Contact, Event, Population, Value
from .layout import Column, Layout, RecordKind

Layouts = Mapping[RecordKind, Layout]
Row = tuple[object, ...]
"""A record as a table has it: the columns of its layout in their order."""


def rebuilt(layouts: Layouts, rows: Mapping[RecordKind, Iterable[Row]]) -> Population:
    """The records of some rows, in their order."""
    account_fields, contact_fields = layouts["accounts"].columns, layouts["contacts"].columns
    properties = _columns_by_type(layouts["events"])
    return Population(
        [Account(_id(id_), _fields(account_fields, values), _us(since)) for id_, since, *values in rows["accounts"]],
        [
            Contact(_id(id_), _text(account), _fields(contact_fields, values), _us(since))
            for id_, account, since, *values in rows["contacts"]
        ],
        [_event(record, properties) for record in rows["events"]],
    )


def _columns_by_type(layout: Layout) -> dict[str, list[tuple[int, str]]]:
    """For each event type, the places of its properties in a record and their names."""
    found: dict[str, list[tuple[int, str]]] = {}
    for place, each in enumerate(layout.columns, start=len(layout.roles)):
        for variant in each.variants:
            for event_type in variant.types:
                found.setdefault(event_type, []).append((place, each.field))
    return found


def _event(record: tuple[object, ...], properties: Mapping[str, Sequence[tuple[int, str]]]) -> Event:
    id_, event_type, at, contact, account, received = record[:6]
    values = {
        name: _value(record[place]) for place, name in properties.get(str(event_type), ()) if record[place] is not None
    }
    return Event(_id(id_), str(event_type), cast(int, at), _text(contact), _text(account), values, _us(received))


def _fields(columns: Sequence[Column], values: Sequence[object]) -> dict[str, Value]:
    """The known values by their names; what is missing is left out."""
    return {each.field: _value(value) for each, value in zip(columns, values, strict=True) if value is not None}


def _value(value: object) -> Value:
    return tuple(value) if isinstance(value, list) else cast(Value, value)


def _id(value: object) -> str:
    return str(value)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _us(value: object) -> int | None:
    return cast("int | None", value)
