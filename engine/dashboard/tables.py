"""The tables behind the pages, made of the results of a run: whom they name, what they say of each, what happened.

    site_accounts   key, id, name, facets, brief, rest (JSON)                 in order of their ids
    site_people     key, id, name, account, place, brief, rest (JSON) …       `account` is the key; NULL without one;
                                                                              `place` is that among its people
    site_lines      level, key, account, entry, points, events, first, last   contributions, by owner
    site_owned      id, account, lead, at, tie, reason                        whose events are
    site_chosen     id, account, lead, at, tie, reason                        the newest of each account and person
    site_weeks      account, weeks (JSON)                                     how many events a week

They are tables of the data's own database, so that several readers can walk through them side by side.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Literal

from sqlglot import exp

from ...grammar.nodes import Level
from ..data.sql import call, cast, column, drop_table, equals, table
from ..frames import entity_columns
from ..plan.steps import Plan, ResultColumn
from ..runners.embedded import Run
from ..schema import Schema
from ..sql.statements import text
from . import records
from .committee import ENGAGED, ROLE
from .ladders import Ladder, is_asked

SCREENED = "event_screened"
"""The step that knows which events an `ignore` line leaves out."""

WEEK = 7 * 86_400_000_000

_TABLES = ("accounts", "people", "lines", "owned", "chosen", "weeks")

_LINES = """
CREATE TABLE site_lines AS
SELECT levels.level, c.key, p.account, c.entry, c.points, c.events, c.first, c.last
FROM contributions AS c
JOIN (SELECT unnest(range(len($levels))) AS entry, unnest($levels) AS level) AS levels USING (entry)
LEFT JOIN site_people AS p ON levels.level = 'lead' AND p.key = c.key
"""

_OWNED = """
CREATE TABLE site_owned AS
SELECT e.id, a.key AS account, l.key AS lead, e."at", (hash(e.id) >> 1)::BIGINT AS tie, i.reason
FROM site_happened AS e
LEFT JOIN site_people AS l ON l.id = e.contact_id
LEFT JOIN site_accounts AS a ON a.id = coalesce(e.account_id, l.account_id)
LEFT JOIN site_ignored AS i ON i.id = e.id
WHERE (e.contact_id IS NULL OR l.key IS NOT NULL) AND (a.key IS NOT NULL OR l.key IS NOT NULL)
"""

# Of events at one instant the order is that of a number made of their ids: to compare ids takes longer than all else.
_CHOSEN = """
CREATE TABLE site_chosen AS
SELECT * FROM site_owned
QUALIFY (account IS NOT NULL AND row_number() OVER (PARTITION BY account ORDER BY "at" DESC, tie) <= $of_account)
OR (lead IS NOT NULL AND row_number() OVER (PARTITION BY lead ORDER BY "at" DESC, tie) <= $of_person)
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
    return [name for name in plan.model.schema.events if name in plan.reach]


@contextlib.contextmanager
def tables(
    run: Run, schema: Schema, ladders: dict[Level, Ladder], facets: Sequence[str], shown: tuple[int, int], weeks: int
) -> Iterator[None]:
    """The tables, as long as they are needed; `shown` are the numbers of newest events of each account and person."""
    try:
        _make(run, "site_accounts", _heads(run, schema, "account", ladders["account"], facets))
        _make(run, "site_people", _heads(run, schema, "lead", ladders["lead"], ()))
        run.connection.execute(_LINES, {"levels": [level for level, *_ in run.plan.entries]})
        _make(run, "site_happened", records.happened(schema, types_read(run.plan), run.as_of), "VIEW", temporary=True)
        _make(run, "site_ignored", _ignored(run), temporary=True)
        run.connection.execute(_OWNED)
        run.connection.execute(_CHOSEN, {"of_account": shown[0], "of_person": shown[1]})
        run.connection.execute(_WEEKS, {"as_of": run.as_of, "week": WEEK, "weeks": weeks})
        _drop(run, "owned")  # a row for each event: too many to keep until the end
        yield
    finally:
        for name in _TABLES:
            _drop(run, name)


def _drop(run: Run, name: str) -> None:
    run.connection.execute(text(drop_table(table(f"site_{name}"))))


def _make(run: Run, name: str, query: exp.Select, kind: str = "TABLE", temporary: bool = False) -> None:
    properties = exp.Properties(expressions=[exp.TemporaryProperty()]) if temporary else None
    run.connection.execute(text(exp.Create(this=table(name), kind=kind, expression=query, properties=properties)))


def _ignored(run: Run) -> exp.Select:
    """The events that are left out, with the number of the reason."""
    columns = [column("id"), column("reason")]
    if not any(step.name == SCREENED for step in run.plan.steps):
        nothing = [exp.alias_(cast(exp.null(), of), name) for name, of in (("id", "TEXT"), ("reason", "BIGINT"))]
        return exp.select(*nothing).where(exp.false())
    return (
        exp.select(*columns).from_(table(SCREENED)).where(exp.Not(this=exp.Is(this=columns[1], expression=exp.null())))
    )


# --- one row for each person and each company -----------------------------------------------------------------------


def _heads(run: Run, schema: Schema, level: Level, ladder: Ladder, facets: Sequence[str]) -> exp.Select:
    """Who there is, with their results (`brief`) and what else is said of them (`rest`), as JSON arrays."""
    mine: Literal["account", "contact"] = "account" if level == "account" else "contact"
    known = records.known(schema, mine, run.as_of, facets).subquery("k")
    columns = [column("key", "r"), column("id", "r"), column("name", "k"), column("facets", "k")]
    made = exp.select().from_(exp.alias_(table(f"{level}_results"), "r", table=True))
    if level == "lead":
        owner = exp.alias_(table("account_results"), "a", table=True)
        made = made.join(owner, on=equals(column("id", "a"), column("account_id", "r")), join_type="left")
        columns += [exp.alias_(column("key", "a"), "account"), column("account_id", "r"), *_order_of_people(run)]
        columns.append(exp.alias_(exp.Sub(this=_among_colleagues(), expression=exp.Literal.number(1)), "place"))
    made = made.join(known, on=equals(column("id", "k"), column("id", "r")), join_type="left")
    return made.select(*columns, *_results(run, level, ladder))


def _among_colleagues() -> exp.Expr:
    """The place of a person among those of the same account."""
    order = exp.Order(expressions=[exp.Ordered(this=column("key", "r"))])
    return exp.Window(this=call("row_number"), partition_by=[column("key", "a")], order=order)


def _order_of_people(run: Run) -> list[exp.Expr]:
    """Who comes first where not all can be listed: by stage, then by the last score."""
    by_title = {item.title: column(item.name, "r") for item in run.plan.results["lead"]}
    ladder = run.plan.model.stages("lead")
    names = exp.array(*(exp.Literal.string(stage.name) for stage in ladder.stages)) if ladder else None
    place = call("list_position", names, by_title["stage"]) if names is not None else exp.null()
    scores = shown_results(run, "lead", "score")
    last = by_title[scores[-1].title] if scores else exp.null()
    return [exp.alias_(cast(place, "BIGINT"), "rank"), exp.alias_(cast(last, "BIGINT"), "score")]


def _results(run: Run, level: Level, ladder: Ladder) -> list[exp.Expr]:
    """`brief`: stage, disqualified, scores, grades, measures, role, engaged; `rest`: parts of stages, facts."""
    by_title = {item.title: column(item.name, "r") for item in run.plan.results[level]}
    groups = [
        call("json_array", *(_plain(item) for item in shown_results(run, level, role)))
        for role in ("score", "grade", "measure")
    ]
    ends = [by_title.get(name, exp.null()) for name in ("stage", "disqualified", ROLE, ENGAGED)]
    parts = call("json_array", *(by_title[item.name] for item in ladder.measures))
    rest = call("json_array", parts, column("facts", "k"))
    return [
        exp.alias_(call("json_array", *ends[:2], *groups, *ends[2:]), "brief"),
        exp.alias_(rest, "rest"),
        exp.alias_(exp.Coalesce(this=cast(ends[3], "BOOLEAN"), expressions=[exp.false()]), "engaged"),
    ]


def _plain(item: ResultColumn) -> exp.Expr:
    value = column(item.name, "r")
    return exp.Div(this=value, expression=exp.Literal.number("10000.0")) if item.role == "score" else value


def shown_results(run: Run, level: Level, role: str) -> list[ResultColumn]:
    """The results of a role that rules name, as people wrote them; not what the pages ask beside."""
    by_title = {item.title: item for item in run.plan.results[level] if item.role == role}
    return [
        by_title[item.name]
        for item in entity_columns(run.plan.model, level)
        if item.name in by_title and not is_asked(item.name)
    ]
