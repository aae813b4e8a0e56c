"""Works out the days before an instant, for rules that remember them: tables that tell each day of the day before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from functools import partial

import duckdb
from sqlglot import exp

from ...grammar.nodes import Level
from ..data.sql import column
from ..instants import Zone, day_end, day_number, local_date
from ..memory import check_length
from ..model import Model
from ..plan.past import REMEMBERED
from ..plan.steps import LEVELS, Plan, ResultColumn
from ..sql.literals import TYPES
from ..sql.queries import table
from ..sql.statements import temporary, text
from .across import Across, Counted, by_instant, named, uncounted


def remember(
    plan: Plan, cursor: duckdb.DuckDBPyConnection, instants: Sequence[int], counted: Counted | None = None
) -> None:
    """Makes the tables of what was so on the day before each of these instants, given in ascending order.

    `plan` is one of results; nothing is done if it remembers nothing. Raises TooLong.
    """
    if plan.days is not None:
        days = days_before(plan.model, cursor, instants[-1])
        make_tables(plan.days, cursor)
        fill_tables(plan.days, cursor, days, instants, counted)


def days_before(model: Model, cursor: duckdb.DuckDBPyConnection, as_of: int) -> list[date]:
    """The days that are worked out before that of an instant. Raises TooLong."""
    zone = Zone.named(model.timezone)
    first, last = first_day(model, cursor, zone), local_date(as_of, zone)
    check_length(first, last)
    return [first + timedelta(days=count) for count in range((last - first).days)]


def fill_tables(
    plan: Plan,
    cursor: duckdb.DuckDBPyConnection,
    days: Sequence[date],
    instants: Sequence[int],
    counted: Counted | None = None,
) -> None:
    """Works out a plan of days; of these days those are kept that come before the days of these instants."""
    zone = Zone.named(plan.model.timezone)
    tables = _Tables(plan, cursor, zone, {day_number(local_date(at, zone)) - 1 for at in instants})
    ends = [day_end(day, zone) for day in days]
    told = partial(counted or uncounted, "days before")
    Across(plan, cursor).run(ends, tables.add, None if plan.looks_back else 1, told)


def make_tables(plan: Plan, cursor: duckdb.DuckDBPyConnection) -> None:
    """The tables REMEMBERED for a plan of days, with nobody in them."""
    for level in LEVELS:
        columns = [("day", "BIGINT"), ("id", "TEXT"), *((each.title, TYPES[each.kind]) for each in plan.kept[level])]
        schema = exp.Schema(
            this=table(REMEMBERED[level]),
            expressions=[exp.ColumnDef(this=named(name), kind=exp.DataType.build(type_)) for name, type_ in columns],
        )
        cursor.execute(text(temporary(schema)))


def first_day(model: Model, cursor: duckdb.DuckDBPyConnection, zone: Zone) -> date:
    """The first day that is remembered: `history_from`, or that of the oldest event; the last day there is, without."""
    if model.history_from is not None:
        return model.history_from
    oldest = cursor.execute('SELECT min("at") FROM events').fetchall()[0][0]
    return date.max if oldest is None else local_date(int(oldest), zone)


class _Tables:
    """The tables REMEMBERED: the rows of days that are asked for, and those of the day that was worked out last."""

    def __init__(self, days: Plan, cursor: duckdb.DuckDBPyConnection, zone: Zone, asked: Collection[int]) -> None:
        self._kept = days.kept
        self._cursor = cursor
        self._zone = zone
        self._asked = asked
        self._last: int | None = None

    def add(self, instants: Sequence[int]) -> None:
        """Adds the days that end with these instants."""
        numbers = [day_number(local_date(at, self._zone)) for at in instants]
        wanted = sorted({*self._asked, numbers[-1]} & set(numbers))
        for level in LEVELS:
            self._cursor.execute(text(exp.Insert(this=table(REMEMBERED[level]), expression=self._rows(level, wanted))))
            if self._last is not None and self._last not in self._asked:
                self._forget(level, self._last)
        self._last = numbers[-1]

    def _rows(self, level: Level, days: Sequence[int]) -> exp.Select:
        titled: list[ResultColumn] = list(self._kept[level])
        columns = [exp.alias_(column(each.name, "r"), named(each.title)) for each in titled]
        instants, same = by_instant("r")
        made = exp.Select(expressions=[column("day", "now"), column("id", "r"), *columns])
        made = made.from_(exp.alias_(table(f"{level}_results"), "r", table=True)).join(instants, on=same)
        return made.where(column("day", "now").isin(*days))

    def _forget(self, level: Level, day: int) -> None:
        name = exp.column(named("day")).eq(exp.Literal.number(day))
        self._cursor.execute(text(exp.Delete(this=table(REMEMBERED[level]), where=exp.Where(this=name))))
