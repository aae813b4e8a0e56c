"""What was so on the days before several instants, worked out once for all plans of the same rules that ask for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager

import duckdb
from sqlglot import exp

from ..plan.past import REMEMBERED
from ..plan.steps import LEVELS, Plan
from ..sql.queries import table
from ..sql.statements import temporary, text
from .across import Counted
from .doubts import remember_doubtful
from .making import drop
from .remembering import remember

Told = Callable[[duckdb.DuckDBPyConnection], None]
"""Makes the tables of the days before for the plan of a cursor."""

FEW = 2
"""At so few instants it is looked first whose results the days before can change."""


@contextmanager
def told(
    plan: Plan, connection: duckdb.DuckDBPyConnection, instants: Sequence[int], counted: Counted | None = None
) -> Iterator[Told | None]:
    """The days before these instants, given in ascending order, for other cursors of the connection; None if the rules
    remember nothing. Raises TooLong."""
    if plan.days is None:
        yield None
        return
    with closing(connection.cursor()) as cursor:
        work = remember_doubtful if len(instants) <= FEW else remember
        work(plan, cursor, instants, counted)
        for level in LEVELS:
            shared = exp.Create(this=table(_shared(level)), kind="TABLE", expression=_all_of(REMEMBERED[level]))
            cursor.execute(text(shared))
    try:
        yield _tell
    finally:
        for level in LEVELS:
            drop(connection, _shared(level))


def _tell(cursor: duckdb.DuckDBPyConnection) -> None:
    for level in LEVELS:
        cursor.execute(text(temporary(table(REMEMBERED[level]), _all_of(_shared(level)), "VIEW")))


def _all_of(name: str) -> exp.Select:
    return exp.select("*").from_(table(name))


def _shared(level: str) -> str:
    """A table of the data's own database, which all cursors see."""
    return f"told_{level}"
