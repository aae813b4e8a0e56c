"""Replays of the records of few people, written out: as it was done before if it was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...grammar.nodes import Level
from ..model import Model
from ..plan.pace import Pace
from ..plan.steps import AT_HAND, EVERY, INSTANT, LEVELS
from ..planned import kept_or_made
from ..records import Population
from ..runners.script import Making, Script

if TYPE_CHECKING:
    from sqlglot import exp

    from ..plan.compile import Titles
    from ..plan.steps import ResultColumn
    from ..runners.across import Statements


def script(model: Model, population: Population, many: Pace, only: Titles) -> Script:
    """The script of a replay of a population at so many instants, which works out the results of these titles; for
    rules that do not remember the days before. Raises PlanError."""
    begun = [*(each.valid_from for each in population.accounts), *(each.valid_from for each in population.contacts)]
    dated = any(since is not None for since in begun)
    titles = [sorted(only[level]) for level in LEVELS]
    return kept_or_made(
        (model, "script", dated, many, titles), _known, lambda: _written(model, dated, many, only), lambda made: made
    )


def _known(tree: object) -> Script:
    if not isinstance(tree, Script):
        raise TypeError(tree)
    return tree


def _written(model: Model, versioned: bool, many: Pace, only: Titles) -> Script:
    from ..data.layout import layouts
    from ..plan import plan  # what was written before needs neither the planner nor what writes SQL
    from ..runners.across import FEW_INSTANTS, statements
    from ..runners.filling import instants_columns
    from ..runners.making import filling
    from ..sql.statements import text

    made = plan(model, False, versioned=versioned, many=many, only=only)
    steps = statements(made)
    once, spanning, at_hand, each = _parts(steps)
    told = {level: columns for level, columns in made.results.items() if columns}
    return Script(
        tables={
            kind: filling(kind, zip(layout.names, layout.sql_types, strict=True), lasting=True)
            for kind, layout in layouts(model.schema).items()
        },
        once=(Making(FEW_INSTANTS), *once),
        every=filling(EVERY, [("as_of", "BIGINT")]),
        spanning=spanning,
        bounds=filling(AT_HAND, [("first", "BIGINT"), ("last", "BIGINT")]),
        at_hand=at_hand,
        instants=filling(INSTANT, instants_columns(made.instant)),
        each=each,
        columns=made.instant,
        results={level: text(_results(columns, level)) for level, columns in told.items()},
        titles={level: tuple(each.title for each in columns) for level, columns in told.items()},
        only_counts=steps.only_count,
    )


def _parts(steps: Statements) -> list[tuple[Making, ...]]:
    """The steps of each kind, each with the tables that go after it."""
    from ..runners.across import RESULTS
    from ..runners.filling import decay_columns
    from ..runners.making import dropping, filling, last_readers

    every = [step for part in steps.parts for step in part]
    last = last_readers(every, RESULTS)
    makings = []
    for position, step in enumerate(every):
        fill = filling(step.name, decay_columns(step.decays, step.long)) if step.is_decay else None
        gone = tuple(dropping(name) for name in last.get(position, ()))
        makings.append(Making(step.statement, fill, step.decays, step.long, gone))
    rest = iter(makings)
    return [tuple(next(rest) for _ in part) for part in steps.parts]


def _results(columns: Sequence[ResultColumn], level: Level) -> exp.Select:
    """The results of a level by instant; of the parameters `id` and `at` alone, where they are not NULL."""
    from sqlglot import exp

    from ..data.sql import cast, column, either, is_null
    from .replaying import entities

    made = entities(columns, level)
    for name, value, type_ in (("id", column("id", "r"), "TEXT"), ("at", column("as_of", "now"), "BIGINT")):
        asked = cast(exp.Placeholder(this=name), type_)
        made = made.where(either(is_null(asked), value.eq(asked.copy())))
    return made
