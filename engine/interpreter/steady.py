"""An evaluation that notes for how long what it finds is so.

Whatever is read narrows the time for which the result is known to be the same: an event that comes or leaves a window,
the clock, the memory of a day. What is known for longer than an instant is kept for the others.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Container, Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from operator import attrgetter
from typing import Any

from ..instants import DAY, day_end, local_date
from ..model import (
    And,
    Block,
    Compare,
    Const,
    Disqualification,
    Expr,
    Happened,
    LeadSet,
    Line,
    Model,
    Often,
    Or,
    Result,
    Score,
    Selection,
    Stage,
)
from ..model import lines as lines_of
from ..records import Population, Value
from ..rounding import from_units
from . import ladders
from .conditions import compare, conjunction, disjunction
from .evaluation import Evaluation, Found, row_of
from .evaluator import HANDLERS
from .fading import Direction, direction, directions, goes_with_its_lines, is_above
from .ignoring import Left
from .lines import LineWork, work_line
from .memory import Memory
from .people import NOTHING, Entity, Event, Lead, Timeline, newest
from .period import Brief, Kept, Period, Worked
from .rollups import belongs, members
from .rows import Row
from .scores import ScoreWork, work_score
from .selections import PASSING, Reading, ages, selected
from .windows import micros


class Noted:
    """For how long what is being worked out is so; `shape`: since when it would be, did nothing fade.

    `fades`: in which directions what fades moves it.
    """

    __slots__ = ("fades", "shape", "since", "until")

    def __init__(self, since: int, until: int) -> None:
        self.since = self.shape = since
        self.until = until
        self.fades: set[Direction] = set()

    @property
    def lasts(self) -> bool:
        """Whether it is so for more than an instant."""
        return self.until - self.since > 1

    def meet(self, since: int, until: int) -> None:
        """It hangs on something that is so for this long."""
        if since > self.since:
            self.since = since
        if since > self.shape:
            self.shape = since
        if until < self.until:
            self.until = until

    def meet_fading(self, other: Noted) -> None:
        """It is a sum with something that may fade."""
        self.since, self.shape = max(self.since, other.since), max(self.shape, other.shape)
        self.until = min(self.until, other.until)
        self.fades |= other.fades


LONG = 20 * DAY
"""For how long before a line must not have held, so that it is left out."""


class Steady(Evaluation):
    """The evaluation of one instant of a period."""

    def __init__(self, model: Model, period: Period, as_of: int, memory: Memory, left: Left) -> None:
        self._period = period
        self._at = as_of
        self._noted = Noted(*period.span)
        self._now: dict[tuple[Hashable, Entity | None], Kept] = {}
        super().__init__(model, Population(), as_of, memory, period.lasting, left)

    # --- what is read -------------------------------------------------------------------------------------------------

    @property
    def as_of(self) -> int:
        """The instant. Whoever asks for it depends on it."""
        self._noted.meet(self._at, self._at + 1)
        return self._at

    @as_of.setter
    def as_of(self, at: int) -> None:
        self._at = at

    @property
    def memory(self) -> Memory:
        """What the days before have left."""
        self._noted.meet(self._at, self._at + 1)
        return self._memory

    @memory.setter
    def memory(self, memory: Memory) -> None:
        self._memory = memory

    def aged(self, at: int, unit: int) -> int:
        self._noted.since = max(self._noted.since, self._at)
        self._noted.until = min(self._noted.until, self._at + 1)
        return (self._at - at) // unit

    def remembered(self, part: object, purpose: str, make: Callable[[], Any]) -> Any:
        self._noted.meet(self._at, self._at + 1)
        return super().remembered(part, purpose, make)

    def since_when(self, ask: Callable[[], Found]) -> tuple[Found, int]:
        """What is found, and since when that is so as far as this is known without looking at another instant."""
        found, noted = self._noting(ask)
        return found, noted.since

    # --- what is kept -------------------------------------------------------------------------------------------------

    def _once(self, name: Hashable, entity: Entity, make: Callable[[], Found]) -> Found:
        found: Found = self._kept(name, entity, make).value
        return found

    def _kept(self, name: Hashable, entity: Entity, make: Callable[[], Any]) -> Kept:
        key = name, entity
        kept = self._find(key)
        if kept is None:
            value, noted = self._noting(make)
            kept = Kept(value, noted.since, noted.until, noted.shape, direction(noted.fades))
            (self._period.kept if noted.lasts else self._now)[key] = kept
        self._noted.meet(kept.since, kept.until)
        return kept

    def known(self, name: Hashable, entity: Entity) -> tuple[Any] | None:
        kept = self._find((name, entity))
        return None if kept is None else (kept.value,)

    def _find(self, key: tuple[Hashable, Entity]) -> Kept | None:
        kept = self._now.get(key) or self._period.kept.get(key)
        return kept if kept is not None and kept.since <= self._at < kept.until else None

    def _noting(self, make: Callable[[], Found]) -> tuple[Found, Noted]:
        """Something made, and for how long it is so."""
        around, noted = self._noted, Noted(*self._period.span)
        self._noted = noted
        try:
            return make(), noted
        finally:
            self._noted = around

    # --- results ------------------------------------------------------------------------------------------------------

    def score(self, score: Score, row: Row) -> int:
        total: int = self._score(score, row).value
        return total

    def know_score(self, name: str, lead: Lead, units: int) -> None:
        """What a lead scores at this instant is known from elsewhere."""
        self._now[("score", name), lead] = Kept(units, self._at, self._at + 1, self._at, None)

    def result(self, wanted: Result, entity: Entity) -> Value:
        kept = self._find((("score", wanted.name), entity)) if wanted.what == "score" else None
        if kept is None:
            return super().result(wanted, entity)
        self._noted.meet(kept.since, kept.until)
        return from_units(kept.value)

    def _score(self, score: Score, row: Row) -> Kept:
        return self._kept(("score", score.name), row.entity, lambda: self._total(score, row))

    def _total(self, score: Score, row: Row) -> int:
        """The score in units; lines that do not hold for a long time are not looked at again and again."""
        key = id(score), row.entity
        brief = self._period.brief.get(key)
        if brief is not None and brief.since <= self._at < brief.until:
            self._noted.meet(brief.since, brief.until)
            return work_score(self, brief.score, row).total
        total = work_score(self, score, row).total
        self._period.brief[key] = self._shortened(score, row)
        return total

    def _shortened(self, score: Score, row: Row) -> Brief:
        """A score without the lines that do not hold, and will not, or did not, for long."""
        since, until = self._period.span
        idle: set[int] = set()
        for line in lines_of(score.items):
            kept = self._period.works.get((id(line), row.entity))
            if kept is None and self._is_idle(line, row):
                idle.add(id(line))
            elif kept is not None and not kept.work.held and kept.since <= self._at - LONG and self._at < kept.until:
                since, until = max(since, kept.since), min(until, kept.until)
                idle.add(id(line))
        return Brief(replace(score, items=_without(score.items, idle)), since, until)

    def work(self, score: Score, row: Row) -> ScoreWork:
        return work_score(self, score, row)

    def line(self, line: Line, row: Row) -> LineWork:
        key = id(line), row.entity
        kept = self._period.works.get(key)
        if kept is not None and kept.since <= self._at < kept.until:
            self._noted.meet(kept.since, kept.until)
            return kept.work.again()
        if self._is_idle(line, row):
            idle: LineWork = self.lasting.remembered(line, "idle", lambda: LineWork(line, False))
            return idle
        work, noted = self._noting(lambda: work_line(self, line, row))
        noted.fades = directions(work.pieces)
        self._noted.meet_fading(noted)
        if noted.lasts:
            self._period.works[key] = Worked(work.again(), noted.since, noted.until)
        return work

    def _is_idle(self, line: Line, row: Row) -> bool:
        """Whether it is certain at once that a line does not hold in all the period, for want of events."""
        key = id(line), row.entity
        found = self._period.idle.get(key)
        if found is None:
            found = self._period.idle[key] = self._lacks_events(line, row)
        return found

    def _lacks_events(self, line: Line, row: Row) -> bool:
        if line.each is not None:
            return line.each.selection is not None and self._has_none(line.each.selection, row)
        return line.condition is not None and self._never_holds(line.condition, row)

    def _never_holds(self, expr: Expr, row: Row) -> bool:
        if isinstance(expr, Happened):
            return (expr.often is None or _asks_for_some(expr.often)) and self._has_none(expr.selection, row)
        if isinstance(expr, And):
            return any(self._never_holds(item, row) for item in expr.items)
        return isinstance(expr, Or) and all(self._never_holds(item, row) for item in expr.items)

    def _has_none(self, selection: Selection, row: Row) -> bool:
        """Whether no event of the period is of the types of a selection, or passes what is so at every instant."""
        reading = self._reading(selection)
        entity = row.lead if selection.scope == "lead" and row.lead is not None else row.account
        if entity is None or not self._ever(entity).of_types(reading.types):
            return True
        return isinstance(entity, Lead) and not self._passing_of(selection, reading, entity, row)

    def stage(self, row: Row) -> str | None:
        """From the last stage on: what comes before one that is held decides nothing."""
        ladder = self.model.stages(row.level)
        if ladder is None or ladder.in_order or self.disqualified(row.entity) is not None:
            return super().stage(row)
        held = (each.name for each in reversed(ladder.stages) if self._is_held(each, row))
        return self._once(("stage",), row.entity, lambda: next(held, None))

    def _is_held(self, stage: Stage, row: Row) -> bool:
        return self.holds(stage.condition, row) or ladders.is_kept(self, stage, row)

    def disqualifying(self, row: Row) -> Disqualification | None:
        lines = self._disqualifications[row.level]
        found = (line for line in lines if self._disqualifies(line, row))
        return self._once(("disqualified",), row.entity, lambda: next(found, None))

    def _disqualifies(self, line: Disqualification, row: Row) -> bool:
        """As `ladders.disqualifies`; where it lasts, until when is known."""
        if line.lasting is None or line.ages_by is None or not self.holds(line.condition, row):
            return ladders.disqualifies(self, line, row)
        last = newest(self.select(line.ages_by, row).events)
        length = micros(self, line.lasting, row)
        if last is None or length is None:
            return False
        end = last.at + length
        self._noted.meet(*((self._period.since, end) if self._at < end else (end, self._period.until)))
        return self._at < end

    # --- events and leads ---------------------------------------------------------------------------------------------

    def select(self, selection: Selection, row: Row) -> Timeline:
        reading = self._reading(selection)
        owner = row.lead if reading.by_lead and row.lead is not None else row.account
        entity = row.lead if selection.scope == "lead" and row.lead is not None else row.account
        if owner is None or entity is None or not self._ever(entity).of_types(reading.types):
            return NOTHING
        return self._once(
            ("selected", id(selection)), owner, lambda: self._selected_for(selection, reading, entity, row)
        )

    def _reading(self, selection: Selection) -> Reading:
        found: Reading = self.lasting.remembered(selection, "reading", lambda: Reading.of(selection))
        return found

    def _passing_of(self, selection: Selection, reading: Reading, entity: Entity, row: Row) -> Sequence[Event]:
        return self._once(("passing", id(selection)), entity, lambda: self._passing(selection, reading, entity, row))

    def _selected_for(self, selection: Selection, reading: Reading, entity: Entity, row: Row) -> Timeline:
        passing = self._passing_of(selection, reading, entity, row)
        low, high = ages(self, selection, reading, row)
        inside = Timeline.in_order(self._there(passing[self._place(passing, high) : self._place(passing, low)]))
        rest = self.lasting.remembered(selection, "rest", lambda: replace(reading, types=None, own=And(()), windows=()))
        return selected(self, selection, rest, row.owner(), inside) if _asks_more(selection, rest) else inside

    def _passing(self, selection: Selection, reading: Reading, entity: Entity, row: Row) -> Sequence[Event]:
        """The events of all the period that pass what is so of them at every instant."""
        events, names = self._every(entity).of_types(reading.types), reading.names
        said = [event.id for event in events] if names is None else _said(events, names)  # many events say the same
        purpose = PASSING if names is None else "passing by what is said"
        known: dict[Hashable, bool] = self.lasting.remembered(selection, purpose, dict)
        for key, event in dict(zip(said, events, strict=True)).items():
            if key not in known:
                known[key] = self.holds(reading.own, row.at_event(event))
        return [event for event, key in zip(events, said, strict=True) if known[key]]

    def _place(self, events: Sequence[Event], age: int) -> int:
        """How many events are at least as old; noted is for how long just these are."""
        place = bisect_right(events, self._at - age, key=_time)
        since = events[place - 1].at + age if place else self._period.since
        self._noted.meet(since, events[place].at + age if place < len(events) else self._period.until)
        return place

    def _there(self, events: Sequence[Event]) -> Sequence[Event]:
        """Those that had come in, of events that had happened."""
        late = self._period.late
        came = {event.id: late[event.id] for event in events if event.id in late} if late else None
        if not came:
            return events
        for at in came.values():
            self._noted.meet(*((at, self._period.until) if at <= self._at else (self._period.since, at)))
        return [event for event in events if came.get(event.id, event.at) <= self._at]

    def events_of(self, entity: Entity) -> Timeline:
        every = self._every(entity)
        there = self._there(every.events[: self._place(every.events, 0)])
        return every if len(there) == len(every.events) else Timeline.in_order(there)

    def _every(self, entity: Entity) -> Timeline:
        """The events of all the period; a disqualified lead's count for no account."""
        whole = self._ever(entity)
        return whole if isinstance(entity, Lead) else self._once(("every",), entity, lambda: self._counting(whole))

    def _ever(self, entity: Entity) -> Timeline:
        """All events of the period, those of disqualified leads too."""
        return self._period.whole.world.timeline(entity)

    def session(self, event: Event) -> str:
        self._noted.meet(self._at, self._at + 1)
        return super().session(event)

    def leads(self, leads: LeadSet, row: Row) -> Sequence[Lead]:
        account = row.account
        if account is None:
            return ()
        self.lasting.remembered(leads, "kept", lambda: None)
        return self._once(("members", id(leads)), account, lambda: members(self, leads, row))

    def belongs(self, leads: LeadSet, lead: Lead) -> bool:
        kept = self._find((("belongs", id(leads)), lead))
        if kept is None:
            kept = self._kept(("belongs", id(leads)), lead, lambda: belongs(self, leads, lead))
        self._noted.meet(kept.since, kept.until)
        return kept.value is True

    # --- conditions ---------------------------------------------------------------------------------------------------

    def decided(self, expr: And | Or, row: Row, by: bool) -> bool:
        """Whether an item comes out as that which decides. Of several that do it counts one that does so for long."""
        others, brief = Noted(*self._period.span), None
        for item in self._in_turn(expr):
            holds, noted = self._noting(partial(self.holds, item, row))
            if holds is not by:
                others.meet(noted.since, noted.until)
            elif noted.lasts:
                self._period.deciding[id(expr)] = item
                self._noted.meet(noted.since, noted.until)
                return by
            else:
                brief = brief or noted
        found = brief or others
        self._noted.meet(found.since, found.until)
        return by if brief is not None else not by

    def _in_turn(self, expr: And | Or) -> Sequence[Expr]:
        """What decided last comes first."""
        first = self._period.deciding.get(id(expr))
        return expr.items if first is None else (first, *(item for item in expr.items if item is not first))

    def compared(self, expr: Compare, row: Row) -> bool:
        """Whether a comparison of a score holds, and for how long, though it may fade meanwhile."""
        if self._is_of_now(expr.left, row):
            return compare(self, expr, row)
        return self._once(("compared", id(expr)), row.entity, lambda: self._compare(expr, row))

    def _is_of_now(self, expr: Expr, row: Row) -> bool:
        """Whether a score is known for this instant alone, and nothing of how it fades: there is no more to note."""
        if not isinstance(expr, Result) or expr.what != "score":
            return False
        kept = self._now.get((("score", expr.name), row.lead if expr.level == "lead" else row.account))
        return kept is not None and kept.fades is None and kept.until - kept.since == 1

    def _compare(self, expr: Compare, row: Row) -> bool:
        holds = compare(self, expr, row)
        since = None if self._noted.lasts else self._since(expr, row, holds)
        if since is not None:
            self._noted.since = since
        return holds

    def _since(self, expr: Compare, row: Row, holds: bool) -> int | None:
        """Since when a score that fades is on this side of a limit."""
        score = self._fading(expr.left, row)
        if score is None or score.fades is None or expr.op in ("==", "!="):
            return None
        _, limit = self._noting(lambda: self.value(expr.right, row))
        since = max(score.shape, limit.since)
        if since < self._at and is_above(expr.op, holds) is not (score.fades == "falls"):
            since = self._crossed(expr, row, holds, since)
        return since if since < self._at else None

    def _fading(self, expr: Expr, row: Row) -> Kept | None:
        """A score that may fade and goes with its lines."""
        if not isinstance(expr, Result) or expr.what != "score":
            return None
        entity, score = row.lead if expr.level == "lead" else row.account, self.definition(expr)
        if entity is None or not self.lasting.remembered(score, "goes", lambda: goes_with_its_lines(score)):
            return None
        return self._score(score, row_of(entity))

    def _crossed(self, expr: Compare, row: Row, holds: bool, since: int) -> int:
        """The first end of a day at which a comparison comes out as now, where it changed once at most."""
        first, last = (local_date(at, self.zone).toordinal() for at in (since, self._at))
        middle = first
        while first < last:
            if compare(self._at_end_of(date.fromordinal(middle)), expr, row) is holds:
                last = middle
            else:
                first = middle + 1
            middle = (first + last) // 2
        return min(self._at, day_end(date.fromordinal(first), self.zone))

    def _at_end_of(self, day: date) -> Steady:
        """The evaluation of another day, whatever is remembered: what it has worked out it still knows."""
        ends: dict[date, Steady] = self._period.ends
        if day not in ends:
            ends[day] = Steady(self.model, self._period, day_end(day, self.zone), Memory(day), self._period.whole)
        return ends[day]


def _conjunction(context: Steady, expr: And, row: Row) -> bool:
    """What does not hold decides it. Of an event it is read as it stands."""
    return context.decided(expr, row, by=False) if row.event is None else conjunction(context, expr, row)


def _disjunction(context: Steady, expr: Or, row: Row) -> bool:
    return context.decided(expr, row, by=True) if row.event is None else disjunction(context, expr, row)


def _comparison(context: Steady, expr: Compare, row: Row) -> bool:
    is_of_result = isinstance(expr.left, Result) and row.event is None
    return context.compared(expr, row) if is_of_result else compare(context, expr, row)


OWN: Mapping[type[Expr], Callable[[Any, Any, Row], Any]] = {
    And: _conjunction,
    Or: _disjunction,
    Compare: _comparison,
}
Steady.handlers = {**HANDLERS, **OWN}


def _said(events: Sequence[Event], names: Sequence[str]) -> Sequence[Hashable]:
    """Of each event its type, and what some of its properties say."""
    if not names:
        return [event.type for event in events]
    if len(names) == 1:
        (name,) = names
        return [(event.type, value := event.properties.get(name), type(value)) for event in events]
    found = ((event.type, [event.properties.get(name) for name in names]) for event in events)
    return [(type_, *values, *map(type, values)) for type_, values in found]


def _asks_for_some(often: Often) -> bool:
    """Whether no events at all are not as many as said."""
    count = often.count
    return often.op in (">=", ">") and isinstance(count, Const) and isinstance(count.value, float) and count.value >= 1


def _without(items: Sequence[Line | Block], idle: Container[int]) -> tuple[Line | Block, ...]:
    """The items without some lines; that they are there makes no difference to those that hold."""
    kept = (item for item in items if id(item) not in idle)
    return tuple(replace(item, items=_without(item.items, idle)) if isinstance(item, Block) else item for item in kept)


def _asks_more(selection: Selection, rest: Reading) -> bool:
    """Whether events must pass more than what is so at every instant, and windows of constant lengths."""
    return bool(rest.rest.items) or selection.which is not None or selection.portion is not None


_time = attrgetter("at")
