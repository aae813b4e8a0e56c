"""Records that live on under another id: chains of `merged_into` are followed, and every id becomes its successor's.

The successor's fields stand alone, the events of both count (decision 79).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from .intake import MERGED, ODD, RAW, REASON, working
from .layout import Layout, RecordKind
from .relations import BLANK_LINE
from .sql import (
    Sql,
    both,
    call,
    cast,
    column,
    create_table,
    drop_table,
    equals,
    insert,
    is_known,
    is_null,
    record,
    rows,
    run,
    table,
    text,
    value_list,
)

IN_A_CIRCLE = "`merged_into` leads round in a circle"
_OLD, _NEW = "#old", "#new"


@dataclass(frozen=True)
class Merged:
    """For each id that was merged its last successor, and the ids whose chains never end."""

    successors: Mapping[str, str] = field(default_factory=dict)
    circles: frozenset[str] = frozenset()


def followed(direct: Mapping[str, str]) -> Merged:
    """The ends of all chains.

    >>> found = followed({"a": "b", "b": "c", "x": "y", "y": "x", "z": "x"})
    >>> found.successors, sorted(found.circles)
    ({'a': 'c', 'b': 'c'}, ['x', 'y', 'z'])
    """
    successors: dict[str, str] = {}
    circles: set[str] = set()
    for start in direct:
        chain: dict[str, None] = {}
        here = start
        while here in direct and here not in successors and here not in circles and here not in chain:
            chain[here] = None
            here = direct[here]
        if here in chain or here in circles:
            circles |= chain.keys()
        else:
            successors.update(dict.fromkeys(chain, successors.get(here, here)))
    return Merged(successors, frozenset(circles))


def take_out_merged(connection: duckdb.DuckDBPyConnection, layout: Layout) -> Merged:
    """Take the records of merged ids out of the working table; those in a circle are rejected."""
    if layout.kind == "events":
        return Merged()
    query = exp.select(column("id"), column(MERGED)).from_(working(layout))
    query = query.where(both(is_null(column(REASON)), is_known(column(MERGED))))
    versions = query.order_by(column("id"), exp.Ordered(this=column("valid_from"), nulls_first=True))
    found = followed({str(id_): str(successor) for id_, successor in rows(connection, versions)})
    said = call("to_json", record({"id": column("id"), "merged_into": column(MERGED)}))
    _mark(connection, layout, found.circles, {REASON: text(IN_A_CIRCLE), RAW: cast(said, "TEXT")})
    _mark(connection, layout, found.successors, {REASON: text(BLANK_LINE), ODD: exp.null()})
    return found


def _mark(connection: duckdb.DuckDBPyConnection, layout: Layout, ids: Iterable[str], values: Mapping[str, Sql]) -> None:
    """Change the working columns of the records of some ids."""
    parameters: list[object] = []
    listed = exp.select(value_list(sorted(ids), "TEXT", parameters)).subquery()
    if not parameters or not parameters[0]:
        return
    here = both(is_null(column(REASON)), exp.In(this=column("id"), query=listed))
    changes = [equals(column(name), value) for name, value in values.items()]
    run(connection, exp.Update(this=working(layout), expressions=changes, where=exp.Where(this=here)), parameters)


def follow(connection: duckdb.DuckDBPyConnection, merged: Mapping[RecordKind, Merged]) -> None:
    """Give contacts and events the successors of the ids that they name."""
    of_accounts, of_contacts = merged["accounts"].successors, merged["contacts"].successors
    rename(connection, "contacts", "account_id", of_accounts)
    rename(connection, "events", "account_id", of_accounts)
    rename(connection, "events", "contact_id", of_contacts)


def rename(
    connection: duckdb.DuckDBPyConnection,
    kind: RecordKind,
    name: str,
    values: Mapping[str, str],
    by: str | None = None,
) -> None:
    """Write new values into a column, where it (or the column `by`) has one of the old ones."""
    if not values:
        return
    names = table("renamed")
    run(connection, create_table(names, {_OLD: "TEXT", _NEW: "TEXT"}))
    parameters: list[object] = []
    pairs = [value_list(list(values), "TEXT", parameters), value_list(list(values.values()), "TEXT", parameters)]
    run(connection, insert(exp.select(*pairs), names), parameters)
    key = column(by or name, kind)
    new = exp.select(column(_NEW)).from_(names).where(equals(column(_OLD), key)).subquery()
    here: list[Sql] = [exp.In(this=key, query=exp.select(column(_OLD)).from_(names).subquery())]
    if by is not None:
        here.append(is_null(column(name)))
    change = exp.Update(this=table(kind), expressions=[equals(column(name), new)], where=exp.Where(this=both(*here)))
    run(connection, change)
    run(connection, drop_table(names))
