"""The days before are worked out only for those whose results they can change, and for all whom these depend on.

A first run is told nothing of the days before. It shows who is in doubt: who does not meet the condition of a stage
but may keep it, or who meets a condition that must have held for longer. The days before change nothing for anybody
else. Where a rule asks how long somebody was at a stage, or compares all, everybody is in doubt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import duckdb
from sqlglot import exp

from ...grammar.nodes import Level
from ..data.sql import column
from ..instants import Zone
from ..plan.compile import DOUBT
from ..plan.fixed import at_instant
from ..plan.steps import LEVELS, Plan
from ..sql.queries import table
from ..sql.statements import temporary, text
from .across import UNREAD, Counted
from .filling import instant_values
from .making import drop, make_steps
from .remembering import days_before, fill_tables, make_tables


def remember_doubtful(
    plan: Plan, cursor: duckdb.DuckDBPyConnection, instants: Sequence[int], counted: Counted | None = None
) -> None:
    """Makes the tables of what was so on the days before some instants, given in ascending order, with all who need
    them. Raises TooLong."""
    assert plan.days is not None
    days = days_before(plan.model, cursor, instants[-1])
    make_tables(plan.days, cursor)
    if not days:
        return
    if plan.doubt is None:
        fill_tables(plan.days, cursor, days, instants, counted)
        return
    if _find(plan.doubt, cursor, instants):
        with for_some(cursor):
            fill_tables(plan.days, cursor, days, instants, counted)


def _find(plan: Plan, cursor: duckdb.DuckDBPyConnection, instants: Sequence[int]) -> bool:
    """Makes the tables of the leads and accounts in doubt at any of the instants; whether there are any."""
    for level in LEVELS:
        cursor.execute(f"CREATE TEMP TABLE {_IN_DOUBT[level]} (id TEXT)")
    for as_of in instants:
        _add_doubts(plan, cursor, as_of)
    ids = {level: exp.select(column("id")).distinct().from_(table(name)) for level, name in _IN_DOUBT.items()}
    there_are = make_some(cursor, ids["lead"], ids["account"])
    for level in LEVELS:
        drop(cursor, _IN_DOUBT[level])
    return there_are


_IN_DOUBT: Mapping[Level, str] = {"lead": "leads_in_doubt", "account": "accounts_in_doubt"}


def _add_doubts(plan: Plan, cursor: duckdb.DuckDBPyConnection, as_of: int) -> None:
    """Adds those who are in doubt at an instant."""
    constants = instant_values(plan.instant, as_of, Zone.named(plan.model.timezone))
    asked = [step for step in plan.steps if step.name not in UNREAD]
    make_steps(cursor, [at_instant(step, constants) for step in asked], [f"{level}_results" for level in LEVELS])
    for level in LEVELS:
        doubt = next((column(each.name) for each in plan.results[level] if each.title == DOUBT), exp.false())
        ids = exp.Select(expressions=[column("id")]).from_(table(f"{level}_results")).where(doubt)
        cursor.execute(text(exp.Insert(this=table(_IN_DOUBT[level]), expression=ids)))
        drop(cursor, f"{level}_results")


def make_some(cursor: duckdb.DuckDBPyConnection, leads: exp.Query, accounts: exp.Query) -> bool:
    """Makes the tables of some leads and accounts, and of all whom they depend on or who depend on them: a lead and its
    accounts, an account and whoever had events there, at any time. Gives whether there are any."""
    for name, query in (("leads", leads), ("accounts", accounts)):
        cursor.execute(text(temporary(table(f"doubtful_{name}"), query, replace=True)))
    while sum(cursor.execute(query).fetchall()[0][0] for query in _ALSO):
        pass
    return bool(cursor.execute("FROM doubtful_leads UNION ALL FROM doubtful_accounts LIMIT 1").fetchall())


@contextmanager
def for_some(cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Inside, the data are those of these leads and accounts alone."""
    for name, narrowed in _NARROWED.items():
        cursor.execute(f"CREATE TEMP TABLE {name} AS {narrowed}")
    yield
    for name in _NARROWED:
        cursor.execute(f"DROP TABLE temp.{name}")


_ALSO = (
    """INSERT INTO doubtful_accounts SELECT DISTINCT account_id FROM contacts
    WHERE id IN (FROM doubtful_leads) AND account_id IS NOT NULL AND account_id NOT IN (FROM doubtful_accounts)""",
    """INSERT INTO doubtful_leads SELECT DISTINCT id FROM contacts
    WHERE account_id IN (FROM doubtful_accounts) AND id NOT IN (FROM doubtful_leads)""",
    """INSERT INTO doubtful_leads SELECT DISTINCT contact_id FROM events
    WHERE account_id IN (FROM doubtful_accounts) AND contact_id IS NOT NULL
        AND contact_id NOT IN (FROM doubtful_leads)""",
    """INSERT INTO doubtful_accounts SELECT DISTINCT account_id FROM events
    WHERE contact_id IN (FROM doubtful_leads) AND account_id IS NOT NULL
        AND account_id NOT IN (FROM doubtful_accounts)""",
)
_NARROWED = {
    "accounts": "SELECT * FROM accounts WHERE id IN (FROM doubtful_accounts)",
    "contacts": "SELECT * FROM contacts WHERE id IN (FROM doubtful_leads)",
    "events": """SELECT * FROM events
    WHERE contact_id IN (FROM doubtful_leads) OR account_id IN (FROM doubtful_accounts)""",
}
