"""What is seen of one lead or account on each day: by the interpreter day after day, or by one plan for all days."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..explain.causes import points_by_line
from ..explain.report import Report
from ..instants import ONE_DAY, Zone, day_end, local_date
from ..interpreter import Evaluation
from ..interpreter.made import Made
from ..interpreter.memory import Memory
from ..model import Model
from ..records import Population, known_at
from ..rounding import from_units
from .days import Days

if TYPE_CHECKING:
    from ..everybody import Everybody
    from ..history import Replayed


@dataclass(frozen=True, slots=True)
class Day(Report):
    """What someone was at the end of a day (of the last day: at the instant)."""

    day: str
    scores: Mapping[str, float]
    grades: Mapping[str, str | None]
    stage: str | None
    disqualified: str | None


@dataclass(frozen=True, slots=True)
class Lapse(Report):
    """A line that gives points now, and the first day on which it gives none if nothing more happens."""

    day: str
    score: str
    line: str
    label: str | None
    points: float


Giving = Mapping[tuple[str, str], Lapse]
"""The lines that give points, by score and line, each with its points now."""


class Who(NamedTuple):
    """The lead or account that is followed."""

    level: Level
    id: str


@dataclass
class Seen:
    """One day of someone. `evaluate` says how it came about, `points` what each line of each score gave, in units."""

    who: Who
    day: Day
    evaluate: Callable[[], Evaluation]
    points: Callable[[], Mapping[tuple[str, str], int]]

    @cached_property
    def evaluation(self) -> Evaluation:
        """The evaluation of that day."""
        return self.evaluate()

    def giving(self) -> Mapping[tuple[str, str], float]:
        """The lines that give points, by score and line."""
        return {key: from_units(units) for key, units in self.points().items() if units > 0}


Ways = tuple[Iterator[Seen], Iterator[Seen]]
"""The days up to an instant, the last one at the instant itself, and those after it as if nothing more happened."""


# --- day after day ----------------------------------------------------------------------------------------------------


def walked(
    model: Model,
    population: Population,
    who: Who,
    as_of: int,
    first: datetime.date,
    ahead: int,
    others: Everybody | None = None,
) -> Ways:
    """By the interpreter, each day with what the days before have left, and with what is known of `others`."""
    days = Days(model, population, as_of, first, others)
    return (_seen(found, who) for found in days.until()), (_seen(found, who) for found in days.after(ahead))


def _seen(evaluation: Evaluation, who: Who) -> Seen:
    return Seen(who, shown(evaluation, who), lambda: evaluation, lambda: _points(evaluation, who))


def shown(evaluation: Evaluation, who: Who) -> Day:
    """What is told of a day; nothing is known of someone who is not there yet."""
    day, row = local_date(evaluation.as_of, evaluation.zone).isoformat(), evaluation.row(*who)
    if row is None:
        return Day(day, {}, {}, None, None)
    model = evaluation.model
    return Day(
        day,
        {score.name: from_units(evaluation.score(score, row)) for score in model.scores(who.level)},
        {grade.name: evaluation.grade(grade, row) for grade in model.grades(who.level)},
        evaluation.stage(row),
        evaluation.disqualified(row.entity),
    )


def _points(evaluation: Evaluation, who: Who) -> Mapping[tuple[str, str], int]:
    row, scores = evaluation.row(*who), evaluation.model.scores(who.level)
    found = {score.name: points_by_line(evaluation, score, row) for score in scores}
    return {(name, line): units for name, points in found.items() for line, units in points.items()}


# --- all at once ------------------------------------------------------------------------------------------------------


def replayed(model: Model, population: Population, who: Who, as_of: int, first: datetime.date, ahead: int) -> Ways:
    """By one plan for all days, for rules that remember nothing. Raises PlanError."""
    from ..data import Dataset
    from ..history import replay

    zone = Zone.named(model.timezone)
    known, today = known_at(population, as_of), local_date(as_of, zone)
    before = [day_end(first + number * ONE_DAY, zone) for number in range((today - first).days)]
    after = [day_end(today + number * ONE_DAY, zone) for number in range(1, ahead + 1)]
    with replay(model, Dataset.from_population(known, model.schema), [*before, as_of, *after], True) as found:
        results, points = _results(found, who), _points_by_day(found, who, as_of)
    lasting = Made()

    def seen(at: int) -> Seen:
        day = local_date(at, zone)
        return Seen(
            who,
            _day(model, who.level, day, results.get(at)),
            lambda: Evaluation(model, known, at, Memory(day), lasting),
            lambda: points.get(at, {}),
        )

    return map(seen, [*before, as_of]), map(seen, after)


_HISTORY: Mapping[Level, str] = {
    "lead": "SELECT * FROM lead_history WHERE id = ?",
    "account": "SELECT * FROM account_history WHERE id = ?",
}


def _results(found: Replayed, who: Who) -> Mapping[int, Mapping[str, Any]]:
    """The results of someone by instant."""
    rows = found.connection.execute(_HISTORY[who.level], [who.id])
    names = [name for name, *_ in rows.description or ()]
    every = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    return {int(row["at"]): row for row in every}


def _points_by_day(found: Replayed, who: Who, since: int) -> Mapping[int, Mapping[tuple[str, str], int]]:
    """The points of someone's lines, their caps and factors included, by instant from one on."""
    rows = found.connection.execute(
        'SELECT "at", score, line, sum(points) FROM contribution_history '
        'WHERE level = ? AND id = ? AND "at" >= ? AND line IS NOT NULL GROUP BY ALL',
        [*who, since],
    )
    by_day: dict[int, dict[tuple[str, str], int]] = {}
    for at, score, line, units in rows.fetchall():
        by_day.setdefault(int(at), {})[score, line] = int(units)
    return by_day


def _day(model: Model, level: Level, day: datetime.date, row: Mapping[str, Any] | None) -> Day:
    if row is None:
        return Day(day.isoformat(), {}, {}, None, None)
    return Day(
        day.isoformat(),
        {score.name: from_units(int(row[score.name])) for score in model.scores(level)},
        {grade.name: row[grade.name] for grade in model.grades(level)},
        row.get("stage"),
        row.get("disqualified"),
    )
