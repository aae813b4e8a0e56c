"""The weeks before: who was at which stage, who moved, and how the scores of each account went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..data import Dataset
from ..data.sql import call, column, table
from ..history import Replayed, days, replay
from ..instants import DAY, Zone, local_date
from ..model import Model
from ..runners.across import Counted
from ..sql.statements import text
from .tables import main_score

RECENT = 4
"""So many weeks back a move is news."""
MOST_MOVES = 20
"""So many moves up, and so many down or out, are listed of each of these weeks."""
MOST_CHANGES = 8
"""So many are listed whose score rose, or fell, the most within the last week."""

_STAGED = {
    "account": 'CREATE OR REPLACE TEMP TABLE past AS SELECT "at", id, stage_now AS stage, main_now FROM past_account',
    "lead": 'CREATE OR REPLACE TEMP TABLE past AS SELECT "at", id, stage_now AS stage, main_now FROM past_lead',
}
_NAMED = {
    "account": "CREATE OR REPLACE TEMP VIEW named AS SELECT id, name, NULL AS account_id FROM site_accounts",
    "lead": "CREATE OR REPLACE TEMP VIEW named AS SELECT id, name, account_id FROM site_people",
}

_POPULATION = 'SELECT number, stage, count(*) FROM past JOIN site_instants USING ("at") GROUP BY ALL ORDER BY ALL'

_MOVED = """
CREATE OR REPLACE TEMP TABLE moved AS
SELECT number, id, before, stage FROM (
    SELECT number, id, stage, lag(stage, 1, -1) OVER (PARTITION BY id ORDER BY number) AS before
    FROM past JOIN site_instants USING ("at")
)
WHERE number > 0 AND before <> stage
"""

_MOVES = "SELECT number, before, stage, count(*) FROM moved GROUP BY ALL ORDER BY ALL"

# `$out` is the number of the disqualified. The highest of the stages that were reached, or were left, comes first.
_RECENT = """
SELECT number, id, name, account_id, before, stage FROM (
    SELECT *, stage <> $out AND (before = $out OR stage > before) AS is_up,
        CASE WHEN is_up THEN stage ELSE before END AS top
    FROM moved WHERE number >= $since
    QUALIFY row_number() OVER (PARTITION BY number, is_up ORDER BY top DESC, id) <= $most
)
LEFT JOIN named USING (id)
ORDER BY number DESC, is_up DESC, top DESC, id
"""

_CHANGES = """
SELECT id, name, account_id, before, now FROM (
    SELECT id, max(main_now) FILTER (number = $last - 1) AS before, max(main_now) FILTER (number = $last) AS now
    FROM past JOIN site_instants USING ("at") WHERE number >= $last - 1 GROUP BY id
)
LEFT JOIN named USING (id)
WHERE (now - before) * $way > 0 ORDER BY (now - before) * $way DESC, id LIMIT $most
"""

_WEEK_BEFORE = """
SELECT id, main_now FROM past JOIN site_instants USING ("at") WHERE number = $last - 1 AND list_contains($ids, id)
"""


@dataclass
class Past:
    """The results of the weeks before, inside the engine; `at` are the instants, the last is that of the run."""

    replayed: Replayed
    model: Model
    at: tuple[int, ...]

    @property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        return self.replayed.connection

    def prepare(self) -> None:
        """Numbers the instants and the stages."""
        self._connection.execute(
            'CREATE TEMP TABLE site_instants AS SELECT unnest($at) AS "at", unnest(range(len($at))) AS number',
            {"at": list(self.at)},
        )
        for level in ("account", "lead"):
            self._connection.execute(text(self._numbered(level)))

    def _numbered(self, level: Level) -> exp.Create:
        """The history with stages as numbers: −1 below the first, past the last for the disqualified; `main_now` is the
        score that matters most."""
        titles = {item.title for item in self.replayed.results[level]}
        names = [stage.name for stage in ladder.stages] if (ladder := self.model.stages(level)) else []
        listed = exp.array(*(exp.Literal.string(name) for name in [*names, "disqualified"]))
        place = call("list_position", listed, column("stage")) if "stage" in titles else exp.null()
        number: exp.Expr = exp.Sub(this=exp.Coalesce(this=place, expressions=[_number(0)]), expression=_number(1))
        if "disqualified" in titles:
            gone = exp.Not(this=exp.Is(this=column("disqualified"), expression=exp.null()))
            number = exp.Case(ifs=[exp.If(this=gone, true=_number(len(names)))], default=number)
        main = main_score(self.model, level)
        score = exp.null() if main is None else _points(column(main))
        added = (exp.alias_(number, "stage_now"), exp.alias_(score, "main_now"))
        query = exp.select("*", *added).from_(table(f"{level}_history"))
        temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
        return exp.Create(this=table(f"past_{level}"), kind="VIEW", expression=query, properties=temporary)

    def moves(self, level: Level, first: Sequence[str] | None = None) -> dict[str, Any]:
        """By week how many were at each stage, and how many moved from which to which.

        With the ids of those who come `first` also the news: who moved lately, whose main score rose and fell the most
        within the last week, and what that of the first was a week before.
        """
        self._connection.execute(_STAGED[level])
        self._connection.execute(_MOVED)
        found = {"population": self._rows(_POPULATION), "moves": self._rows(_MOVES)}
        return found if first is None else {**found, **self._news(level, first)}

    def _news(self, level: Level, first: Sequence[str]) -> dict[str, Any]:
        self._connection.execute(_NAMED[level])
        last = len(self.at) - 1
        ladder = self.model.stages(level)
        out = len(ladder.stages) if ladder else 0
        asked = {"last": last, "most": MOST_CHANGES}
        before = dict(self._rows(_WEEK_BEFORE, {"last": last, "ids": list(first)}))
        return {
            "recent": self._rows(_RECENT, {"since": last + 1 - RECENT, "most": MOST_MOVES, "out": out}),
            "rose": self._rows(_CHANGES, {**asked, "way": 1}),
            "fell": self._rows(_CHANGES, {**asked, "way": -1}),
            "first": [before.get(id) for id in first],
        }

    def _rows(self, query: str, asked: object = None) -> list[list[Any]]:
        return [list(row) for row in self._connection.execute(query, asked).fetchall()]

    def accounts(self, scores: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Each account, in order of their ids, with the numbers of its instants, its stages and its scores as JSON."""
        by_week = [exp.Ordered(this=column("number"))]

        def listed(value: exp.Expr) -> exp.Expr:
            return exp.ArrayAgg(this=exp.Order(this=value, expressions=by_week))

        columns = [
            listed(value) for value in (column("number"), column("stage_now"), *map(_points, map(column, scores)))
        ]
        line = exp.cast(call("json_array", *columns), "TEXT")
        joined = exp.select(column("id"), line).from_(table("past_account"))
        query = joined.join(table("site_instants"), using=["at"]).group_by(column("id")).order_by(column("id"))
        found = self._connection.execute(text(query))
        while some := found.fetchmany(500):
            yield from some


def past(model: Model, data: Dataset, as_of: int, weeks: int, counted: Counted | None = None) -> Past:
    """The results at the ends of the same weekday of up to so many weeks before, and at the instant itself.

    Weeks before the first event are left out: there is nothing to see. Close `replayed` afterwards.
    """
    at = instants(model, data, as_of, weeks)
    made = Past(replay(model, data, at, counted=counted, only=_shown(model)), model, at)
    made.prepare()
    return made


def _shown(model: Model) -> dict[Level, set[str]]:
    """The results that the pages show of the weeks before: of people only where they stood."""
    main = main_score(model, "lead")
    lead = {"id", "stage", "disqualified", *([main] if main else [])}
    return {
        "lead": lead,
        "account": {"id", "stage", "disqualified", *(score.name for score in model.scores("account"))},
    }


def instants(model: Model, data: Dataset, as_of: int, weeks: int) -> tuple[int, ...]:
    """The instants, ascending."""
    zone = Zone.named(model.timezone)
    oldest = data.connection.execute('SELECT min("at") FROM events WHERE "at" <= ?', [as_of]).fetchall()[0][0]
    if oldest is None:
        return (as_of,)
    possible = min(weeks, (as_of - int(oldest)) // (7 * DAY))
    today = local_date(as_of, zone)
    before = days(zone, today - timedelta(weeks=possible), today - timedelta(weeks=1), every=7) if possible else []
    return (*before, as_of)


def _points(units: exp.Expr) -> exp.Expr:
    return exp.Div(this=units, expression=exp.Literal.number("10000.0"))


def _number(value: int) -> exp.Expr:
    return exp.Literal.number(value) if value >= 0 else exp.Neg(this=exp.Literal.number(-value))
