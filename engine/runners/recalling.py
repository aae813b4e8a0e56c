"""What is known of the end of an earlier day is told again, so that only the days after it are worked out.

That holds for whoever has the same data up to that day as then. Of all others, and of whoever hangs on them, the days
are worked out anew. Where somebody's past is compared with all others', everybody's is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..data.sql import both, call, cast, column, equals, insert, number, run, table
from ..instants import ONE_DAY, Zone, day_end, day_number
from ..plan.past import REMEMBERED
from ..plan.steps import LEVELS, Plan, ResultColumn
from ..sql.literals import TYPES
from .across import Counted
from .digests import DIGEST, digests, make_digests
from .doubts import for_some, make_some
from .remembering import days_before, fill_tables, make_tables

KNOWN: Mapping[Level, str] = {"lead": "known: lead", "account": "known: account"}
"""The tables of what is known: `id`, `digest`, `there` (whether he was there), `told` (values as texts, by place)."""


@dataclass(frozen=True)
class Known:
    """What was so at the end of a `day`, if days are worked out from `first` on: `names` are what the tables KNOWN
    tell, in order."""

    day: date
    first: date
    names: Mapping[Level, Sequence[str]]

    def tells(self, plan: Plan) -> bool:
        """Whether it is all that a day must tell the next one by a plan of results."""
        days = plan.days
        return days is None or all(each.title in self.names[level] for level in LEVELS for each in days.kept[level])


def recall(
    plan: Plan, cursor: duckdb.DuckDBPyConnection, as_of: int, known: Known, counted: Counted | None = None
) -> bool:
    """Makes the tables of what was so on the day before an instant, out of what is known; whether that can be done.

    `plan` is one of results that remembers. Raises TooLong.
    """
    days = plan.days
    assert days is not None
    before = days_before(plan.model, cursor, as_of)
    if known.day not in before or known.first != before[0] or not known.tells(plan):
        return False
    zone = Zone.named(plan.model.timezone)
    some = _changed(plan, cursor, day_end(known.day, zone), as_of)
    if some and days.compares:
        return False
    make_tables(days, cursor)
    if some:
        upto = [day for day in before if day <= known.day]
        next_day = day_end(known.day + ONE_DAY, zone)
        with for_some(cursor):
            fill_tables(days, cursor, upto, [next_day], counted)
    for level in LEVELS:
        run(cursor, insert(_told(days, level, known), table(REMEMBERED[level])))
    after = [day for day in before if day > known.day]
    if after:
        fill_tables(days, cursor, after, [as_of], counted)
    return True


def _changed(plan: Plan, cursor: duckdb.DuckDBPyConnection, end: int, as_of: int) -> bool:
    """Makes the tables of those who have other data than then, and of all who hang on them; whether there are any."""
    make_digests(cursor, plan.model, (end, as_of))  # those at the instant are for the next day
    found: dict[Level, exp.Query] = {}
    for level in LEVELS:
        either = exp.Coalesce(this=column("id", "n"), expressions=[column("id", "k")])
        joined = exp.select(exp.alias_(either, "id")).from_(_as(digests(level, end), "n"))
        joined = joined.join(_as(KNOWN[level], "k"), on=equals(column("id", "n"), column("id", "k")), join_type="full")
        others = exp.NullSafeNEQ(this=column(DIGEST, "n"), expression=column(DIGEST, "k"))
        found[level] = joined.where(others)
    return make_some(cursor, found["lead"], found["account"])


def _told(days: Plan, level: Level, known: Known) -> exp.Select:
    """What is known of those whose data are the same, as the tables tell it."""

    def value(each: ResultColumn) -> exp.Expr:
        place = known.names[level].index(each.title) + 1
        return cast(call("list_extract", column("told", "k"), number(place)), TYPES[each.kind])

    values = [value(each) for each in days.kept[level]]
    made = exp.select(number(day_number(known.day)), column("id", "k"), *values).from_(_as(KNOWN[level], "k"))
    some = exp.select(column("id")).from_(table(f"doubtful_{level}s"))
    return made.where(both(column("there", "k"), exp.Not(this=exp.In(this=column("id", "k"), query=some.subquery()))))


def _as(name: str, alias: str) -> exp.Expr:
    return exp.alias_(table(name), alias, table=True)
