"""Databases for tests that need one after the other."""

from __future__ import annotations

import duckdb

CONNECTION = duckdb.connect()


def fresh() -> duckdb.DuckDBPyConnection:
    """A connection without tables, cheaper than a new database: data that were given it before are gone."""
    for (name,) in CONNECTION.execute("SELECT table_name FROM duckdb_tables()").fetchall():
        CONNECTION.execute(f'DROP TABLE "{name}"')
    return CONNECTION
