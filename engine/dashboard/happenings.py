"""What happened: the newest events of each account and person, and how many there were a week."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from ...grammar.late_methods import dataclass
from ..data.sql import cast, column, drop_table, equals, is_known, table
from ..plan.reach import is_read
from ..plan.steps import Plan
from ..runners.embedded import Run
from ..schema import Schema
from ..sql.statements import temporary, text
from . import records
from .together import put_together

SCREENED = "event_screened"
"""The step that knows which events an `ignore` line leaves out."""

_WEEK = 7 * 86_400_000_000


@dataclass(frozen=True)
class Shown:
    """So many of the newest events of each account and person are shown, and are counted for so many weeks back."""

    of_account: int
    of_person: int
    weeks: int


# `who` did it is a place among the people of the account; `elsewhere` is the id of somebody who is not of them.
_OWNED = """
CREATE TABLE site_owned AS
SELECT a.key AS account, l.key AS lead, e."at", e.said, e.reason,
    CAST(list_position($types, e.type) - 1 AS SMALLINT) AS type,
    CASE WHEN l.account IS NOT DISTINCT FROM a.key THEN l.place END AS who,
    CASE WHEN l.account IS DISTINCT FROM a.key THEN l.id END AS elsewhere
FROM site_happened AS e
LEFT JOIN site_people AS l ON l.id = e.contact_id
LEFT JOIN site_accounts AS a ON a.id = coalesce(e.account_id, l.account_id)
WHERE (e.contact_id IS NULL OR l.key IS NOT NULL) AND (a.key IS NOT NULL OR l.key IS NOT NULL)
"""

# Of those who have more events than are shown: when the last one was that is. All at that instant are shown.
_LAST_OF_ACCOUNT = """
CREATE TABLE site_busy AS
SELECT account AS owner, count(*) AS events, list_last(max("at", $shown)) AS "at" FROM site_owned
WHERE account IS NOT NULL GROUP BY account HAVING events > $shown
"""
_LAST_OF_LEAD = """
CREATE TEMP TABLE site_last_lead AS
SELECT lead AS owner, "at" FROM site_owned WHERE lead IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY lead ORDER BY "at" DESC) = $shown
"""

_SORTED = """
CREATE TEMP TABLE site_sorted AS
SELECT coalesce(2 * e.account + 1, 2 * e.lead) AS owner, json_array(
    e."at" // 1000000, e.type, coalesce(to_json(e.who), to_json(e.elsewhere)), e.said, e.reason
)::VARCHAR AS event
FROM site_owned AS e
LEFT JOIN site_busy AS a ON a.owner = e.account
LEFT JOIN site_last_lead AS l ON l.owner = e.lead
WHERE ($of_account > 0 AND e.account IS NOT NULL AND (a.owner IS NULL OR e."at" >= a."at"))
OR ($of_person > 0 AND e.lead IS NOT NULL AND (l.owner IS NULL OR e."at" >= l."at"))
ORDER BY 1, e."at" DESC, event
"""
_EVENTS = """
CREATE TABLE site_events AS
SELECT owner, concat('[', string_agg(event, ','), ']') AS events FROM site_sorted GROUP BY owner
"""

_WEEKS = """
CREATE TABLE site_weeks AS
SELECT account, json_array(list(week ORDER BY week), list(n ORDER BY week)) AS weeks
FROM (
    SELECT account, ($as_of - "at") // $week AS week, count(*) AS n FROM site_owned
    WHERE account IS NOT NULL AND reason IS NULL AND "at" > $as_of - $week * $weeks GROUP BY ALL
)
GROUP BY account
"""


def types_read(plan: Plan) -> list[str]:
    """The kinds of events that rules ask for, in the order of the schema: others change nothing."""
    return [name for name in plan.model.schema.events if is_read(plan.reach, name)]


def make_events(run: Run, schema: Schema, shown: Shown) -> None:
    """Makes `site_events`, `site_weeks` and `site_busy`; `site_people` and `site_accounts` are there."""
    types = types_read(run.plan)
    run.connection.execute(text(temporary(table("site_happened"), _happened(run, schema, types), "VIEW")))
    run.connection.execute(_OWNED, {"types": types})
    run.connection.execute(_LAST_OF_ACCOUNT, {"shown": max(shown.of_account, 1)})
    run.connection.execute(_LAST_OF_LEAD, {"shown": max(shown.of_person, 1)})
    asked = {"of_account": shown.of_account, "of_person": shown.of_person}
    put_together(run.connection, _SORTED, _EVENTS, asked)
    run.connection.execute(_WEEKS, {"as_of": run.as_of, "week": _WEEK, "weeks": shown.weeks})
    for name in ("owned", "last_lead"):  # many rows: not to be kept until the end
        run.connection.execute(text(drop_table(table(f"site_{name}"))))


def _happened(run: Run, schema: Schema, types: Sequence[str]) -> exp.Select:
    """The events, those that are left out with the number of the reason."""
    found = records.happened(schema, types, run.as_of).subquery("e")
    columns = [column(name, "e") for name in ("at", "type", "contact_id", "account_id", "said")]
    if not run.plan.reasons:
        return exp.select(*columns, exp.alias_(cast(exp.null(), "SMALLINT"), "reason")).from_(found)
    ignored = exp.select("id", "reason").from_(table(SCREENED)).where(is_known(column("reason"))).subquery("i")
    made = exp.select(*columns, exp.alias_(cast(column("reason", "i"), "SMALLINT"), "reason")).from_(found)
    return made.join(ignored, on=equals(column("id", "i"), column("id", "e")), join_type="left")
