"""Digests of the data that somebody's days up to one hang on: his records and events, as far as they were there then.

A lead has his own records and events; an account its records, those of its contacts, and the events that name it.
Whatever else somebody's results hang on belongs to others whom `doubts.spread` finds.
"""

from __future__ import annotations

import duckdb
from sqlglot import exp

from ...grammar.nodes import Level
from ..data.sql import at_most, both, call, cast, column, either, is_known, is_null, number, run, select, table
from ..model import Model
from ..narrowing import narrowed

#: Tables, the column with the owner of a row, and whether rows are events.
_OWNERS: dict[Level, tuple[tuple[str, str], ...]] = {
    "lead": (("contacts", "id"), ("events", "contact_id")),
    "account": (("accounts", "id"), ("contacts", "account_id"), ("events", "account_id")),
}
DIGEST = "digest"


def make_digests(cursor: duckdb.DuckDBPyConnection, model: Model, level: Level, end: int, name: str) -> None:
    """A temporary table with the `id` and the digest of everybody of whom there were data at an instant."""
    names = read_columns(cursor, model)
    parts = [_rows(place, owner, names[place], end) for place, owner in _OWNERS[level]]
    every = exp.union(*parts, distinct=False, copy=False)
    summed = exp.alias_(call("sum", column("part")), DIGEST)
    query = select(column("id"), summed, source=every).where(is_known(column("id"))).group_by(column("id"))
    temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
    run(cursor, exp.Create(this=table(name), kind="TABLE", expression=query, properties=temporary, replace=True))


def read_columns(cursor: duckdb.DuckDBPyConnection, model: Model) -> dict[str, list[str]]:
    """The columns of each table of the data that rules may read."""
    schema = narrowed(model)
    read = {
        "accounts": {"id", "valid_from", *schema.account},
        "contacts": {"id", "account_id", "valid_from", *schema.contact},
    }
    found: dict[str, list[str]] = {}
    for place in ("accounts", "contacts", "events"):
        names = [each for each, *_ in cursor.execute(f"DESCRIBE {place}").fetchall()]
        found[place] = [each for each in names if place not in read or each in read[place]]
    return found


def _rows(place: str, owner: str, names: list[str], end: int) -> exp.Select:
    """The owners of the rows that were there at an instant, and a number for all that such a row says."""
    digest = exp.alias_(cast(call("hash", *(column(name) for name in names)), "HUGEINT"), "part")
    rows = select(exp.alias_(column(owner), "id"), digest, source=table(place))
    if place != "events":
        return rows.where(_by(end, "valid_from"))
    return rows.where(both(at_most(column("at"), number(end)), _by(end, "received_at")))


def _by(end: int, name: str) -> exp.Expr:
    return either(is_null(column(name)), at_most(column(name), number(end)))
