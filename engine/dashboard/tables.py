"""The tables behind the pages, made of the results of a run: whom they name, and what they say of each.

    site_accounts   key, id, name, rank, score, facets, brief, rest (JSON)    in order of their ids
    site_people     key, id, name, rank, score, account, place, brief, rest   `account` is the key; NULL without one;
                                                                              `place` is that among its people
    site_lines      owner, lines (JSON)                                       what each line gives to each owner, and
                                                                              gave a week before
    site_events     owner, events (JSON)                                      of each account, and of people without one
    site_weeks      account, weeks (JSON)                                     how many events a week
    site_busy       owner, events, at                                         how many events there are of each account
                                                                              with more than are shown
    site_explained  see `explained`

An `owner` is twice the key of a person, or twice that of an account and one more.

They are tables of the data's own database, so that several readers can walk through them side by side. Lists are made
by the engine, a text for each owner: millions of rows would take longer to carry over than to find.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Literal

from sqlglot import exp

from ...grammar.nodes import Level
from ..data.sql import call, case, cast, column, drop_table, equals, is_null, number, table
from ..frames import entity_columns
from ..model import Model, Result
from ..plan.steps import ResultColumn
from ..runners.embedded import Run
from ..schema import Schema
from ..sql.statements import text
from . import records
from .committee import ENGAGED, ROLE
from .happenings import Shown, make_events
from .ladders import Ladder, is_asked
from .lines import make_lines

_TABLES = ("accounts", "people", "lines", "events", "weeks", "busy", "explained")


@contextlib.contextmanager
def tables(
    run: Run, schema: Schema, ladders: dict[Level, Ladder], facets: Sequence[str], shown: Shown, since: int | None
) -> Iterator[None]:
    """The tables, as long as they are needed; `since` is the instant of the lines that are kept of the week before."""
    try:
        _make(run, "site_accounts", _heads(run, schema, "account", ladders["account"], facets))
        _make(run, "site_people", _heads(run, schema, "lead", ladders["lead"], ()))
        make_lines(run, since)
        make_events(run, schema, shown)
        yield
    finally:
        for name in _TABLES:
            run.connection.execute(text(drop_table(table(f"site_{name}"))))


def _make(run: Run, name: str, query: exp.Select) -> None:
    run.connection.execute(text(exp.Create(this=table(name), kind="TABLE", expression=query)))


# --- one row for each person and each company -----------------------------------------------------------------------


def _heads(run: Run, schema: Schema, level: Level, ladder: Ladder, facets: Sequence[str]) -> exp.Select:
    """Who there is, with their results (`brief`) and what else is said of them (`rest`), as JSON arrays."""
    mine: Literal["account", "contact"] = "account" if level == "account" else "contact"
    known = records.known(schema, mine, run.as_of, facets).subquery("k")
    columns = [column("key", "r"), column("id", "r"), column("name", "k"), column("facets", "k"), *_order(run, level)]
    made = exp.select().from_(exp.alias_(table(f"{level}_results"), "r", table=True))
    if level == "lead":
        owner = exp.alias_(table("account_results"), "a", table=True)
        made = made.join(owner, on=equals(column("id", "a"), column("account_id", "r")), join_type="left")
        columns += [exp.alias_(column("key", "a"), "account"), column("account_id", "r")]
        columns.append(exp.alias_(_among_colleagues(), "place"))
    made = made.join(known, on=equals(column("id", "k"), column("id", "r")), join_type="left")
    return made.select(*columns, *_results(run, level, ladder))


def _among_colleagues() -> exp.Expr:
    """The place of a person among those of the same account; people without one have none beside them."""
    order = exp.Order(expressions=[exp.Ordered(this=column("key", "r"))])
    place = exp.Window(this=call("row_number"), partition_by=[column("key", "a")], order=order)
    return case((is_null(column("key", "a")), number(0)), otherwise=exp.Sub(this=place, expression=number(1)))


def _order(run: Run, level: Level) -> list[exp.Expr]:
    """Who comes first where not all can be listed: by stage, then by the score that matters most."""
    by_title = {item.title: column(item.name, "r") for item in run.plan.results[level]}
    ladder = run.plan.model.stages(level)
    names = exp.array(*(exp.Literal.string(stage.name) for stage in ladder.stages)) if ladder else None
    place = call("list_position", names, by_title["stage"]) if names is not None else exp.null()
    main = main_score(run.plan.model, level)
    score = by_title[main] if main else exp.null()
    return [exp.alias_(cast(place, "BIGINT"), "rank"), exp.alias_(cast(score, "BIGINT"), "score")]


def main_score(model: Model, level: Level) -> str | None:
    """The score that matters most: the last that a stage asks for, else the last of all."""
    scores = [score.name for score in model.scores(level)]
    ladder = model.stages(level)
    asked = [
        part.name
        for stage in (ladder.stages if ladder else ())
        for part in stage.condition.walk()
        if isinstance(part, Result) and part.what == "score" and part.level == level and part.name in scores
    ]
    return next(reversed(asked or scores), None)


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
