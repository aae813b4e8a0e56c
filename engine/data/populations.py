"""Between tables and plain objects: the typed records of a dataset as the reference interpreter reads them."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
from sqlglot import exp

from ..records import Account, Contact, Population
from .layout import Layout
from .rebuilt import Layouts, Row, rebuilt
from .sql import call, column, insert, rows, run, select, table, text, value_list
from .stored import columns_of


def store(connection: duckdb.DuckDBPyConnection, layouts: Layouts, population: Population) -> None:
    """Insert the records of a population into the tables of the layouts."""
    for kind, values in columns_of(layouts, population).items():
        if values[0]:
            _insert(connection, layouts[kind], values)


def _insert(connection: duckdb.DuckDBPyConnection, layout: Layout, values: Sequence[Sequence[object]]) -> None:
    parameters: list[object] = []
    columns = [value_list(each, type_, parameters) for each, type_ in zip(values, layout.sql_types, strict=True)]
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
