"""The weeks before: which instants they are, and where everybody stood then; of the last ones, on each day.

    site_past_account, site_past_lead    number, id, stage, score 0, score 1 …    everybody in each week, the last of
                                                                                  which is that of the instant itself
    site_steps_account, site_steps_lead  the same, and before                     only where something is other than in
                                                                                  the week before
    site_histories                       level, id, history (JSON)                a list [number, stage, scores …] for
                                                                                  each step; none of whoever was the
                                                                                  same in all weeks
    site_days_account, site_days_lead    at, id, stage                            everybody on each of the last days
    site_moved                           level, id, moves (JSON)                  a list [seconds, before, stage] for
                                                                                  each move on one of these days

A stage is its place: −1 below the first, past the last for the disqualified. `before` is the one of the week before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..data import Dataset
from ..data.sql import (
    both,
    call,
    case,
    cast,
    column,
    drop_table,
    equals,
    first_known,
    insert,
    is_known,
    negated,
    number,
    table,
    text,
)
from ..frames import entity_columns
from ..history import Replayed, days, replay
from ..instants import DAY, Zone, local_date
from ..memory import remembers
from ..model import Model
from ..runners.across import Counted
from ..runners.embedded import Run
from ..runners.told import Told
from ..sql.statements import text as written
from .ladders import LEVELS

USUAL, AT_LEAST = 26, 1
"""So many weeks are worked out unasked, and so few where there are more records than are quickly scored."""
QUICK = 300_000
DAILY, REMEMBERING = 4, 1
"""Of so many weeks each day is worked out, as far as that is quick; and of so many where rules remember days."""
DAYS_OF_RECORDS = 2_500_000
"""So many records are gone through for that, on all days together."""

_TABLES = (
    *(f"site_{what}_{level}" for what in ("past", "steps", "days") for level in LEVELS),
    "site_histories",
    "site_moved",
)


@dataclass(frozen=True)
class Weeks:
    """The instants of a history: the weeks `before`, ascending, and the instant itself; `days` are those of the last
    weeks, from the end of one of them on, without that of the instant.

    `is_cut` says that there are fewer weeks than is usual, because more would take long.
    """

    before: tuple[int, ...]
    as_of: int
    is_cut: bool = False
    days: tuple[int, ...] = ()

    @property
    def at(self) -> tuple[int, ...]:
        """All instants."""
        return (*self.before, self.as_of)

    @property
    def looked_at(self) -> tuple[int, ...]:
        """All instants, with the days."""
        return tuple(sorted({*self.at, *self.days}))


def weeks_of(model: Model, data: Dataset, as_of: int, asked: int | None, records: int) -> Weeks:
    """The ends of the same weekday of so many weeks before; unasked (None) as many as are quickly worked out
    with so many `records`.

    Weeks before the first event are left out: there is nothing to see.
    """
    zone = Zone.named(model.timezone)
    oldest = data.connection.execute(_OLDEST, [as_of]).fetchall()[0][0]
    possible = 0 if oldest is None else (as_of - int(oldest)) // (7 * DAY)
    wanted = asked if asked is not None else AT_LEAST if is_much(records) else USUAL
    count = min(wanted, possible)
    today = local_date(as_of, zone)
    before = days(zone, today - timedelta(weeks=count), today - timedelta(weeks=1), every=7) if count else []
    most = REMEMBERING if remembers(model) else DAILY
    daily = min(count, most, DAYS_OF_RECORDS // max(1, 7 * records))
    each = days(zone, today - timedelta(weeks=daily), today - timedelta(days=1)) if daily else []
    return Weeks(tuple(before), as_of, asked is None and count < min(USUAL, possible), tuple(each))


def is_much(records: int) -> bool:
    """Whether these are more than are quickly gone through many times."""
    return records > QUICK


def count_records(data: Dataset) -> int:
    """How many events, contacts and accounts there are."""
    (count,) = data.connection.execute(_COUNT).fetchall()[0]
    return int(count)


_OLDEST = """SELECT min("at") FILTER ("at" <= ?) FROM events"""
_COUNT = """
SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM contacts) + (SELECT count(*) FROM accounts)
"""


class Past:
    """Fills the tables of the weeks: `replay` those before the last one, `add` what runs gave of the others."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, model: Model, weeks: Weeks | None) -> None:
        self._connection = connection
        self._model = model
        self._weeks = weeks
        for level in LEVELS:
            self._connection.execute(written(_empty(model, level)))
            self._connection.execute(f'CREATE TABLE site_days_{level} ("at" BIGINT, id TEXT, stage SMALLINT)')
        self._connection.execute("CREATE TABLE site_histories (level TEXT, id TEXT, history TEXT)")
        self._connection.execute("CREATE TABLE site_moved (level TEXT, id TEXT, moves TEXT)")

    def replay(self, data: Dataset, counted: Counted | None = None, days: Told | None = None) -> None:
        """Scores all weeks before the last one, and the days of the last ones; `days` makes the tables of the days
        before, if rules remember them."""
        if self._weeks is None:
            return
        earlier = self._weeks.before[:-1]
        instants = sorted({*earlier, *self._weeks.days} - {*self._weeks.before[-1:]})
        if not instants:
            return
        only = {level: {"id", "stage", "disqualified", *scores_of(self._model, level)} for level in LEVELS}
        with replay(self._model, data, instants, counted=counted, only=only, past=days) as found:
            for level in LEVELS:
                names, source = _columns(found, level), f"{level}_history"
                place = call("list_position", exp.array(*map(number, earlier)), column("at"))
                week = exp.Sub(this=place, expression=number(1))
                self._fill(found.connection, level, names, week, source, _among(earlier))
                self._fill_days(found.connection, level, names, column("at"), source, _among(self._weeks.days))

    def add(self, run: Run) -> None:
        """Takes the results of a run at one of the instants."""
        if self._weeks is None:
            return
        week = number(self._weeks.at.index(run.as_of))
        for level in LEVELS:
            names = {each.title: column(each.name) for each in run.plan.results[level]}
            self._fill(run.connection, level, names, week, f"{level}_results", exp.true())
            if self._weeks.days:
                self._fill_days(run.connection, level, names, number(run.as_of), f"{level}_results", exp.true())

    def _fill(
        self,
        connection: duckdb.DuckDBPyConnection,
        level: Level,
        names: Mapping[str, exp.Expr],
        week: exp.Expr,
        source: str,
        where: exp.Expr,
    ) -> None:
        scores = [exp.Div(this=names[score], expression=_UNITS.copy()) for score in scores_of(self._model, level)]
        query = exp.select(week, names["id"], _place(self._model, level, names), *scores).from_(table(source))
        connection.execute(written(insert(query.where(where), table(f"site_past_{level}"))))

    def _fill_days(
        self,
        connection: duckdb.DuckDBPyConnection,
        level: Level,
        names: Mapping[str, exp.Expr],
        at: exp.Expr,
        source: str,
        where: exp.Expr,
    ) -> None:
        query = exp.select(at, names["id"], _place(self._model, level, names)).from_(table(source)).where(where)
        connection.execute(written(insert(query, table(f"site_days_{level}"))))

    def tell(self) -> None:
        """Finds where anything is other than in the week before, when all weeks are there, and tells it of each."""
        for level in LEVELS:
            self._connection.execute(written(_steps(self._model, level)))
            self._connection.execute(written(insert(_histories(self._model, level), table("site_histories"))))
            if self._weeks is not None and self._weeks.days:
                asked = {"level": level, "first": self._weeks.days[0]}
                self._connection.execute(_MOVED[level], asked)

    def close(self) -> None:
        """Forgets it all."""
        for name in _TABLES:
            self._connection.execute(written(drop_table(table(name))))


_UNITS = exp.Literal.number("10000.0")

# Whoever was not there on a day was below the first stage.
_MOVED = {
    level: f"""
INSERT INTO site_moved
SELECT $level, id, concat('[', string_agg(move, ',' ORDER BY "at"), ']')
FROM (
    SELECT "at", id, stage, coalesce(lag(stage) OVER (PARTITION BY id ORDER BY "at"), -1) AS before,
        json_array("at" // 1000000, before, stage)::VARCHAR AS move
    FROM site_days_{level}
    QUALIFY "at" > $first AND before <> stage
)
GROUP BY id
"""
    for level in LEVELS
}


def _among(instants: Sequence[int]) -> exp.Expr:
    return column("at").isin(*instants) if instants else exp.false()


def score_column(place: int) -> str:
    """The name of the column of a score."""
    return f"score {place}"


def scores_of(model: Model, level: Level) -> list[str]:
    """The scores of a level in the order in which pages show them."""
    known = {score.name for score in model.scores(level)}
    return [item.name for item in entity_columns(model, level) if item.name in known]


def _columns(replayed: Replayed, level: Level) -> dict[str, exp.Expr]:
    return {each.title: column(each.title) for each in replayed.results[level]}


def _empty(model: Model, level: Level) -> exp.Create:
    typed = {"number": "SMALLINT", "id": "TEXT", "stage": "SMALLINT"}
    typed |= {score_column(place): "DOUBLE" for place, _ in enumerate(scores_of(model, level))}
    columns = [exp.alias_(cast(exp.null(), of), name, quoted=True) for name, of in typed.items()]
    return exp.Create(
        this=table(f"site_past_{level}"), kind="TABLE", expression=exp.select(*columns).where(exp.false())
    )


def _place(model: Model, level: Level, names: Mapping[str, exp.Expr]) -> exp.Expr:
    """The place of the stage among those of the level."""
    ladder = model.stages(level)
    stages = [stage.name for stage in ladder.stages] if ladder else []
    place: exp.Expr = number(-1)
    if stages:
        found = call("list_position", exp.array(*map(text, stages)), names["stage"])
        place = exp.Sub(this=first_known(found, number(0)), expression=number(1))
    if "disqualified" not in names:
        return place
    return case((is_known(names["disqualified"]), number(len(stages))), otherwise=place)


def _steps(model: Model, level: Level) -> exp.Create:
    values = ["stage", *(score_column(place) for place, _ in enumerate(scores_of(model, level)))]

    def before(name: str) -> exp.Expr:
        by_week = exp.Order(expressions=[exp.Ordered(this=column("number"))])
        return exp.Window(this=call("lag", column(name)), partition_by=[column("id")], order=by_week)

    same = both(*(exp.NullSafeEQ(this=column(name), expression=before(name)) for name in values))
    # Nobody has a week before his first one, so that there the stage, which is never null, differs from nothing.
    query = exp.select("*", exp.alias_(first_known(before("stage"), number(-1)), "before"))
    query = query.from_(table(f"site_past_{level}")).qualify(negated(same))
    return exp.Create(this=table(f"site_steps_{level}"), kind="TABLE", expression=query)


def _histories(model: Model, level: Level) -> exp.Select:
    """In an order of their texts, which is always the same; pages put them into that of their numbers."""
    scores = [column(score_column(place)) for place, _ in enumerate(scores_of(model, level))]
    week = cast(call("json_array", column("number"), column("stage"), *scores), "TEXT")
    weeks = call("array_to_string", call("list_sort", call("list", week)), text(","))
    query = exp.select(text(level), column("id"), call("concat", text("["), weeks, text("]")))
    is_always = both(equals(exp.Count(this=exp.Star()), number(1)), equals(call("max", column("number")), number(0)))
    return query.from_(table(f"site_steps_{level}")).group_by(column("id")).having(negated(is_always))
