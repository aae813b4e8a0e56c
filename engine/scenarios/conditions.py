"""Which outcomes of each condition the scenarios have seen: true for somebody, and false for somebody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ...grammar.late_methods import dataclass
from ...grammar.nodes import File, Level
from ...grammar.printer import to_text
from ...grammar.source import NOWHERE, Span
from ..interpreter import Evaluation, row_of
from ..model import (
    And,
    Block,
    Cases,
    Const,
    Definition,
    Derived,
    Disqualification,
    Expr,
    Happened,
    Line,
    Measure,
    Missing,
    Model,
    Not,
    Or,
    Score,
    SomeOf,
    Stages,
)
from .reading import Scenario


@dataclass(frozen=True)
class Condition:
    """One test of a line, block, case or stage: `and`, `or`, `not` and `at least 2 of` only join such tests.

    `owner` is what it decides: the id of a line, a stage, a field.
    """

    level: Level
    owner: str
    test: Expr
    span: Span

    @property
    def text(self) -> str:
        """As it is written."""
        return to_text(self.test.origin) if self.test.origin is not None else self.owner


@dataclass(frozen=True)
class ConditionCoverage:
    """A condition, and whether it was ever true and ever false."""

    condition: Condition
    was_true: bool
    was_false: bool

    @property
    def seen(self) -> int:
        """How many of its two outcomes came about."""
        return self.was_true + self.was_false


def condition_coverage(
    model: Model, scenarios: Iterable[Scenario], files: Sequence[File] = ()
) -> list[ConditionCoverage]:
    """Every condition of the ruleset (of these files, if any are given) in the order of the files."""
    asked = {file.span.path for file in files}
    found = [item for item in conditions(model) if not asked or item.span.path in asked]
    seen: set[tuple[int, bool]] = set()
    for scenario in scenarios:
        seen |= _outcomes(Evaluation(model, scenario.population, scenario.as_of), found, seen)
    covered = [
        ConditionCoverage(item, (number, True) in seen, (number, False) in seen) for number, item in enumerate(found)
    ]
    return sorted(covered, key=lambda item: item.condition.span)


def outcomes_share(found: Iterable[ConditionCoverage]) -> float:
    """The percentage of outcomes that were seen; rules without conditions are covered.

    >>> outcomes_share([])
    100.0
    """
    items = list(found)
    return 50.0 * sum(item.seen for item in items) / len(items) if items else 100.0


def _outcomes(evaluation: Evaluation, found: Sequence[Condition], seen: set[tuple[int, bool]]) -> set[tuple[int, bool]]:
    """The outcomes in one scenario, for everybody in it."""
    world = evaluation.world
    rows = {"lead": [*map(row_of, world.leads.values())], "account": [*map(row_of, world.accounts.values())]}
    new: set[tuple[int, bool]] = set()
    for number, item in enumerate(found):
        if (number, True) not in seen or (number, False) not in seen:
            new |= {(number, evaluation.holds(item.test, row)) for row in rows[item.level]}
    return new


# --- the conditions of a model --------------------------------------------------------------------------------------


def conditions(model: Model) -> Iterator[Condition]:
    """All conditions that decide something, each test of them for itself."""
    for definition in model.order:
        yield from (
            Condition(level, owner, test, _place(test, span))
            for level, owner, condition, span in _deciding(definition)
            for test in _tests(condition)
        )


Deciding = tuple[Level, str, Expr, Span]


def _deciding(definition: Definition) -> Iterator[Deciding]:
    match definition:
        case Score():
            yield from _of_items(definition.items, definition)
        case Disqualification():
            # The conditions of the blocks around it are in its own, and stand there once more.
            yield definition.level, definition.id, definition.condition, definition.span
        case Derived(level=owner, name=name, value=Cases(items=items)):
            level: Level = "account" if owner == "account" else "lead"
            yield from ((level, f"{owner}.{name}", condition, definition.span) for condition, _ in items)
        case Measure(name=name, value=Cases(items=items)):
            yield from ((definition.level, name, condition, definition.span) for condition, _ in items)
        case Stages():
            for stage in definition.stages:
                yield definition.level, stage.name, stage.condition, stage.span


def _of_items(items: tuple[Line | Block, ...], score: Score) -> Iterator[Deciding]:
    for item in items:
        if isinstance(item, Block):
            if item.condition is not None:
                yield score.level, item.id or score.name, item.condition, item.span
            yield from _of_items(item.items, score)
        elif item.condition is not None:
            yield score.level, item.id, item.condition, item.span
        elif item.each is not None and item.each.selection is not None:
            yield score.level, item.id, Happened(item.each.selection), item.span


def _tests(condition: Expr) -> Iterator[Expr]:
    match condition:
        case And(items=items) | Or(items=items) | SomeOf(items=items):
            for item in items:
                yield from _tests(item)
        case Not(item=Missing()):  # `is known`: one test
            yield condition
        case Not(item=item):
            yield from _tests(item)
        case Const():
            pass
        case _:
            yield condition


def _place(test: Expr, otherwise: Span) -> Span:
    return otherwise if test.origin is None or test.origin.span == NOWHERE else test.origin.span
