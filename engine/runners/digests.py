"""Digests of the data that somebody's days up to one hang on: his records and events, as far as they were there then.

A lead has his own records and events; an account its records, those of its contacts, and the events that name it.
Whatever else somebody's results hang on belongs to others, whom `doubts.make_some` finds.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
from sqlglot import exp

from ...grammar.nodes import Level
from ..data.sql import at_most, both, call, column, either, is_known, is_null, number, run, select, table
from ..model import Model
from ..narrowing import narrowed
from ..plan.steps import LEVELS
from ..sql.statements import temporary

DIGEST = "digest"
_PARTS = "digests: parts"
_OWNERS: dict[str, dict[Level, str]] = {
    "accounts": {"account": "id"},
    "contacts": {"lead": "id", "account": "account_id"},
    "events": {"lead": "contact_id", "account": "account_id"},
}
"""The columns of each table of the data that say whose a row is."""


def digests(level: Level, end: int) -> str:
    """The table with the `id` and the `digest` of everybody of a level of whom there were data at an instant."""
    return f"digests: {level} {end}"


def make_digests(cursor: duckdb.DuckDBPyConnection, model: Model, ends: Sequence[int]) -> None:
    """Makes these tables for some instants, by one look at the data; those that are there stay."""
    new = [end for end in ends if not _is_there(cursor, digests("lead", end))]
    if not new:
        return
    names = read_columns(cursor, model)
    parts = [_sums(place, names[place], new) for place in _OWNERS]
    _make(cursor, _PARTS, exp.union(*parts, distinct=False, copy=False))
    for place, end in enumerate(new):
        for level in LEVELS:
            summed = exp.alias_(call("sum", column(f"sum {place}")), DIGEST)
            query = select(exp.alias_(column(level), "id"), summed, source=table(_PARTS))
            there = both(is_known(column(level)), is_known(column(f"sum {place}")))
            _make(cursor, digests(level, end), query.where(there).group_by(column(level)))
    run(cursor, exp.Drop(tables=[table(_PARTS)], kind="TABLE"))


def read_columns(cursor: duckdb.DuckDBPyConnection, model: Model) -> dict[str, list[str]]:
    """The columns of each table of the data that rules may read."""
    schema = narrowed(model)
    read = {
        "accounts": {"id", "valid_from", *schema.account},
        "contacts": {"id", "account_id", "valid_from", *schema.contact},
    }
    found: dict[str, list[str]] = {}
    for place in _OWNERS:
        names = [each for each, *_ in cursor.execute(f"DESCRIBE {place}").fetchall()]
        found[place] = [each for each in names if place not in read or each in read[place]]
    return found


def _sums(place: str, names: list[str], ends: Sequence[int]) -> exp.Select:
    """The sums of what rows say, of those that were there at each instant, by whom they belong to."""
    said = call("sum", call("hash", *(column(name) for name in names)))
    sums: list[exp.Expr] = []
    for end in ends:
        there = exp.Filter(this=said.copy(), expression=exp.Where(this=_was_there(place, end)))
        sums.append(exp.alias_(there, f"sum {len(sums)}", quoted=True))
    owners = {level: column(name) for level, name in _OWNERS[place].items()}
    whose = [exp.alias_(owners.get(level, exp.null()), level) for level in LEVELS]
    return select(*whose, *sums, source=table(place)).group_by(*owners.values())


def _was_there(place: str, end: int) -> exp.Expr:
    """Whether a row was known at an instant, and had happened."""
    since = "received_at" if place == "events" else "valid_from"
    known = either(is_null(column(since)), at_most(column(since), number(end)))
    return both(at_most(column("at"), number(end)), exp.Paren(this=known)) if place == "events" else known


def _is_there(cursor: duckdb.DuckDBPyConnection, name: str) -> bool:
    query = "SELECT 1 FROM duckdb_tables() WHERE database_name = 'temp' AND table_name = ?"
    return bool(cursor.execute(query, [name]).fetchall())


def _make(cursor: duckdb.DuckDBPyConnection, name: str, query: exp.Query) -> None:
    run(cursor, temporary(table(name), query))
