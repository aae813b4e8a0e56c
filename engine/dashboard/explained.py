"""What `explain` says of those whom one looks at first: since when they are where they are, and why; what would have to
happen next; and what will be lost by when if nothing more happens.

    site_explained    level, id, said (JSON)    an object, as `_Telling.of` makes it, or with dates alone, or with those
                                                ahead alone
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Any

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..alone import alone
from ..data import Dataset
from ..explain import explain_row
from ..explain.ahead import look_ahead
from ..explain.arrival import Recollection, affordable, arrive, first_day, standing
from ..explain.causes import Causes
from ..explain.place import coming
from ..explain.report import Arrival, Next
from ..instants import ONE_DAY, Zone, local_date
from ..interpreter import Row
from ..interpreter.course import Course
from ..interpreter.steady import Steady
from ..memory import anchored, remembers
from ..model import Model
from ..plan.errors import PlanError
from ..records import Population, known_at
from ..runners.embedded import Run
from ..steps.obstacles import CERTAIN, WHY
from .around import Around
from .pages import of_overview
from .scripts import as_json
from .standings import AHEAD, BACK, Standings, Turn, standings, standings_ahead

USUAL, REMEMBERING = 30, 6
"""So many are told of unasked, and as many of the disqualified; fewer where rules remember days, which must
be gone through for each of them; nobody where there is much data."""
DATED = 30
"""Of so many of the furthest a plan tells at least when they moved, and when they will, which takes little more; but
where rules remember days."""
AHEAD_OF_RECORDS = 10_000_000
"""So many records are gone through on the days ahead together, where all must be looked at and nobody asked."""
LARGEST = 3_000
"""Nothing is told of an account with more events, nor of a lead of such an account: that takes too long."""


def unasked(model: Model) -> int:
    """Of how many all is told where nobody asks for more or fewer, and where there is not much data."""
    return REMEMBERING if remembers(model) else USUAL


@dataclass(frozen=True)
class HowMany:
    """Of how many all is told, of how many at least the dates; and whether of nobody more than what comes, since what
    decides stages or scores compares with everybody."""

    in_full: int = 0
    dated: int = 0
    compares: bool = False


_TABLE = """
CREATE TABLE site_explained AS SELECT $level AS level, unnest($ids::TEXT[]) AS id, unnest($said::TEXT[]) AS said
"""

_POSSIBLE = {
    level: f"""
WITH possible AS (
    SELECT p.*, dense_rank() OVER (ORDER BY rank DESC NULLS LAST) <= $stages
        AND row_number() OVER (PARTITION BY rank ORDER BY score DESC NULLS LAST, key) <= $of_each AS is_first
    FROM {whose} AS p LEFT JOIN site_busy AS b ON b.owner = p.{account}
    WHERE coalesce(b.events, 0) <= $largest
)
"""
    for level, whose, account in (("account", "site_accounts", "key"), ("lead", "site_people", "account"))
}

# Those of whom the overview speaks, then the next furthest.
_FURTHEST = """
SELECT id FROM possible WHERE brief->>1 IS NULL
ORDER BY is_first DESC, rank DESC NULLS LAST, score DESC NULLS LAST, key LIMIT $most
"""
_OUT_LAST = {
    level: f"""
SELECT id FROM possible
LEFT JOIN (SELECT id, max(number) AS moved FROM site_steps_{level} GROUP BY id) USING (id)
WHERE brief->>1 IS NOT NULL ORDER BY moved DESC NULLS LAST, key LIMIT $most
"""
    for level in ("account", "lead")
}


def make_explained(
    run: Run, model: Model, data: Dataset, level: Level, most: int, dated: int, records: int | None
) -> HowMany:
    """Makes the table, of so many of a level, and with dates alone of others up to so many; the tables of who there is,
    and of the weeks before, are there. Gives how many there are in it.

    Where what decides stages or scores compares with everybody, it is told by when what will be lost, of both: unless
    it would take too long to look at all `records` on each day ahead, where that matters.
    """
    furthest = _ids(run, level, _FURTHEST, max(most, dated))
    in_full = [*furthest[:most], *_ids(run, level, _OUT_LAST[level], most)]
    found: dict[str, str] = {}
    some, left_out = alone(model)
    compares = any(key.kind in ("stage", "disqualify", "score") for key in left_out)
    if not compares:
        others = [] if remembers(some) else furthest[most:]
        found = dict(_told(some, data, level, in_full, others, run.as_of))
    elif dated and not remembers(model) and AHEAD * (records or 0) <= AHEAD_OF_RECORDS:
        found = dict(_foretold(model, data, level, furthest, run.as_of))
    run.connection.execute(_TABLE, {"level": level, "ids": list(found), "said": list(found.values())})
    return HowMany(0 if compares else len(found.keys() & set(in_full)), len(found), compares)


def _ids(run: Run, level: Level, which: str, most: int) -> list[str]:
    asked = {"most": most, "largest": LARGEST, **of_overview(run.plan.model, level)}
    return [id for (id,) in run.connection.execute(_POSSIBLE[level] + which, asked).fetchall()]


def _told(
    model: Model, data: Dataset, level: Level, in_full: Collection[str], dated: Collection[str], as_of: int
) -> Iterator[tuple[str, str]]:
    if not (in_full or dated):
        return
    model = anchored(model, data.oldest_event, as_of)
    with (
        suppress(PlanError),
        standings(model, data, level, [*in_full, *dated], as_of) as by_day,
    ):  # as far as a plan can
        around = Around(data, in_full)
        telling = _Telling(model, level, as_of, by_day, data.oldest_event())
        for id in in_full:
            population = around.of(id)
            if population is not None:
                yield id, as_json(telling.of(id, population))
        for id in dated:
            yield id, as_json(telling.dates(id))


def _foretold(model: Model, data: Dataset, level: Level, ids: Collection[str], as_of: int) -> Iterator[tuple[str, str]]:
    """What comes, by a plan for all data: where somebody will be hangs on what all others do."""
    with suppress(PlanError), standings_ahead(model, data, level, ids, as_of) as by_day:
        for id in ids:
            yield id, as_json(_coming(by_day, id))


def _coming(by_day: Standings, id: str) -> dict[str, Any]:
    """The moves of the days ahead, up to the last one, `until`: each with its day, the stages before and after, and
    room for what will weigh most."""
    return {
        "coming": [[turn.day.isoformat(), turn.before, turn.after, None] for turn in by_day.coming(id)],
        "until": (by_day.today + AHEAD * ONE_DAY).isoformat(),
    }


def _next(found: Next) -> dict[str, Any]:
    """As JSON has it; of what stands in the way in words why, and whether that is for certain."""
    obstacles = [{**each.to_dict(), "why": WHY[each.why], "certain": each.why in CERTAIN} for each in found.obstacles]
    return {**found.to_dict(), "obstacles": obstacles}


class _Telling:
    """What is said of each of some accounts or people of which the stages of all days are known."""

    def __init__(self, model: Model, level: Level, as_of: int, by_day: Standings, oldest: int | None) -> None:
        self._model, self._level, self._as_of, self._oldest = model, level, as_of, oldest
        self._zone = Zone.named(model.timezone)
        self._today = local_date(as_of, self._zone)
        self._by_day = by_day
        ladder = model.stages(level)
        self._stages = [stage.name for stage in ladder.stages] if ladder else []

    def of(self, id: str, population: Population) -> dict[str, Any]:
        """`said`: the sentence of `explain`; `next` as its JSON has it; and the dates, with what will weigh most in the
        first move ahead."""
        past = self._past(Course(self._model, population), population, self._today)
        now = past.at(self._as_of)
        row = self._row(now, id)
        stage = standing(now, row)
        found = look_ahead(now, population, row) if self._stages else None
        dates = self.dates(id)
        if dates["coming"]:
            dates["coming"][0][-1] = self._because(next(self._by_day.coming(id)), id, population)
        return {
            "said": explain_row(now, row, leads=0, arrival=self._arrival(past, now, row, stage)).summary,
            "next": None if found is None else _next(found),
            **dates,
        }

    def dates(self, id: str) -> dict[str, Any]:
        """`moves`: those of the days `from` a first one on, each with its day, the stages before and after; and what
        comes."""
        return {
            "from": (self._today - BACK * ONE_DAY).isoformat(),
            "moves": [[turn.day.isoformat(), turn.before, turn.after] for turn in self._by_day.gone(id)],
            **_coming(self._by_day, id),
        }

    def _past(self, course: Course, around: Population, *days: datetime.date) -> Recollection:
        """What is known of some days of a course, of the records around somebody."""
        return Recollection(course, self._by_day.left(days, around), oldest=self._oldest)

    def _row(self, evaluation: Steady, id: str) -> Row:
        row = evaluation.row(self._level, id)
        assert row is not None
        return row

    def _arrival(self, past: Recollection, now: Steady, row: Row, stage: str | None) -> Arrival | None:
        """As `arrive` finds it."""
        if stage is None and not self._stages:
            return None
        turn = self._by_day.last(row.entity.id, stage)
        first = first_day(past.course.population, self._as_of, self._zone, self._oldest)
        if turn is not None:
            turning = self._past(past.course, past.course.population, turn.day, turn.day - ONE_DAY)
            after = now if turn.day == self._today else turning.on(turn.day)
            causes = Causes(turning.on(turn.day - ONE_DAY), after).of_stage(self._level, row.entity.id)
            return Arrival("day", turn.day.isoformat(), turn.before, causes)
        if first - ONE_DAY >= self._today - BACK * ONE_DAY:
            return Arrival("start", first.isoformat())
        if remembers(self._model):  # of days before all of these nothing is known yet
            past = Recollection.of(past.course, self._as_of, oldest=self._oldest)
        found = arrive(past, now, row, affordable(past.course.population, False))
        if found is None or found.known == "longer":
            return Arrival("longer", (self._today - BACK * ONE_DAY).isoformat())
        return found

    def _because(self, turn: Turn, id: str, population: Population) -> str:
        eve = turn.day - ONE_DAY
        known = self._past(Course(self._model, known_at(population, self._as_of)), population, eve, turn.day)
        there = known.on(turn.day)
        before = known.at(self._as_of) if eve == self._today else known.on(eve)
        causes = Causes(before, there).of_stage(self._level, id)
        return coming(there, self._row(there, id), causes, self._rises(turn)).removeprefix(", ")

    def _rises(self, turn: Turn) -> bool:
        """Whether it goes up; whoever is disqualified goes down."""
        before, after = (self._stages.index(name) if name in self._stages else -1 for name in (turn.before, turn.after))
        return after > before
