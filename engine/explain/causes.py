"""What tipped it: why a value of one evaluation is another in a second one of the same lead or account.

The expression is followed down only where its value differs, through scores, measures, grades and roll-ups, to what
really changed: an event that came, one that left its window, a decay, a field, days that became full.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import inf
from typing import NamedTuple

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..interpreter import Evaluation, Row
from ..interpreter.outcome import entries
from ..interpreter.people import Event, newest, newest_first
from ..interpreter.rollups import standing_with
from ..model import (
    Coverage,
    Disqualification,
    EventAggregate,
    Expr,
    Field,
    Grade,
    Happened,
    HeldFor,
    InStageFor,
    LeadAggregate,
    Line,
    Measure,
    Near,
    PeriodAggregate,
    Points,
    Result,
    Score,
    Selection,
    Standing,
    Times,
    lines,
)
from ..records import Value
from ..rounding import from_units
from .describe import selection_text, text_of
from .report import Cause, CauseKind
from .words import shown


@dataclass(frozen=True)
class Pair:
    """The same lead or account in two evaluations."""

    before: Row | None
    now: Row | None

    @property
    def id(self) -> str | None:
        """The lead's id; None for an account."""
        row = self.now or self.before
        return row.entity.id if row is not None and row.level == "lead" else None


class Found(NamedTuple):
    """A cause, and by how much it moved the score that was followed; unknown where it decided a condition itself."""

    cause: Cause
    weight: float | None = None


class Causes:
    """Finds what changed from one evaluation to another."""

    def __init__(self, before: Evaluation, now: Evaluation) -> None:
        self._before, self._now = before, now
        self._seen: set[tuple[object, ...]] = set()
        self._known_before = {event.id for event in before.world.events}
        self._known_now = {event.id for event in now.world.events}
        self._disqualifications: Mapping[Level, Sequence[Disqualification]] = {
            level: now.model.disqualifications(level) for level in ("lead", "account")
        }

    def of_stage(self, level: Level, id: str) -> tuple[Cause, ...]:
        """Why the stage of a lead or account is another one, what came first."""
        return ranked(self._ladder(level, self._pair(level, id)))

    def of_scores(self, level: Level, id: str) -> tuple[Cause, ...]:
        """Why its scores are others."""
        pair = self._pair(level, id)
        return ranked(cause for score in self._now.model.scores(level) for cause in self._score(score, pair))

    def _pair(self, level: Level, id: str) -> Pair:
        return Pair(self._before.row(level, id), self._now.row(level, id))

    # --- what was made of an entity -----------------------------------------------------------------------------------

    def _ladder(self, level: Level, pair: Pair) -> Iterator[Found]:
        ladder = self._now.model.stages(level)
        if ladder is None:
            return
        yield from self._disqualified(level, pair)
        before, now = _held(self._before, pair.before), _held(self._now, pair.now)
        for stage in ladder.stages:
            if (stage.name in before) != (stage.name in now):
                yield from self._expr(stage.condition, pair)
                if stage.stays_while is not None:
                    yield from self._expr(stage.stays_while, pair)

    def _disqualified(self, level: Level, pair: Pair) -> Iterator[Found]:
        for line in self._disqualifications[level]:
            held = [_disqualifies(side, line, row) for side, row in self._sides(pair)]
            if held[0] != held[1]:
                found = list(self._expr(line.condition, pair))
                what = line.label or line.text or text_of(line.condition)
                yield from found or [Found(Cause("days", what, _who(pair), line=line.id))]

    def _sides(self, pair: Pair) -> tuple[tuple[Evaluation, Row | None], tuple[Evaluation, Row | None]]:
        return (self._before, pair.before), (self._now, pair.now)

    def _result(self, wanted: Result, pair: Pair) -> Iterator[Found]:
        pair, level = self._of_level(wanted.level, pair), wanted.level
        if wanted.what == "stage":
            yield from self._ladder(level, pair)
        elif wanted.what == "disqualified":
            yield from self._disqualified(level, pair)
        else:
            yield from self._definition(self._now.definition(wanted), pair)

    def _definition(self, found: object, pair: Pair) -> Iterator[Found]:
        match found:
            case Score():
                yield from self._score(found, pair)
            case Measure():
                yield from self._expr(found.value, pair)
            case Grade():
                for axis in found.axes:
                    yield from self._expr(axis.value, pair)

    def _of_level(self, level: Level, pair: Pair) -> Pair:
        """The account of a lead, where a lead's rule asks for its account."""
        row = pair.now or pair.before
        if row is None or row.level == level or row.account is None:
            return pair
        return self._pair(level, row.account.id)

    # --- scores -------------------------------------------------------------------------------------------------------

    def _score(self, score: Score, pair: Pair) -> Iterator[Found]:
        if self._was_seen(score.name, "score", pair):
            return
        before, now = points_by_line(self._before, score, pair.before), points_by_line(self._now, score, pair.now)
        for line in lines(score.items):
            was, is_ = before.get(line.id, 0), now.get(line.id, 0)
            if was != is_:
                yield from self._line(line, from_units(is_ - was), abs(is_) > abs(was), pair)

    def _line(self, line: Line, difference: float, rises: bool, pair: Pair) -> Iterator[Found]:
        """What changed about a line; where nothing else has, its points aged.

        What changed a line of a lead's score that this one reads keeps the points that it had there; of what this one
        moved it has the share that it had of all that was moved there.
        """
        found = list(self._of_line(line, rises, pair)) or list(self._renewed(line, rises, pair))
        aged = Found(Cause("decay", line.label or (line.id if line.has_written_id else line.text), _who(pair)))
        found = found or ([aged] if line.decay is not None else [])
        whole = sum(each.weight or 0.0 for each in found)
        for cause, weight in found:
            share = 1.0 if weight is None or not whole else weight / whole
            if cause.line is None:
                cause = replace(cause, line=line.id, points=difference)
            yield Found(cause, share * abs(difference))

    def _renewed(self, line: Line, rises: bool, pair: Pair) -> Iterator[Found]:
        """Of a line that ages by the newest of its events: that a newer one came, or that it is gone."""
        by = None if line.decay is None else line.decay.ages_by
        if by is None:
            return
        ages = [None if row is None else newest(side.select(by, row).events) for side, row in self._sides(pair)]
        was, is_ = (-inf if event is None else event.at for event in ages)
        if was != is_ and (is_ > was) == rises:
            yield from self._selection(by, pair, rises)

    def _of_line(self, line: Line, rises: bool, pair: Pair) -> Iterator[Found]:
        each = line.each
        if each is not None and each.selection is not None:
            yield from self._selection(each.selection, pair, rises)
        if each is not None and each.leads is not None:
            yield from self._leads([item for item in (each.leads.where, each.leads.by) if item is not None], pair)
        if line.condition is not None:
            yield from self._expr(line.condition, pair)
        if each is None and isinstance(line.effect, Points | Times):
            yield from self._expr(line.effect.value, pair)

    # --- expressions --------------------------------------------------------------------------------------------------

    def _expr(self, expr: Expr, pair: Pair) -> Iterator[Found]:
        before, now = (None if row is None else side.value(expr, row) for side, row in self._sides(pair))
        if before == now or self._was_seen(id(expr), "expr", pair):
            return
        match expr:
            case Result():
                yield from self._result(expr, pair)
            case Field():
                name = f"{expr.level}.{expr.name}: {shown(before, expr.kind)} → {shown(now, expr.kind)}"
                yield Found(Cause("field", name, _who(pair)))
            case Happened() | EventAggregate() | PeriodAggregate():
                yield from self._selection(expr.selection, pair, _rises(expr, before, now))
            case LeadAggregate() | Coverage():
                asked = (expr.what, expr.leads.where, expr.leads.by)
                yield from self._leads([item for item in asked if item is not None], pair)
            case Standing():
                yield from self._standing(expr, pair, before, now)
            case HeldFor():
                yield from list(self._expr(expr.condition, pair)) or [Found(Cause("days", text_of(expr), _who(pair)))]
            case InStageFor():
                yield Found(Cause("days", text_of(expr), _who(pair)))
            case _:
                for child in expr.children():
                    yield from self._expr(child, pair)

    def _standing(self, expr: Standing, pair: Pair, before: Value, now: Value) -> Iterator[Found]:
        """What changed about itself, unless it would stand where it does without that; and that others changed, first
        if that weighs more."""
        unmoved = self._unmoved(expr, pair)
        if unmoved != now:
            for child in expr.children():
                yield from self._expr(child, pair)
        if isinstance(before, float) and isinstance(now, float) and isinstance(unmoved, float) and unmoved != before:
            said = f"{text_of(expr)} {shown(before, expr.kind)} → {shown(now, expr.kind)}"
            most = abs(unmoved - before) > abs(now - unmoved)
            yield Found(Cause("others", said, _who(pair)), None if most else 0.0)

    def _unmoved(self, expr: Standing, pair: Pair) -> Value:
        """Where it would stand now with the value that it had before; None where it had, or has, no place."""
        was = None if pair.before is None else self._before.value(expr.what, pair.before)
        if pair.now is None or not isinstance(was, float) or self._now.value(expr, pair.now) is None:
            return None
        return standing_with(self._now, expr, pair.now, was)

    def _leads(self, asked: Sequence[Expr], pair: Pair) -> Iterator[Found]:
        """The leads of an account for whom something changed."""
        ids = {lead.id for row in (pair.before, pair.now) if row and row.account for lead in row.account.leads}
        for id_ in sorted(ids):
            lead = self._pair("lead", id_)
            yield from self._disqualified("lead", lead)
            found = [cause for expr in asked for cause in self._expr(expr, lead)]
            if not found and (lead.before is None) != (lead.now is None):
                found = [Found(Cause("there", id_, (id_,)))]
            yield from found

    # --- events -------------------------------------------------------------------------------------------------------

    def _selection(self, selection: Selection, pair: Pair, rises: bool | None = None) -> Iterator[Found]:
        """Which events are others. Where more `rises`, it did not rise by those that left; nor fall by those that came.

        None where neither can be said.
        """
        before, now = (
            {} if row is None else {event.id: event for event in side.select(selection, row).events}
            for side, row in self._sides(pair)
        )
        text = selection_text(selection)
        gained = [event for id_, event in now.items() if id_ not in before]
        lost = [event for id_, event in before.items() if id_ not in now]
        beside = list(self._beside(selection, pair)) if gained or lost else []
        yield from beside
        if not lost or rises is not False:
            yield from _events("came", text, [event for event in gained if event.id not in self._known_before])
            yield from _events("turned", text, [event for event in gained if event.id in self._known_before])
        if not gained or rises is not True:
            yield from _events("turned" if beside else "left", text, lost)

    def _beside(self, selection: Selection, pair: Pair) -> Iterator[Found]:
        """What changed about the other events of a sequence: an event may count, or not, because another one came."""
        for part in selection.test.walk():
            if isinstance(part, Near):
                yield from self._selection(part.anchor, pair)

    def _was_seen(self, part: object, what: str, pair: Pair) -> bool:
        """Whether a part was followed for the same entity before: two ways may lead to one change."""
        key = part, what, pair.id, None if pair.now is None else pair.now.level
        seen = key in self._seen
        self._seen.add(key)
        return seen


def _rises(expr: Happened | EventAggregate | PeriodAggregate, before: Value, now: Value) -> bool | None:
    """Whether a condition or number of events is another because of more of them, or of fewer; None: who knows."""
    if isinstance(expr, Happened):
        if expr.often is not None and expr.often.op == "==":
            return None
        return (expr.often is not None and expr.often.op in ("<", "<=")) is not (now is True)
    if not isinstance(expr, EventAggregate) or expr.function not in ("count", "distinct"):
        return None
    return isinstance(now, float) and now > (before if isinstance(before, float) else 0.0)


def _events(kind: CauseKind, what: str, events: Sequence[Event]) -> Iterator[Found]:
    if events:
        who = sorted({event.lead.id for event in events if event.lead is not None})
        yield Found(Cause(kind, what, tuple(who), len(events), type=min(events, key=newest_first).type))


def _who(pair: Pair) -> tuple[str, ...]:
    return () if pair.id is None else (pair.id,)


def _held(evaluation: Evaluation, row: Row | None) -> set[str]:
    return set() if row is None else {stage.name for stage in evaluation.stages_held(row)}


def _disqualifies(evaluation: Evaluation, line: Disqualification, row: Row | None) -> bool:
    found = None if row is None else evaluation.disqualifying(row)
    return found is line


def points_by_line(evaluation: Evaluation, score: Score, row: Row | None) -> dict[str, int]:
    """The points of each line of a score in units, its cap or what it multiplies included."""
    found: dict[str, int] = {}
    if row is not None:
        for entry in entries(evaluation, evaluation.work(score, row)):
            if entry.line is not None:
                found[entry.line] = found.get(entry.line, 0) + entry.points
    return found


_FIRST: Mapping[CauseKind, int] = {
    "came": 0,
    "field": 1,
    "there": 1,
    "days": 2,
    "turned": 3,
    "left": 4,
    "others": 5,
    "decay": 6,
}


def ranked(found: Iterator[Found]) -> tuple[Cause, ...]:
    """Each cause once, those first that weigh most: what decided a condition itself, then what moved a score most; of
    these that weigh alike, what happened before what merely aged.

    What lost less by age than a twentieth of the most that moved has tipped nothing.
    """
    weights: dict[Cause, float] = {}
    for cause, weight in found:
        weights[cause] = max(weights.get(cause, 0.0), inf if weight is None else weight)
    least = max((weight for weight in weights.values() if weight < inf), default=0.0) / 20
    telling = [cause for cause, weight in weights.items() if cause.kind != "decay" or weight >= least]
    return tuple(
        sorted(telling, key=lambda cause: (-weights[cause], _FIRST[cause.kind], -abs(cause.points or 0.0), cause.what))
    )
