"""Stage moves: who was at which stage in one snapshot, and at which in the next."""

from __future__ import annotations

import duckdb
from sqlglot import exp

from ..data.sql import both, column, equals, first_known, insert, number, run, select, text, with_join
from .changes import Neighbours, Relation, aliased, is_of
from .trees import kept, named

_STAGES = ("entity", "stage")


def tell_moves(
    cursor: duckdb.DuckDBPyConnection,
    relation: Relation,
    at: int,
    new: exp.Table,
    place: Neighbours,
    some: exp.Table | None = None,
) -> None:
    """Note who moves when these rows are the snapshot at an instant, from the one before and to the one after.

    To be told before the rows are put there. Whoever was not there before was at no stage; the first snapshot of all
    moves nobody. With `some` entities only their moves are told anew.
    """
    level = relation.name
    for told in (at, place.after):
        if told is not None:
            mine = both(equals(column("level"), text(level)), equals(column("instant"), number(told)), *is_of(some))
            run(cursor, exp.Delete(this=kept("moves"), where=exp.Where(this=mine)))
    is_next = place.after is None and not place.is_there
    stages = select(*map(column, _STAGES), source=new).where(*is_of(some))
    if place.before is not None:
        old = select(*map(column, _STAGES), source=relation.now) if is_next else _stages(relation, place.before, some)
        run(cursor, insert(_moves(level, at, old, stages), kept("moves")))
    if place.after is not None:
        run(
            cursor,
            insert(_moves(level, place.after, stages, _stages(relation, place.after, some)), kept("moves")),
        )


def count_moves(cursor: duckdb.DuckDBPyConnection, at: int) -> int:
    """How many stage moves there are at an instant."""
    query = "SELECT count(*) FROM store.moves WHERE instant = ?"
    return int(cursor.execute(query, [at]).fetchall()[0][0])


def _stages(relation: Relation, at: int, some: exp.Table | None) -> exp.Select:
    return select(*map(column, _STAGES), source=relation.state(at, some))


def _moves(level: str, at: int, old: exp.Select, new: exp.Select) -> exp.Select:
    was, now = column("stage", "o"), column("stage", "n")
    who = named(first_known(column("entity", "n"), column("entity", "o")), "entity")
    same = equals(column("entity", "o"), column("entity", "n"))
    made = exp.select(number(at), text(level), who, was, now, copy=False).from_(aliased(old, "o"), copy=False)
    made = with_join(made, aliased(new, "n"), same, "FULL")
    return made.where(exp.NullSafeNEQ(this=was.copy(), expression=now.copy()), copy=False)
