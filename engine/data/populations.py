"""Between tables and plain objects: the typed records of a dataset as the reference interpreter reads them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import cast

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ..records import Account, Contact, Event, Population, Value
from .layout import Column, Layout, RecordKind
from .sql import (
    Sql,
    call,
    column,
    either,
    insert,
    one_of,
    rows,
    run,
    table,
    value_list,
)

Layouts = Mapping[RecordKind, Layout]


def store(connection: duckdb.DuckDBPyConnection, layouts: Layouts, population: Population) -> None:
    """Insert the records of a population into the tables of the layouts."""
    accounts = [[each.id, each.valid_from, *_values(each.fields, layouts["accounts"])] for each in population.accounts]
    contacts = [
        [each.id, each.account_id, each.valid_from, *_values(each.fields, layouts["contacts"])]
        for each in population.contacts
    ]
    events = [[*_head(each), *_properties(each, layouts["events"])] for each in population.events]
    for layout, records in zip(layouts.values(), (accounts, contacts, events), strict=True):
        _insert(connection, layout, records)


def _head(event: Event) -> tuple[object, ...]:
    return event.id, event.type, event.at, event.contact_id, event.account_id, event.received_at


def _values(fields: Mapping[str, Value], layout: Layout) -> list[object]:
    return [_stored(fields.get(each.field)) for each in layout.columns]


def _properties(event: Event, layout: Layout) -> list[object]:
    """The event's values, each in the column that its type uses for the property."""
    return [_stored(event.properties.get(each.field)) if _holds(each, event.type) else None for each in layout.columns]


def _holds(column_: Column, event_type: str) -> bool:
    return any(event_type in variant.types for variant in column_.variants)


def _stored(value: Value) -> object:
    return list(value) if isinstance(value, tuple) else value


def _insert(connection: duckdb.DuckDBPyConnection, layout: Layout, records: Sequence[Sequence[object]]) -> None:
    if not records:
        return
    parameters: list[object] = []
    columns = [
        value_list([record[place] for record in records], type_, parameters)
        for place, type_ in enumerate(layout.sql_types)
    ]
    run(connection, insert(exp.select(*columns), table(layout.kind)), parameters)


@dataclass(frozen=True)
class Choice:
    """The accounts and contacts whose records are loaded."""

    accounts: Collection[str]
    contacts: Collection[str]


def choose(connection: duckdb.DuckDBPyConnection, entity: str) -> Choice | None:
    """An id with everyone whose records its results can depend on; None where no record has that id.

    A lead brings its account, an account its contacts and whoever else has an event there, and these their own
    accounts, until nobody is missing.
    """
    contacts, accounts = {entity}, set[str]()
    new = {entity, *_column(connection, "contacts", "account_id", "id", contacts)}
    while new:
        accounts |= new
        contacts.update(_column(connection, "contacts", "id", "account_id", new))
        contacts.update(_column(connection, "events", "contact_id", "account_id", new))
        new = {*_column(connection, "contacts", "account_id", "id", contacts)} - accounts
    if len(accounts) + len(contacts) > 2 or _is_known(connection, entity):
        return Choice(accounts, contacts)
    return None


def alike(connection: duckdb.DuckDBPyConnection, entity: str, most: int) -> list[str]:
    """The ids of contacts and accounts that look most like one that no record has."""
    ids = exp.union(
        *(exp.select(column("id")).from_(table(kind)) for kind in ("accounts", "contacts")), distinct=True, copy=False
    )
    likeness = call("jaro_winkler_similarity", call("lower", column("id")), call("lower", exp.Placeholder()))
    query = exp.select(column("id")).from_(ids.subquery("ids")).order_by(likeness.desc(), column("id")).limit(most)
    return [str(id_) for (id_,) in rows(connection, query, [entity])]


def _is_known(connection: duckdb.DuckDBPyConnection, entity: str) -> bool:
    """Whether any record has an id, or names it."""
    places: list[tuple[RecordKind, str]] = [
        ("accounts", "id"),
        ("contacts", "id"),
        ("contacts", "account_id"),
        ("events", "contact_id"),
        ("events", "account_id"),
    ]
    return any(_column(connection, kind, key, key, [entity]) for kind, key in places)


def _column(
    connection: duckdb.DuckDBPyConnection, kind: RecordKind, wanted: str, key: str, ids: Collection[str]
) -> list[str]:
    """The known values of a column in the records whose key is among the ids."""
    parameters: list[object] = []
    query = exp.select(column(wanted)).distinct().from_(table(kind)).where(_among(key, ids, parameters))
    return [str(value) for (value,) in rows(connection, query, parameters) if value is not None]


FEW = 200
"""So many ids are looked up in less time as a list than by a join, which first makes a row of every record."""


def _among(name: str, ids: Collection[str], parameters: list[object]) -> Sql:
    if 0 < len(ids) <= FEW:
        return one_of(column(name), sorted(ids))
    return exp.In(this=column(name), query=exp.select(value_list(sorted(ids), "TEXT", parameters)).subquery())


def load(connection: duckdb.DuckDBPyConnection, layouts: Layouts, choice: Choice | None = None) -> Population:
    """The records of the tables as plain objects, ordered by id; only those of the choice, if there is one."""
    accounts, contacts, events = (_records(connection, layouts[kind], choice) for kind in layouts)
    account_fields = layouts["accounts"].columns
    contact_fields = layouts["contacts"].columns
    properties = _columns_by_type(layouts["events"])
    return Population(
        [Account(_id(id_), _fields(account_fields, values), _us(since)) for id_, since, *values in accounts],
        [
            Contact(_id(id_), _text(account), _fields(contact_fields, values), _us(since))
            for id_, account, since, *values in contacts
        ],
        [_event(record, properties) for record in events],
    )


def _records(connection: duckdb.DuckDBPyConnection, layout: Layout, choice: Choice | None) -> list[tuple[object, ...]]:
    parameters: list[object] = []
    query = exp.select(*(column(name) for name in layout.names)).from_(table(layout.kind))
    if choice is not None:
        query = query.where(_chosen(layout.kind, choice, parameters))
    order = [column("id"), column("at" if layout.kind == "events" else "valid_from")]
    return rows(connection, query.order_by(*(exp.Ordered(this=key, nulls_first=True) for key in order)), parameters)


def _chosen(kind: RecordKind, choice: Choice, parameters: list[object]) -> Sql:
    if kind == "accounts":
        return _among("id", choice.accounts, parameters)
    if kind == "contacts":
        return _among("id", choice.contacts, parameters)
    return either(_among("contact_id", choice.contacts, parameters), _among("account_id", choice.accounts, parameters))


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
