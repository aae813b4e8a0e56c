"""Between tables and plain objects: the typed records of a dataset as the reference interpreter reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
from sqlglot import exp

from ..records import Account, Contact, Event, Population, Value
from .layout import Layout
from .rebuilt import Layouts, Row, rebuilt
from .sql import call, column, insert, rows, run, select, table, text, value_list


def store(connection: duckdb.DuckDBPyConnection, layouts: Layouts, population: Population) -> None:
    """Insert the records of a population into the tables of the layouts."""
    accounts = [[each.id, each.valid_from, *_values(each.fields, layouts["accounts"])] for each in population.accounts]
    contacts = [
        [each.id, each.account_id, each.valid_from, *_values(each.fields, layouts["contacts"])]
        for each in population.contacts
    ]
    asked = {type_: _asked(layouts["events"], type_) for type_ in {each.type for each in population.events}}
    events = [[*_head(each), *_properties(each, asked[each.type])] for each in population.events]
    for layout, records in zip(layouts.values(), (accounts, contacts, events), strict=True):
        _insert(connection, layout, records)


def _head(event: Event) -> tuple[object, ...]:
    return event.id, event.type, event.at, event.contact_id, event.account_id, event.received_at


def _values(fields: Mapping[str, Value], layout: Layout) -> list[object]:
    return [_stored(fields.get(each.field)) for each in layout.columns]


def _asked(layout: Layout, event_type: str) -> list[str | None]:
    """Of each column the property that events of a type have in it; None where these have none."""
    return [each.field if any(event_type in one.types for one in each.variants) else None for each in layout.columns]


def _properties(event: Event, asked: Sequence[str | None]) -> list[object]:
    """The event's values, each in the column that its type uses for the property."""
    return [None if name is None else _stored(event.properties.get(name)) for name in asked]


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


def load(connection: duckdb.DuckDBPyConnection, layouts: Layouts) -> Population:
    """The records of the tables as plain objects, ordered by id."""
    return rebuilt(layouts, {kind: _records(connection, layout) for kind, layout in layouts.items()})


def _records(connection: duckdb.DuckDBPyConnection, layout: Layout) -> list[Row]:
    query = exp.select(*(column(name) for name in layout.names)).from_(table(layout.kind))
    order = [column("id"), column("at" if layout.kind == "events" else "valid_from")]
    return rows(connection, query.order_by(*(exp.Ordered(this=key, nulls_first=True) for key in order)))


def alike(connection: duckdb.DuckDBPyConnection, entity: str, most: int) -> Population:
    """The contacts and accounts whose ids look most like one that no record has; nothing but their ids."""
    ids = exp.union(
        *(select(text(kind).as_("kind"), column("id"), source=table(kind)) for kind in ("accounts", "contacts")),
        distinct=True,
        copy=False,
    )
    likeness = call("jaro_winkler_similarity", call("lower", column("id")), call("lower", exp.Placeholder()))
    query = exp.select(column("kind"), column("id")).from_(ids.subquery("ids"))
    found = rows(connection, query.order_by(likeness.desc(), column("id"), column("kind")).limit(most), [entity])
    return Population(
        [Account(str(id_)) for kind, id_ in found if kind == "accounts"],
        [Contact(str(id_)) for kind, id_ in found if kind == "contacts"],
    )
