"""What differs between two accounts, or one at two instants or under two rulesets, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..data import Dataset
from ..explain import find
from ..explain.causes import Causes, points_by_line
from ..explain.conditions import explain_condition
from ..explain.describe import text_of
from ..explain.report import Cause, Condition, Known, Report
from ..explain.words import plain
from ..instants import local_time
from ..interpreter import Evaluation, Row
from ..memory import anchored
from ..model import Model, lines
from ..rounding import from_units
from ..surroundings import around

Sided = tuple[Evaluation, Row]
"""An evaluation, and the lead or account in it that is compared."""


@dataclass(frozen=True, slots=True)
class Side(Report):
    """Who is compared, by which rules and when."""

    id: str
    ruleset: str
    as_of: str
    stage: str | None
    disqualified: str | None


@dataclass(frozen=True, slots=True)
class Value(Report):
    """A measure or a grade, or the text of a condition, on both sides; None where one has no such thing."""

    name: str
    left: Known
    right: Known


@dataclass(frozen=True, slots=True)
class LinePoints(Report):
    """What a line gives on both sides, its caps and factors included; None where one side has no such line."""

    line: str
    label: str | None
    left: float | None
    right: float | None

    @property
    def difference(self) -> float:
        """By how much the right side has more."""
        return (self.right or 0.0) - (self.left or 0.0)


@dataclass(frozen=True, slots=True)
class ScorePoints(Report):
    """A score on both sides, and the lines that make the difference, the largest first; `rest` is what ranges took."""

    score: str
    left: float | None
    right: float | None
    lines: tuple[LinePoints, ...]
    rest: float


@dataclass(frozen=True, slots=True)
class Tested(Report):
    """A condition of a stage that holds on one side only, with the value that it has on each."""

    stage: str
    text: str
    left: bool | None
    right: bool | None
    left_has: str | None
    right_has: str | None


@dataclass(frozen=True, slots=True)
class Comparison(Report):
    """What differs. `causes` are what happened in between, where it is one entity under one ruleset."""

    level: Level
    left: Side
    right: Side
    scores: tuple[ScorePoints, ...]
    measures: tuple[Value, ...]
    grades: tuple[Value, ...]
    conditions: tuple[Tested, ...]
    causes: tuple[Cause, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        standing = self.left.stage == self.right.stage and self.left.disqualified == self.right.disqualified
        return standing and not (self.scores or self.measures or self.grades or self.conditions)


def side_of(model: Model, dataset: Dataset, id: str, as_of: int, level: Level | None = None) -> Sided:
    """One side of a comparison, worked out from the records that it depends on. Raises UnknownId."""
    whole = anchored(model, dataset.oldest_event, as_of)
    evaluation = Evaluation(whole, around(dataset, whole, id), as_of)
    return evaluation, find(evaluation, id, level)


def compare(left: Sided, right: Sided) -> Comparison:
    """The differences between two rows of one level; where it is one entity under one ruleset, also their causes."""
    (one, row), (other, other_row) = left, right
    level = row.level
    causes: tuple[Cause, ...] = ()
    if row.entity.id == other_row.entity.id and one.model.fingerprint == other.model.fingerprint:
        found = Causes(one, other)
        causes = found.of_stage(level, row.entity.id) + found.of_scores(level, row.entity.id)
    return Comparison(
        level,
        _side(one, row),
        _side(other, other_row),
        tuple(_scores(left, right)),
        tuple(_measures(left, right)),
        tuple(_grades(left, right)),
        tuple(_conditions(left, right)),
        tuple(dict.fromkeys(causes)),
    )


def _side(evaluation: Evaluation, row: Row) -> Side:
    model = evaluation.model
    ruleset = f"{model.name} {model.version}".strip()
    return Side(
        row.entity.id,
        ruleset,
        local_time(evaluation.as_of, evaluation.zone),
        evaluation.stage(row),
        evaluation.disqualified(row.entity),
    )


def _names(left: Mapping[str, object], right: Mapping[str, object]) -> list[str]:
    """The names of both sides, those of the left first."""
    return list(dict.fromkeys([*left, *right]))


# --- scores ---------------------------------------------------------------------------------------------------------


def _scores(left: Sided, right: Sided) -> Iterator[ScorePoints]:
    one, other = _score_names(left), _score_names(right)
    for name in _names(one, other):
        before, after = _total(left, name), _total(right, name)
        changed = sorted(_lines(left, right, name), key=lambda line: (-abs(line.difference), line.line))
        if before != after or changed:
            rest = (after or 0.0) - (before or 0.0) - sum(line.difference for line in changed)
            yield ScorePoints(name, before, after, tuple(changed), round(rest, 4))


def _score_names(side: Sided) -> Mapping[str, object]:
    evaluation, row = side
    return {score.name: score for score in evaluation.model.scores(row.level)}


def _total(side: Sided, name: str) -> float | None:
    evaluation, row = side
    score = next((item for item in evaluation.model.scores(row.level) if item.name == name), None)
    return None if score is None else from_units(evaluation.score(score, row))


def _lines(left: Sided, right: Sided, name: str) -> Iterator[LinePoints]:
    (one, labels), (other, more) = _points(left, name), _points(right, name)
    for line in _names(one, other):
        if one.get(line) != other.get(line):
            yield LinePoints(line, labels.get(line) or more.get(line), one.get(line), other.get(line))


def _points(side: Sided, name: str) -> tuple[dict[str, float], dict[str, str | None]]:
    """What each line of a score gives, 0 where it does not fire, and what the lines are called."""
    evaluation, row = side
    for score in evaluation.model.scores(row.level):
        if score.name == name:
            found = dict.fromkeys((line.id for line in lines(score.items)), 0)
            found |= points_by_line(evaluation, score, row)
            labels = {line.id: line.label for line in lines(score.items)}
            return {line: from_units(units) for line, units in found.items()}, labels
    return {}, {}


# --- measures, grades, conditions -----------------------------------------------------------------------------------


def _measures(left: Sided, right: Sided) -> Iterator[Value]:
    one, other = (
        {item.name: plain(side.measure(item, row), item.value.kind) for item in side.model.measures(row.level)}
        for side, row in (left, right)
    )
    yield from _differing(one, other)


def _grades(left: Sided, right: Sided) -> Iterator[Value]:
    one, other = (
        {item.name: side.grade(item, row) for item in side.model.grades(row.level)} for side, row in (left, right)
    )
    yield from _differing(one, other)


def _differing(one: Mapping[str, Known], other: Mapping[str, Known]) -> Iterator[Value]:
    for name in _names(one, other):
        if one.get(name) != other.get(name):
            yield Value(name, one.get(name), other.get(name))


def _conditions(left: Sided, right: Sided) -> Iterator[Tested]:
    """The tests of the stages that hold on one side only."""
    one, other = dict(_tests(left)), dict(_tests(right))
    for key in _names_of(one, other):
        before, after = one.get(key), other.get(key)
        if (before and before.holds) != (after and after.holds):
            yield Tested(
                key[0],
                key[1],
                None if before is None else before.holds,
                None if after is None else after.holds,
                None if before is None else before.has or None,
                None if after is None else after.has or None,
            )


def _names_of(
    one: Mapping[tuple[str, str], Condition], other: Mapping[tuple[str, str], Condition]
) -> Sequence[tuple[str, str]]:
    return list(dict.fromkeys([*one, *other]))


def _tests(side: Sided) -> Iterator[tuple[tuple[str, str], Condition]]:
    evaluation, row = side
    ladder = evaluation.model.stages(row.level)
    for stage in ladder.stages if ladder is not None else ():
        for test in _leaves(explain_condition(evaluation, stage.condition, row)):
            yield (stage.name, test.text), test
        if stage.stays_while is not None:
            test = explain_condition(evaluation, stage.stays_while, row)
            yield (stage.name, f"stays while {text_of(stage.stays_while)}"), test


def _leaves(condition: Condition) -> Iterator[Condition]:
    """The tests that `and`, `or` and `at least 2 of` join."""
    if condition.kind in ("all", "any", "some"):
        for part in condition.parts:
            yield from _leaves(part)
    else:
        yield condition
