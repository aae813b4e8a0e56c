"""What rules that compare with everybody need of all others, where somebody asks about one lead or account.

Nobody need be worked out one by one for that: what `rank` and `percentile` compare is taken from a plan over all data,
and so is what the days before have left, where that hangs on it.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import field, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from ..grammar.late_methods import dataclass
from ..grammar.nodes import Level
from .either_way import EitherWay, either_way
from .history import Replayed, days
from .history.kept_replay import is_kept, replay_everybody
from .history.memories import ids_of, memory_of
from .history.standings import Stages as Stood
from .history.standings import last_otherwise, stages_by_day
from .instants import ONE_DAY, Zone, local_date
from .interpreter.course import size
from .interpreter.keys import comparable, is_id
from .interpreter.made import Made
from .interpreter.memory import Memory
from .interpreter.rollups import NOBODY, OTHERS, Elsewhere, segmented
from .links import upstream
from .memory import remembered
from .model import Disqualification, Grade, Measure, Model, Score, Stages, Standing
from .plan.steps import LEVELS
from .records import Population, Value
from .rows import compares, compares_all, walk
from .surroundings import Surroundings, near

if TYPE_CHECKING:
    from .plan.compile import Titles

FEW = 2_000
"""So many events are few."""
WORK = 2_500_000
"""How many events are gone through, on all days together, where nobody asked since when."""
FEWEST, MOST = 7, 30
"""The fewest days that are gone through then, and the most that are gone through at once."""
SMALL = 3_000
"""Somebody of that size (see `size`) is tried on each day before everybody is worked out on it."""

Ids = Mapping[Level, Collection[str]]


class Everybody:
    """All data, of which somebody asks about one lead or account.

    `beside` are those on whom its results depend, but for what is compared with all others. That is known of the
    instants at which it was looked (`look`); and if `tells_days`, so is what the days before these have left (`left`).
    `deciding` are the rules alone that decide stages and disqualification, where these compare with nobody. Where they
    do, a plan also tells where the entity stood (`begin`, `stages`).
    """

    def __init__(self, model: Model, data: Surroundings, entity: str, level: Level | None = None) -> None:
        self.data = data
        self.beside = near(data, entity)
        self._named = set().union(*ids_of(self.beside).values())
        self.deciding = _deciding(model)
        self.tells_days = _days_compare(model)
        self.left: dict[datetime.date, Memory] = {}
        self._stood: Stood = {}
        self._entity = entity
        self._level: Level = level or ("account" if entity in ids_of(self.beside)["account"] else "lead")
        self._ours = _ours(self.beside, entity)
        self._compared = [_Compared(number, *each) for number, each in enumerate(_compared(model))]
        measures = [measure for each in self._compared for measure in each.measures()]
        order = (*model.order, *measures)
        if not self.tells_days:
            kinds = Stages | Disqualification if self.deciding is None else Disqualification
            wanted = [each for each in model.order if isinstance(each, kinds)]
            order = upstream(order, [*wanted, *measures])
        self._model = replace(model, order=order)
        self._zone = Zone.named(model.timezone)
        self._rules = model

    @cached_property
    def _either_way(self) -> EitherWay | None:
        """Whoever asks whether the stage hangs on others, where that takes less time than to work out these."""
        if self.tells_days or size(self.beside) > SMALL:
            return None
        ways = either_way(self._rules, self._level)
        return EitherWay(ways, self.beside, self._level, self._entity) if ways else None

    @cached_property
    def _scores_compare(self) -> bool:
        """Whether more of what its level has hangs on others than its stages."""
        order = self._rules.order
        shown = [item for item in order if isinstance(item, Score | Grade) and item.level == self._level]
        return compares(replace(self._rules, order=upstream(order, shown)))

    def tell(self, made: Made) -> None:
        """Keeps what is known of others where evaluations look for it: what is looked for later, too."""
        for each in self._compared:
            made.keep(each.expr, OTHERS, each.elsewhere)

    def look(self, at: int) -> None:
        """Works out what is compared at an instant, if that is not known yet. Raises PlanError."""
        if any(each.elsewhere.get(at, NOBODY) is NOBODY for each in self._compared):
            self._learn([at], None if self.tells_days else self._titles(), None)

    def begin(self, as_of: int, back: int) -> None:
        """Works out what is compared at an instant; and together with it where the entity stood on so many days before,
        or as many as are at once. Raises PlanError."""
        if back:
            today = local_date(as_of, self._zone)
            self._follow([*days(self._zone, today - min(back, MOST) * ONE_DAY, today - ONE_DAY), as_of], as_of)
        else:
            self.look(as_of)

    def stages(self, first: datetime.date, last: datetime.date) -> tuple[Stood, datetime.date]:
        """The stages up to the last day, and since which day they are worked out: the first one, or a later one. Raises
        PlanError."""
        if last not in self._stood:
            self._follow(days(self._zone, max(first, last - MOST * ONE_DAY), last))
        return self._stood, max(first, min(self._stood))

    def follow(self, as_of: int, back: int, ahead: int) -> None:
        """Works out what is compared on each of so many days before an instant, at it, and on so many after it, as if
        nothing more happened. Raises PlanError.

        The days up to the instant are those that `begin` works out, so that one of both finds what the other has kept;
        where days hang on those before them, all are worked out together.
        """
        today = local_date(as_of, self._zone)
        until = [*days(self._zone, today - back * ONE_DAY, today - ONE_DAY), as_of]
        after = days(self._zone, today + ONE_DAY, today + ahead * ONE_DAY)
        if self.tells_days:
            self._learn([*until, *after], None, as_of)
        else:
            self._learn_some(until, self._titles(also=self._level), as_of, None)
            self._learn_some(after, self._titles(), as_of, as_of)

    def _learn(self, instants: Sequence[int], only: Titles | None, known_at: int | None) -> None:
        with self._replay(instants, only, known_at) as found:
            self._keep(found, instants)

    def _learn_some(self, instants: Sequence[int], only: Titles, today: int, known_at: int | None) -> None:
        """Works out what is compared on the days on which it matters: those on which the stage may hang on it, those
        before and after which it is another, and today. Of all others nothing will be asked but what hangs on nobody.
        """
        needed = self._mattering(instants, only, today, known_at)
        if needed is None:
            self._learn(instants, only, known_at)
            return
        if needed:
            self._learn(needed, self._titles(), known_at)
        for each in self._compared:
            each.elsewhere |= dict.fromkeys({*instants} - {*needed}, NOBODY)

    def _mattering(self, instants: Sequence[int], only: Titles, today: int, known_at: int | None) -> list[int] | None:
        """None where these are all, or known, or so many that all may as well be worked out for whoever comes next."""
        if self._is_kept(instants, only, known_at) or self._either_way is None or self._scores_compare:
            return None
        every = sorted({*instants, today})
        stood = self._either_way.stood(every, known_at)
        are_same = (one in stood and other in stood and stood[one] == stood[other] for one, other in pairwise(every))
        around = {at for pair, same in zip(pairwise(every), are_same, strict=True) if not same for at in pair}
        needed = sorted({today, *around} & {*instants})
        return needed if 2 * len(needed) <= len(instants) else None

    def _follow(self, instants: Sequence[int], as_of: int | None = None) -> None:
        """Finds where the entity stood at instants of several days, of which the last may be that which is asked about;
        and works out what is compared at that one, and before and after the last change among them."""
        stood = self._stood_anyway(instants)
        if stood is None:
            with self._replay(instants, self._titles(also=self._level)) as found:
                stood = stages_by_day(found, self._level, self._entity).get(self._entity, {})
                self._keep(found, self._around(stood, instants))
        elif instants[-1] == as_of or len(self._around(stood, instants)) > 1:  # else nothing is asked of these days
            self._learn(self._around(stood, instants), self._titles(), None)
        self._stood = {day: stood.get(day) for day in self._by_day(instants)}

    def _stood_anyway(self, instants: Sequence[int]) -> Stood | None:
        """Where it stood however it compares with everybody. None where it hangs on that, or where what everybody has
        is known, or worth being worked out: whoever is asked about after somebody else is not the last one."""
        if self._is_kept(instants, self._titles(also=self._level)) or self._either_way is None:
            return None
        found = self._either_way.stood(instants)
        if len(found) < len(instants):
            return None
        stood = {local_date(at, self._zone): stage for at, stage in found.items()}
        around = self._around(stood, instants)
        is_cheap = len(around) == 1 or self._is_kept(around, self._titles())
        return stood if is_cheap or not self._is_kept(around[-1:], self._titles()) else None

    def _around(self, stood: Stood, instants: Sequence[int]) -> list[int]:
        """The last of the instants, and those before and after the last change."""
        day_of = self._by_day(instants)
        last = max(day_of)
        turn = last_otherwise(stood, stood.get(last), last - ONE_DAY, len(day_of) - 1)
        around = [] if turn is None else [turn, turn + ONE_DAY]
        return sorted({day_of[day] for day in (*around, last)})

    def _by_day(self, instants: Sequence[int]) -> dict[datetime.date, int]:
        return {local_date(at, self._zone): at for at in instants}

    def _is_kept(self, instants: Sequence[int], only: Titles, known_at: int | None = None) -> bool:
        return is_kept(self._model, self.data, instants, only, known_at)

    def _replay(
        self, instants: Sequence[int], only: Titles | None, known_at: int | None = None
    ) -> AbstractContextManager[Replayed]:
        return replay_everybody(self._model, self.data, instants, only, self._named, self.tells_days, known_at)

    def _titles(self, also: Level | None = None) -> Titles:
        """What is worked out: what is compared and of whom, and the stage of one level."""
        asked = {(each.level, measure.name) for each in self._compared for measure in each.measures()}
        asked |= {(each, title) for each in LEVELS if each == also for title in ("id", "stage")}
        named = {level: {name for of, name in asked if of == level} for level in LEVELS}
        return {level: {"id", "disqualified", *names} if names else set() for level, names in named.items()}

    def _keep(self, found: Replayed, instants: Collection[int]) -> None:
        for at in instants:
            for each in self._compared:
                each.take(found, at, self._ours[each.level])
            if self.tells_days:
                day = local_date(at, self._zone)
                self.left[day] = memory_of(found, day, ids_of(self.beside))


@dataclass
class _Compared:
    """A `rank` or `percentile`, and of each instant what it compares of all others."""

    number: int
    level: Level
    expr: Standing
    elsewhere: dict[int, Elsewhere] = field(default_factory=dict)

    def measures(self) -> Iterator[Measure]:
        """What is compared, and among whom, as measures of which no rule can have the name."""
        yield Measure(self.level, f"compared {self.number}", self.expr.what)
        if self.expr.per is not None:
            yield Measure(self.level, f"among {self.number}", self.expr.per)

    def take(self, found: Replayed, at: int, ours: Collection[str]) -> None:
        """Keeps what was found at an instant of whoever is not one of ours."""
        columns = [f'"{measure.name}"' for measure in self.measures()]
        is_there = "disqualified IS NULL" if _has(found, self.level, "disqualified") else "true"
        query = f"""SELECT id, {is_there}, {", ".join(columns)} FROM {self.level}_history WHERE "at" = ?"""
        rows = [row for row in found.connection.execute(query, [at]).fetchall() if row[0] not in ours]
        there = (self._valued(*rest) for _, is_there, *rest in rows if is_there)
        self.elsewhere[at] = Elsewhere({row[0] for row in rows}, segmented(there))

    def _valued(self, value: float | None, among: Value = None) -> tuple[float | None, object]:
        """What is compared of somebody, and among whom."""
        per = self.expr.per
        return value, "" if per is None else comparable(among, is_id(per))


def are_few(data: Surroundings) -> bool:
    """Whether everybody is worked out as fast as what is compared of them by a plan."""
    return data.count_events() <= FEW


def affordable(data: Surroundings) -> int:
    """How many days are gone through where nobody asked since when: each takes as long as there is data."""
    return max(FEWEST, min(MOST, WORK // max(1, data.count_events())))


def _has(found: Replayed, level: Level, title: str) -> bool:
    return any(each.title == title for each in found.results[level])


def _deciding(model: Model) -> Model | None:
    wanted = [item for item in model.order if isinstance(item, Stages | Disqualification)]
    deciding = replace(model, order=upstream(model.order, wanted))
    return None if compares(deciding) else deciding


def _days_compare(model: Model) -> bool:
    """Whether what the days before have left hangs on what is compared with everybody."""
    wanted = remembered(model)
    return compares_all(*wanted.needed, *(run.condition for run in wanted.runs))


def _ours(beside: Population, entity: str) -> Ids:
    """Those of whom all is there, and may change in trials: an account with its leads. Of whoever else is named beside
    them there may be a part only."""
    accounts = {each.account_id for each in beside.contacts if each.id == entity} | {entity}
    leads = {each.id for each in beside.contacts if each.account_id in accounts} | {entity}
    return {"lead": leads, "account": {id for id in accounts if id is not None}}


def _compared(model: Model) -> Iterator[tuple[Level, Standing]]:
    for definition in model.order:
        level: Level = "account" if definition.level == "account" else "lead"
        for step in walk(definition, level):
            if isinstance(step.item, Standing):
                yield step.level, step.item
