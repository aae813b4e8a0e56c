"""Replay: the results at many instants, by one plan for all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING

import duckdb
from sqlglot import exp

from ...grammar.nodes import Level
from ..data import Dataset
from ..data.sql import column
from ..model import Model
from ..plan.pace import pace
from ..plan.steps import LEVELS, Plan, ResultColumn
from ..ready_replay import ReadyReplay, ready_replay
from ..runners.across import Across, Counted, by_instant, named, same_instant, uncounted
from ..runners.embedded import is_versioned
from ..runners.entries import named_entries, owner_id
from ..runners.remembering import remember
from ..runners.told import Told
from ..sql.queries import table
from ..sql.statements import temporary, text
from .replayed import Replayed, histories

if TYPE_CHECKING:
    from ..plan.compile import Physical, Titles

ENTRIES = ("level", "id", "score", "line", "kind", "points", "events", "first", "last")


def replay(
    model: Model,
    data: Dataset,
    instants: Sequence[int],
    contributions: bool = False,
    physical: Physical = "auto",
    counted: Counted | None = None,
    only: Titles | None = None,
    past: Told | None = None,
    entries_of: Collection[Level] = LEVELS,
) -> Replayed:
    """Scores the data at each of some instants, at least one, given in ascending order; `counted` is told of the days
    before and of the instants as they are worked out. `only` names the results that are worked out, where not all are
    needed; a level without any has no table. `past` makes the tables of the days before, if these have been worked out.
    `entries_of` are the levels of which contributions are asked for. Raises PlanError.
    """
    cursor = data.connection.cursor()
    try:
        versioned = is_versioned(cursor)
        found = ready_replay(model, versioned, pace(instants), contributions, physical, only, entries_of)
        if past is None:
            remember(found.plan, cursor, instants, counted)
        else:
            past(cursor)
        tables = _Tables(found.plan, cursor, contributions)
        _run(found, cursor, instants, tables.add, counted)
    except BaseException:
        cursor.close()
        raise
    return Replayed(model, tuple(instants), cursor, found.plan.results, contributions)


def replay_in_portions(
    model: Model,
    data: Dataset,
    instants: Sequence[int],
    take: Callable[[Replayed], None],
    contributions: bool = False,
    counted: Counted | None = None,
    only: Titles | None = None,
) -> None:
    """The same for results that are not held: `take` gets those of some instants, the first ones first, and after it
    has looked at them they are gone. All portions have one connection, so that what is made of one can wait there for
    the next. Raises PlanError.
    """
    cursor = data.connection.cursor()
    try:
        found = ready_replay(model, is_versioned(cursor), pace(instants), contributions, "auto", only)
        remember(found.plan, cursor, instants, counted)
        queries = _queries(found.plan, contributions)

        def add(some: Sequence[int]) -> None:
            for name, query in queries.items():
                cursor.execute(text(temporary(table(name), query.copy(), "VIEW", replace=True)))
            take(Replayed(model, tuple(some), cursor, found.plan.results, contributions))

        _run(found, cursor, instants, add, counted)
    finally:
        cursor.close()


def _run(
    found: ReadyReplay,
    cursor: duckdb.DuckDBPyConnection,
    instants: Sequence[int],
    add: Callable[[Sequence[int]], None],
    counted: Counted | None,
) -> None:
    told = partial(counted or uncounted, "instants")
    Across(found.plan, cursor, found.steps).run(instants, add, counted=told)


class _Tables:
    """The tables by instant, which are made with their first rows."""

    def __init__(self, plan: Plan, cursor: duckdb.DuckDBPyConnection, contributions: bool) -> None:
        self._cursor = cursor
        self._queries = _queries(plan, contributions)
        self._is_first = True

    def add(self, instants: Sequence[int]) -> None:
        """Adds the results that are there."""
        for name, query in self._queries.items():
            made: exp.Expr = exp.Insert(this=table(name), expression=query)
            if self._is_first:
                made = temporary(table(name), query)
            self._cursor.execute(text(made.copy()))
        self._is_first = False


def _queries(plan: Plan, contributions: bool) -> dict[str, exp.Select]:
    """These tables as queries of the results that are there."""
    made = [entities(columns, level) for level, columns in plan.results.items() if columns]
    if contributions:
        made.append(_entries(plan))
    return dict(zip(histories(plan.results, contributions), made, strict=True))


def entities(results: Sequence[ResultColumn], level: Level) -> exp.Select:
    """The results of a level by instant."""
    instants, same = by_instant("r")
    columns = [exp.alias_(column(each.name, "r"), named(each.title)) for each in results]
    made = exp.Select(expressions=[_at(), *columns]).from_(exp.alias_(table(f"{level}_results"), "r", table=True))
    return made.join(instants, on=same)


def _entries(plan: Plan) -> exp.Select:
    """The entries by instant, with the names of their scores and lines, and the ids of their owners."""
    found: dict[str, exp.Expr] = {name: column(name, "n") for name in ("level", "score", "line", "kind")}
    found["id"] = owner_id()
    columns = [exp.alias_(found.get(name, column(name, "c")), named(name)) for name in ENTRIES]

    def within(alias: str) -> list[exp.Expr]:
        return [same_instant(alias, "c")]

    def beside(part: exp.Select) -> exp.Select:
        instants, same = by_instant("c")
        return part.join(instants, on=same)

    return named_entries(plan, [_at(), *columns], within=within, beside=beside)


def _at() -> exp.Expr:
    return exp.alias_(column("as_of", "now"), named("at"))
