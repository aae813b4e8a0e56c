"""Whether several records have one id: the cheapest proofs that none has come first."""

from __future__ import annotations

import duckdb
from sqlglot import exp

from .layout import Layout
from .sql import Sql, call, column, negated, number, rows, select

_VALUE, _BEFORE = "#value", "#before"


def key_of(layout: Layout) -> list[Sql]:
    """What only one record may have: an id, of accounts and contacts with an instant."""
    return [column("id")] if layout.kind == "events" else [column("id"), column("valid_from")]


def repeated(layout: Layout, records: exp.Table | exp.Select) -> exp.Select:
    """The keys that more than one record has."""
    several = exp.GT(this=call("count", exp.Star()), expression=number(1))
    return select(*key_of(layout), source=records).group_by(*key_of(layout)).having(several)


def has_repeats(
    connection: duckdb.DuckDBPyConnection, layout: Layout, records: exp.Table | exp.Select, few: bool = False
) -> bool:
    """Whether any key has several records.

    Ids that only rise are all different, as those of many an export do. Hashes that only rise when they are sorted are
    different, and so are their keys. Only where neither holds, or where there are `few`, are the keys counted.
    """
    if few:
        return bool(rows(connection, repeated(layout, records).limit(1)))
    if _rises(connection, select(column("id").as_(_VALUE, quoted=True), source=records)):
        return False
    hashes = select(call("hash", *key_of(layout)).as_(_VALUE, quoted=True), source=records)
    if _rises(connection, hashes.order_by(column(_VALUE))):
        return False
    return bool(rows(connection, repeated(layout, records).limit(1)))


def _rises(connection: duckdb.DuckDBPyConnection, values: exp.Select) -> bool:
    """Whether each value is greater than the one before, in whatever order they come: then no two are equal."""
    before = exp.Window(this=call("lag", column(_VALUE)))
    pairs = select(column(_VALUE), before.as_(_BEFORE, quoted=True), source=values)
    rising = exp.GT(this=column(_VALUE), expression=column(_BEFORE))
    query = select(number(1), source=pairs).where(negated(rising), copy=False).limit(1, copy=False)
    return not rows(connection, query)
