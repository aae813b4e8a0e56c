"""Since when: a lead or account day by day, each move between stages with what tipped it, and what comes next.

What compares with everybody (`rank`, `percentile`, and what reads them) is left out, and named: it would need
everybody's history.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ...grammar.nodes import Level
from ..data import Dataset
from ..explain import find
from ..explain.causes import Causes, points_by_line
from ..explain.report import Cause, Report
from ..explain.words import local_time
from ..instants import Zone, local_date
from ..interpreter import Evaluation, Row
from ..links import key_of
from ..memory import anchored
from ..model import Model, lines
from ..records import Population
from ..rounding import from_units
from ..scenarios.recording import depending_on_everybody
from ..surroundings import around
from .days import Days

AHEAD = 90
"""How many days are looked ahead."""


class NotTold(Exception):
    """There is no history to tell; `hint` says why."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Day(Report):
    """What someone was at the end of a day (of the last day: at the instant)."""

    day: str
    scores: Mapping[str, float]
    grades: Mapping[str, str | None]
    stage: str | None
    disqualified: str | None


@dataclass(frozen=True, slots=True)
class Move(Report):
    """A change of stage, on the day at whose end it was first seen.

    `scores` are those that changed (before, after), `lines` by how much each line of them did, the largest first.
    """

    day: str
    before: str | None
    after: str | None
    scores: Mapping[str, tuple[float, float]]
    lines: Mapping[str, float]
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Lapse(Report):
    """A line that gives points now, and the first day on which it gives none if nothing more happens."""

    day: str
    score: str
    line: str
    label: str | None
    points: float


@dataclass(frozen=True, slots=True)
class Forecast(Report):
    """The days after the instant as if nothing more happened: changes alone among `days`, up to `until`."""

    until: str
    days: tuple[Day, ...]
    moves: tuple[Move, ...]
    lapses: tuple[Lapse, ...]


@dataclass(frozen=True, slots=True)
class History(Report):
    """A lead or account from its first event to the instant. `days` are those on which something was another than on
    the day before; `left_out` are results that compare with everybody."""

    level: Level
    id: str
    as_of: str
    zone: str
    first: str
    stage: str | None
    since: str | None
    days: tuple[Day, ...]
    moves: tuple[Move, ...]
    forecast: Forecast
    left_out: tuple[str, ...] = ()


def history(
    model: Model, dataset: Dataset, id: str, as_of: int, level: Level | None = None, ahead: int = AHEAD
) -> History:
    """The history of one id, and the days ahead. Raises UnknownId, or NotTold where all it has compares with all."""
    model, left_out = alone(anchored(model, dataset.oldest_event(), as_of))
    return of_population(model, around(dataset, model, id), id, as_of, level, ahead, left_out)


def _not_told(level: Level, left_out: tuple[str, ...]) -> NotTold:
    if not left_out:
        return NotTold(f"{level}s have neither scores nor stages in this ruleset")
    return NotTold(
        f"the history of one {level} cannot be told: all that {level}s have compares with everybody",
        f"`rank` or `percentile` decide {', '.join(left_out)}; `scoreline replay` follows everybody",
    )


def alone(model: Model) -> tuple[Model, tuple[str, ...]]:
    """The model without what compares with everybody, and the names of that."""
    unsure = depending_on_everybody(model)
    left_out = tuple(key.words for key in map(key_of, model.order) if key in unsure)
    return replace(model, order=tuple(item for item in model.order if key_of(item) not in unsure)), left_out


def of_population(
    model: Model,
    population: Population,
    id: str,
    as_of: int,
    level: Level | None = None,
    ahead: int = AHEAD,
    left_out: tuple[str, ...] = (),
) -> History:
    """As `history`, for records that are there already and a model that compares with nobody."""
    row = find(Evaluation(replace(model, order=()), population, as_of), id, level)
    if not model.scores(row.level) and model.stages(row.level) is None:
        raise _not_told(row.level, left_out)
    zone = Zone.named(model.timezone)
    events = row.entity.timeline.events
    first = local_date(events[0].at if events else as_of, zone)
    days = Days(model, population, as_of, first)
    past = Followed(row.level, id)
    past.follow(days.until())
    future = Followed(row.level, id, past.last)
    future.follow(days.after(ahead))
    now = past.days[-1]
    return History(
        row.level,
        id,
        local_time(as_of, zone),
        zone.name,
        first.isoformat(),
        now.stage,
        past.moves[-1].day if past.moves and now.stage is not None else None,
        tuple(past.days),
        tuple(past.moves),
        Forecast(_later(as_of, zone, ahead), tuple(future.days), tuple(future.moves), tuple(future.lapses)),
        left_out,
    )


def _later(as_of: int, zone: Zone, days: int) -> str:
    return (local_date(as_of, zone) + datetime.timedelta(days=days)).isoformat()


class Followed:
    """One lead or account followed from day to day, beginning after the evaluation `last`, if one is given."""

    def __init__(self, level: Level, id: str, last: Evaluation | None = None) -> None:
        self.level = level
        self.id = id
        self.last = last
        self.days: list[Day] = []
        self.moves: list[Move] = []
        self.lapses: list[Lapse] = []
        self._shown = None if last is None else shown(last, level, id)
        self._giving = {} if last is None else dict(_giving(last, last.row(level, id)))

    def follow(self, evaluations: Iterator[Evaluation]) -> None:
        """Notes what changed on each day."""
        for evaluation in evaluations:
            found = shown(evaluation, self.level, self.id)
            if self._shown is None or not _same(self._shown, found):
                self.days.append(found)
            if (None if self._shown is None else self._shown.stage) != found.stage:
                self.moves.append(self._move(evaluation, found))
            self.lapses += self._lapsed(evaluation, found.day)
            self._shown, self.last = found, evaluation

    def _move(self, evaluation: Evaluation, found: Day) -> Move:
        before = self._shown
        last = self.last or _nothing(evaluation)
        scores = {} if before is None else before.scores
        changed = {name: (scores.get(name, 0.0), now) for name, now in found.scores.items() if scores.get(name) != now}
        causes = Causes(last, evaluation).of_stage(self.level, self.id)
        lines = _moved(last, evaluation, self.level, self.id)
        return Move(found.day, None if before is None else before.stage, found.stage, changed, lines, causes)

    def _lapsed(self, evaluation: Evaluation, day: str) -> list[Lapse]:
        """The lines that gave points at the start and give none any more."""
        now = dict(_giving(evaluation, evaluation.row(self.level, self.id))) if self._giving else {}
        gone = [(key, lapse) for key, lapse in self._giving.items() if key not in now]
        for key, _ in gone:
            del self._giving[key]
        return [replace(lapse, day=day) for _, lapse in gone]


def shown(evaluation: Evaluation, level: Level, id: str) -> Day:
    """What is told of a day; nothing is known of someone who is not there yet."""
    day, row = local_date(evaluation.as_of, evaluation.zone).isoformat(), evaluation.row(level, id)
    if row is None:
        return Day(day, {}, {}, None, None)
    model = evaluation.model
    return Day(
        day,
        {score.name: from_units(evaluation.score(score, row)) for score in model.scores(level)},
        {grade.name: evaluation.grade(grade, row) for grade in model.grades(level)},
        evaluation.stage(row),
        evaluation.disqualified(row.entity),
    )


def _same(one: Day, other: Day) -> bool:
    return replace(one, day="") == replace(other, day="")


def _moved(before: Evaluation, now: Evaluation, level: Level, id: str) -> dict[str, float]:
    """By how much each line changed, the largest first."""
    found: dict[str, float] = {}
    for score in now.model.scores(level):
        old, new = (points_by_line(side, score, side.row(level, id)) for side in (before, now))
        found |= {line: from_units(new.get(line, 0) - old.get(line, 0)) for line in {**old, **new}}
    changed = sorted((pair for pair in found.items() if pair[1]), key=lambda pair: (-abs(pair[1]), pair[0]))
    return dict(changed)


def _nothing(evaluation: Evaluation) -> Evaluation:
    """The same instant before anything was there."""
    return Evaluation(evaluation.model, Population(), evaluation.as_of, replace(evaluation.memory, places={}, began={}))


def _giving(evaluation: Evaluation, row: Row | None) -> Iterator[tuple[tuple[str, str], Lapse]]:
    """The lines that give points."""
    if row is None:
        return
    for score in evaluation.model.scores(row.level):
        labels = {line.id: line.label for line in lines(score.items)}
        for line, units in points_by_line(evaluation, score, row).items():
            if units > 0 and line in labels:
                yield (score.name, line), Lapse("", score.name, line, labels[line], from_units(units))
