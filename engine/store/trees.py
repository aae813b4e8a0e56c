"""Names inside a store as pieces of SQL: tables stand in its own catalog, whatever else is attached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import duckdb
from sqlglot import exp

from ..data.sql import Sql, column, run
from ..sql.statements import temporary

STORE = "store"
"""The name under which a store is attached."""


def kept(name: str, alias: str = "") -> exp.Table:
    """A table of the store."""
    return _table(name, alias, catalog=STORE, db="main")


def held(name: str, alias: str = "") -> exp.Table:
    """A temporary table of ours; no step of a plan has a name with a colon."""
    return _table(f"store: {name}", alias, catalog="temp", db="main")


def _table(name: str, alias: str, **place: str) -> exp.Table:
    parts = {key: exp.to_identifier(part, quoted=True) for key, part in place.items()}
    named = exp.TableAlias(this=exp.to_identifier(alias, quoted=True)) if alias else None
    return exp.Table(this=exp.to_identifier(name, quoted=True), alias=named, **parts)


def named(value: Sql, name: str) -> Sql:
    """A value under the name of a column."""
    return exp.alias_(value, exp.to_identifier(name, quoted=True), copy=False)


def columns(names: Iterable[str], of: str | None = None) -> list[Sql]:
    """Columns by their names."""
    return [column(name, of) for name in names]


def columns_of(cursor: duckdb.DuckDBPyConnection, relation: exp.Table) -> list[str]:
    """The names of the columns of a table that is there."""
    described = exp.Describe(this=relation.copy()).sql(dialect="duckdb")
    return [str(name) for name, *_ in cursor.execute(described).fetchall()]


def hold(cursor: duckdb.DuckDBPyConnection, name: str, query: exp.Query) -> exp.Table:
    """The rows of a query as a temporary table, in the place of one of that name."""
    run(cursor, temporary(held(name), query, replace=True))
    return held(name)


@contextmanager
def inside(cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Names without a catalog are those of the store."""
    (before,) = cursor.execute("SELECT current_catalog()").fetchall()[0]
    cursor.execute(f"USE {STORE}").fetchall()
    try:
        yield
    finally:
        run(cursor, exp.Use(this=exp.to_identifier(before, quoted=True)))
