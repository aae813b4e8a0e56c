"""What holds for every ruleset and all data: everything adds up, and nothing depends on order or on strangers."""

from __future__ import annotations

from collections import defaultdict
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scoreline.cli.explain_markdown import render_markdown
from scoreline.cli.explain_text import render_text
from scoreline.engine.explain import Explanation, explain
from scoreline.engine.explain.report import Block, Item, Line
from scoreline.engine.interpreter import Evaluation, interpret
from scoreline.engine.interpreter.outcome import entity_result
from scoreline.engine.model import Model
from scoreline.engine.records import Population
from scoreline.engine.rounding import UNITS

from .build import AS_OF
from .random_models import Maker

Case = tuple[Model, Population]


def _case(seed: int) -> Case:
    maker = Maker(seed)
    return maker.model(), maker.population()


cases = st.integers(0, 2**32).map(_case)
brisk = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def units(points: float) -> int:
    return round(points * UNITS)


@brisk
@given(cases)
def test_contributions_add_up_to_each_score(case: Case) -> None:
    model, data = case
    outcome = interpret(model, data, AS_OF)
    sums: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for entry in outcome.contributions:
        sums[entry.level, entry.id, entry.score] += entry.points
        assert entry.points or entry.kind == "line"
        assert (entry.line is None) == (entry.kind == "clamp")
    for entity in (*outcome.leads, *outcome.accounts):
        for name, score in entity.scores.items():
            assert sums[entity.level, entity.id, name] == score


@brisk
@given(cases)
def test_the_counts_add_up(case: Case) -> None:
    model, data = case
    counts = interpret(model, data, AS_OF).counts
    assert counts.read == counts.events + counts.ignored + counts.after_as_of + counts.duplicates + counts.rejected


@brisk
@given(cases, st.integers())
def test_the_order_of_records_does_not_matter(case: Case, seed: int) -> None:
    model, data = case
    shuffled = [list(records) for records in (data.accounts, data.contacts, data.events)]
    for records in shuffled:
        Random(seed).shuffle(records)
    assert interpret(model, Population(*shuffled), AS_OF) == interpret(model, data, AS_OF)


@brisk
@given(cases)
def test_a_result_asked_for_alone_is_the_same(case: Case) -> None:
    """Results are worked out when they are asked for, with nothing before them."""
    model, data = case
    outcome = interpret(model, data, AS_OF)
    for entity in (*outcome.leads, *outcome.accounts):
        evaluation = Evaluation(model, data, AS_OF)
        row = evaluation.row(entity.level, entity.id)
        assert row is not None
        assert entity_result(evaluation, row) == entity


@brisk
@given(cases)
def test_an_explanation_adds_up_to_the_results(case: Case) -> None:
    model, data = case
    outcome = interpret(model, data, AS_OF)
    for entity in (*outcome.leads, *outcome.accounts):
        found = explain(model, data, AS_OF, entity.id, entity.level)
        assert {score.name: units(score.total) for score in found.scores} == entity.scores
        assert (found.ladder.stage if found.ladder else None) == entity.stage
        assert (found.disqualified.reason if found.disqualified else None) == entity.disqualified
        _assert_adds_up(found)
        assert found.summary.split()[0].removesuffix(":") == entity.id
        assert render_text(found).splitlines() and render_markdown(found)


def _assert_adds_up(explanation: Explanation) -> None:
    for score in explanation.scores:
        assert units(score.raw) == sum(units(_checked(item)) for item in score.items)
        changes = sum(units(item.difference) for item in score.adjustments)
        assert units(score.total) == units(score.raw) + changes
    for lead in explanation.leads:
        if lead.explanation is not None:
            _assert_adds_up(lead.explanation)


def _checked(item: Item) -> float:
    """What an item gives to its block, after everything inside it was added up."""
    return _checked_line(item) if isinstance(item, Line) else _checked_block(item)


def _checked_line(line: Line) -> float:
    if line.counts:
        assert units(line.total) == units(line.points or 0.0) + units(line.cap)
    else:
        assert line.total == 0
    if line.pieces:
        counted = [piece.points for piece in line.pieces if piece.dropped is None and piece.points is not None]
        assert units(line.points or 0.0) == sum(map(units, counted))
    assert line.holds or not line.total
    return line.total


def _checked_block(block: Block) -> float:
    inner = sum(units(_checked(item)) for item in block.items)
    if block.counts:
        assert units(block.raw) == inner
        assert units(block.total) == inner + sum(units(item.difference) for item in block.adjustments)
    else:
        assert block.total == 0
    return block.total


PROVEN: list[tuple[Any, tuple[st.SearchStrategy[Any], ...]]] = [
    (test_contributions_add_up_to_each_score, (cases,)),
    (test_the_counts_add_up, (cases,)),
    (test_the_order_of_records_does_not_matter, (cases, st.integers())),
    (test_a_result_asked_for_alone_is_the_same, (cases,)),
    (test_an_explanation_adds_up_to_the_results, (cases,)),
]


@pytest.mark.soak
@pytest.mark.parametrize(("proof", "strategies"), PROVEN, ids=[proof.__name__ for proof, _ in PROVEN])
def test_it_holds_for_long(proof: Any, strategies: tuple[st.SearchStrategy[Any], ...]) -> None:
    settings(brisk, max_examples=600)(given(*strategies)(proof.hypothesis.inner_test))()
