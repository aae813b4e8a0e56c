"""All results of a run as plain rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from ..instants import day_end
from ..model import Model, Score, SetTo, Times
from ..records import Population, ReadCounts
from ..results import Contribution, DataCounts, EntityResult, Outcome
from .evaluation import Evaluation, recalled
from .lines import LineWork, events_of
from .people import Event
from .remembering import place_now
from .rows import Row
from .scores import Adjustment, BlockWork, ItemWork, ScoreWork

Kind = Literal["line", "cap", "multiplier", "set", "clamp"]


NOT_COUNTED = ReadCounts()
"""Where no reader counted, what was read is what came in."""


def interpret(
    model: Model, population: Population, as_of: int, read: ReadCounts = NOT_COUNTED, history: bool = False
) -> Outcome:
    """Every result of a model on a population at an instant (microseconds), and every contribution to its scores.

    With `history` also since when stages are so, and when each was first held.
    """
    memory = recalled(model, population, as_of, every_ladder=True) if history else None
    evaluation = Evaluation(model, population, as_of, memory)
    rows = [*evaluation.rows("lead"), *evaluation.rows("account")]
    found = evaluate_in_order(evaluation, rows)
    results = [entity_result(evaluation, row) for row in rows]
    if history:
        results = [_dated(evaluation, result, row) for result, row in zip(results, rows, strict=True)]
    return Outcome(
        as_of,
        data_counts(evaluation, len(population.events), read),
        tuple(result for result in results if result.level == "lead"),
        tuple(result for result in results if result.level == "account"),
        tuple(entry for row in rows for score in model.scores(row.level) for entry in found[row, score.name]),
    )


def evaluate_in_order(evaluation: Evaluation, rows: Sequence[Row]) -> Mapping[tuple[Row, str], list[Contribution]]:
    """Works every definition out for every row, each after all that it reads: no deep recursion.

    Gives the entries of each row's scores.
    """
    found: dict[tuple[Row, str], list[Contribution]] = {}
    for definition in evaluation.model.order:
        level = "lead" if definition.level == "contact" else definition.level
        for row in rows:
            if row.level != level:
                continue
            if isinstance(definition, Score):
                found[row, definition.name] = list(entries(evaluation, evaluation.work(definition, row)))
            else:
                evaluation.work_out(definition, row)
    return found


def entity_result(evaluation: Evaluation, row: Row) -> EntityResult:
    """What the rules made of one lead or account."""
    model = evaluation.model
    return EntityResult(
        row.level,
        row.entity.id,
        row.account.id if row.lead is not None and row.account is not None else None,
        {score.name: evaluation.score(score, row) for score in model.scores(row.level)},
        {measure.name: evaluation.measure(measure, row) for measure in model.measures(row.level)},
        {grade.name: evaluation.grade(grade, row) for grade in model.grades(row.level)},
        evaluation.stage(row),
        evaluation.disqualified(row.entity),
    )


def _dated(evaluation: Evaluation, result: EntityResult, row: Row) -> EntityResult:
    """The same, with the days of its stages as instants."""
    ladder = evaluation.model.stages(row.level)
    if ladder is None:
        return result
    today, place = evaluation.memory.day, place_now(evaluation, row)

    def instant(day: date) -> int:
        return evaluation.as_of if day == today else day_end(day, evaluation.zone)

    reached = {each.name: instant(place.reached[each.name]) for each in ladder.stages if each.name in place.reached}
    return replace(result, stage_since=None if place.stage is None else instant(place.since), stages_reached=reached)


def data_counts(evaluation: Evaluation, events: int, read: ReadCounts) -> DataCounts:
    """What became of the data."""
    world, left = evaluation.world, evaluation.left
    return DataCounts(
        read=read.read or events + read.duplicates + read.rejected,
        duplicates=read.duplicates,
        rejected=read.rejected,
        after_as_of=evaluation.later,
        ignored=len(left.events),
        events=len(world.events),
        contacts=len(world.leads),
        accounts=len(world.accounts),
        named_only=world.named_only,
        ignored_by=dict(left.counts()),
    )


# --- contributions ------------------------------------------------------------------------------------------------


def entries(evaluation: Evaluation, work: ScoreWork) -> Iterator[Contribution]:
    """The entries of one score: they add up to it exactly."""
    for item in work.items:
        yield from _item_entries(evaluation, work, item)
    for adjustment in work.adjustments:
        yield _adjusting(work, adjustment)


def _item_entries(evaluation: Evaluation, work: ScoreWork, item: ItemWork) -> Iterator[Contribution]:
    if isinstance(item, BlockWork):
        for inner in item.items:
            yield from _item_entries(evaluation, work, inner)
        for adjustment in item.adjustments:
            yield _adjusting(work, adjustment)
    elif not isinstance(item.line.effect, Times | SetTo) and item.points is not None:
        yield _line_entry(evaluation, work, item, item.points)
        if item.cap:
            yield _entry(work, item.line.id, "cap", item.cap)


def _line_entry(evaluation: Evaluation, work: ScoreWork, item: LineWork, points: int) -> Contribution:
    events = events_of(evaluation, item, work.row)
    if events is None:
        return _entry(work, item.line.id, "line", points)
    return Contribution(
        work.row.level,
        work.row.entity.id,
        work.score.name,
        item.line.id,
        "line",
        points,
        len(events),
        _edge(events, first=True),
        _edge(events, first=False),
    )


def _edge(events: Sequence[Event], first: bool) -> int | None:
    times = [event.at for event in events]
    return (min if first else max)(times, default=None)


def _adjusting(work: ScoreWork, adjustment: Adjustment) -> Contribution:
    return _entry(work, adjustment.line, adjustment.kind, adjustment.difference)


def _entry(work: ScoreWork, line: str | None, kind: Kind, points: int) -> Contribution:
    return Contribution(work.row.level, work.row.entity.id, work.score.name, line, kind, points)
