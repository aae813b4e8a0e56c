"""Since when: a lead or account day by day, each move between stages with what tipped it, and what comes next.

What compares with everybody (`rank`, `percentile`, and what reads them) is told of the last days and of those ahead; of
the days before it is left out, and named: it would need everybody's history.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..alone import alone
from ..explain import find
from ..explain.causes import Causes, points_by_line
from ..explain.report import Cause, Report
from ..instants import ONE_DAY, Zone, day_end, local_date, local_time
from ..interpreter import Evaluation
from ..interpreter.course import size
from ..memory import anchored, remembers
from ..model import Model, lines
from ..reads import Key
from ..records import Population
from ..room import roomy
from ..rounding import from_units
from ..surroundings import Surroundings, around
from .seen import Day, Lapse, Seen, Ways, Who, replayed, walked

AHEAD = 90
"""How many days are looked ahead."""
WORK = 60_000
"""How many events, on all days together, take the interpreter as long as a plan takes to be made."""


class NotTold(Exception):
    """There is no history to tell; `hint` says why."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Move(Report):
    """A change of stage, on the day at whose end it was first seen.

    `scores` are those that changed (before, after), `lines` by how much each line of them did, the largest first.
    `already`: it was there before, on the day before that of its first event; or on the first day that rules remember.
    """

    day: str
    before: str | None
    after: str | None
    scores: Mapping[str, tuple[float, float]]
    lines: Mapping[str, float]
    causes: tuple[Cause, ...]
    already: bool = False


@dataclass(frozen=True, slots=True)
class Forecast(Report):
    """The days after the instant as if nothing more happened: changes alone among `days`, up to `until`."""

    until: str
    days: tuple[Day, ...]
    moves: tuple[Move, ...]
    lapses: tuple[Lapse, ...]


@dataclass(frozen=True, slots=True)
class History(Report):
    """A lead or account from its first event to the instant, or from the day from which rules remember. `days` are
    those on which something was another than on the day before. `left_out` are results that compare with everybody: of
    days before `left_out_before` they are not told; without such a day, of none. Without `since` it is below the first
    stage, or was already where it is when its history begins, or when its stages are told."""

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
    left_out_before: str | None = None


def history(
    model: Model, dataset: Surroundings, id: str, as_of: int, level: Level | None = None, ahead: int = AHEAD
) -> History:
    """The history of one id, and the days ahead. Raises UnknownId, or NotTold where there is nothing to tell."""
    model = anchored(model, dataset.oldest_event, as_of)
    some, keys = alone(model)

    def work() -> History:
        if keys:
            from ..plan.errors import PlanError

            with suppress(PlanError):  # of what no plan can do, it is told what compares with nobody
                return _among_everybody(model, some, dataset, id, as_of, level, ahead, keys)
        return of_population(some, around(dataset, some, id), id, as_of, level, ahead, _words(keys))

    return roomy(work)


def _words(keys: Iterable[Key]) -> tuple[str, ...]:
    return tuple(key.words for key in keys)


def _not_told(level: Level, left_out: tuple[str, ...]) -> NotTold:
    if not left_out:
        return NotTold(f"{level}s have neither scores nor stages in this ruleset")
    return NotTold(
        f"the history of one {level} cannot be told: all that {level}s have compares with everybody",
        f"`rank` or `percentile` decide {', '.join(left_out)}; `scoreline replay` follows everybody",
    )


def of_population(
    model: Model,
    population: Population,
    id: str,
    as_of: int,
    level: Level | None = None,
    ahead: int = AHEAD,
    left_out: tuple[str, ...] = (),
    at_once: bool | None = None,
) -> History:
    """As `history`, for records that are there already and a model that compares with nobody.

    The days are worked out `at_once` by a plan, or one after the other; by default as takes less time.
    """
    who, first = _begun_by(model, population, id, as_of, level, left_out)
    until, after = _ways(model, population, who, as_of, first - ONE_DAY, ahead, at_once)
    past = Followed(first=first.isoformat())
    past.follow(until)
    return _history(model, who, as_of, ahead, past, after, left_out)


def _begun_by(
    model: Model,
    population: Population,
    id: str,
    as_of: int,
    level: Level | None,
    left_out: tuple[str, ...] = (),
) -> tuple[Who, datetime.date]:
    """Who has that id, and the day of their first event. Raises UnknownId and NotTold."""
    there = Evaluation(replace(model, order=()), population, as_of)
    row = find(there, id, level)
    if not _has_any(model, row.level):
        raise _not_told(row.level, left_out)
    events = there.world.timeline(row.entity).events
    return Who(row.level, id), local_date(events[0].at if events else as_of, Zone.named(model.timezone))


def _has_any(model: Model, level: Level) -> bool:
    return bool(model.scores(level)) or model.stages(level) is not None


def _history(
    model: Model,
    who: Who,
    as_of: int,
    ahead: int,
    past: Followed,
    after: Iterator[Seen],
    left_out: tuple[str, ...] = (),
    left_out_before: str | None = None,
) -> History:
    zone = Zone.named(model.timezone)
    future = Followed(past.last)
    future.follow(after)
    now = past.days[-1]
    return History(
        who.level,
        who.id,
        local_time(as_of, zone),
        zone.name,
        past.first,
        now.stage,
        past.moves[-1].day if past.moves and not past.moves[-1].already and now.stage is not None else None,
        tuple(past.days),
        tuple(past.moves),
        Forecast(_later(as_of, zone, ahead), tuple(future.days), tuple(future.moves), tuple(future.lapses)),
        left_out,
        left_out_before,
    )


def _among_everybody(
    model: Model,
    some: Model,
    dataset: Surroundings,
    id: str,
    as_of: int,
    level: Level | None,
    ahead: int,
    keys: Collection[Key],
) -> History:
    """What compares with everybody is told of the last days and of those ahead, of which one plan tells what all others
    have; of the days before only what `some` rules say that compare with nobody. Raises PlanError."""
    from ..everybody import Everybody, affordable

    others = Everybody(model, dataset, id, level)
    who, first = _begun_by(model, others.beside, id, as_of, level)
    begin, today = first - ONE_DAY, local_date(as_of, Zone.named(model.timezone))
    back = affordable(dataset)
    turn = max(begin, today - back * ONE_DAY)
    others.follow(as_of, back, ahead)
    past = Followed(first=first.isoformat())
    if turn > begin and _has_any(some, who.level):
        until, _ = _ways(some, others.beside, who, day_end(turn, Zone.named(model.timezone)), begin, 0, None)
        past.follow(until)
    until, after = walked(model, others.beside, who, as_of, turn, ahead, others)
    if turn > begin:
        past.widen(next(until))
    past.follow(until)
    left = (_words(keys), turn.isoformat()) if turn > begin else ((), None)
    return _history(model, who, as_of, ahead, past, after, *left)


def _ways(
    model: Model,
    population: Population,
    who: Who,
    as_of: int,
    first: datetime.date,
    ahead: int,
    at_once: bool | None,
) -> Ways:
    """The days by a plan where that takes less time; of rules that remember, each day has to know the one before."""
    days = (local_date(as_of, Zone.named(model.timezone)) - first).days + ahead
    if at_once is None:
        at_once = days * size(population) > WORK
    if at_once and not remembers(model):
        from ..plan.errors import PlanError

        with suppress(PlanError):  # what no plan can do is done day after day
            return replayed(model, population, who, as_of, first, ahead)
    return walked(model, population, who, as_of, first, ahead)


def _later(as_of: int, zone: Zone, days: int) -> str:
    return (local_date(as_of, zone) + datetime.timedelta(days=days)).isoformat()


class Followed:
    """One lead or account followed from day to day, beginning after the day `last`, if one is given; `first` is the day
    of its first event. Of the day before that only where it was is told."""

    def __init__(self, last: Seen | None = None, first: str = "") -> None:
        self.last = last
        self.first = first
        self.days: list[Day] = []
        self.moves: list[Move] = []
        self.lapses: list[Lapse] = []
        self._giving = {} if last is None else _giving(last)

    def follow(self, seen: Iterator[Seen]) -> None:
        """Notes what changed on each day."""
        for now in seen:
            if self.last is None:
                self._begin(now)
            else:
                self._go_on(self.last, now)
            self.lapses += self._lapsed(now)
            self.last = now

    def widen(self, now: Seen) -> None:
        """Goes on from the last day with more that is told: stages that were not told before were there already."""
        if self.days and self.days[-1].day == now.day.day:
            self.days[-1] = now.day
        else:
            self.days.append(now.day)
        if now.day.stage is not None and (self.last is None or self.last.day.stage != now.day.stage):
            self.moves.append(_begun(now, now.day.day))
        self.last = now

    def _begin(self, now: Seen) -> None:
        if now.day.day >= self.first:
            self.days.append(now.day)
        if now.day.stage is None:
            return
        if now.day.day == self.first:
            self.moves.append(_move(None, now))
        else:
            self.moves.append(_begun(now, max(now.day.day, self.first)))

    def _go_on(self, last: Seen, now: Seen) -> None:
        if not self.days or not _same(last.day, now.day):
            self.days.append(now.day)
        if last.day.stage != now.day.stage:
            self.moves.append(_move(last, now))

    def _lapsed(self, now: Seen) -> list[Lapse]:
        """The lines that gave points at the start and give none any more."""
        giving = now.giving() if self._giving else {}
        gone = [key for key in self._giving if key not in giving]
        return [replace(self._giving.pop(key), day=now.day.day) for key in gone]


def _giving(seen: Seen) -> dict[tuple[str, str], Lapse]:
    """The lines that give points; the day is to be filled in."""
    scores, points = seen.evaluation.model.scores(seen.who.level), seen.giving()
    every = ((score.name, line) for score in scores for line in lines(score.items))
    found = ((name, line, points[name, line.id]) for name, line in every if (name, line.id) in points)
    return {(name, line.id): Lapse("", name, line.id, line.label, worth) for name, line, worth in found}


def _move(last: Seen | None, now: Seen) -> Move:
    """The move from one day to the next, with what tipped it."""
    level, id = now.who
    later = now.evaluation
    earlier = _nothing(later) if last is None else last.evaluation
    scores = {} if last is None else last.day.scores
    changed = [(name, value) for name, value in now.day.scores.items() if scores.get(name) != value]
    return Move(
        now.day.day,
        None if last is None else last.day.stage,
        now.day.stage,
        {name: (scores.get(name, 0.0), value) for name, value in changed},
        _moved(earlier, later, level, id),
        Causes(earlier, later).of_stage(level, id),
    )


def _begun(now: Seen, day: str) -> Move:
    """Where it was already when the history begins: nothing is known of how it came there."""
    return Move(day, None, now.day.stage, {}, {}, (), already=True)


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
