"""What the lints claim about random rulesets is so, for random data."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from scoreline.engine.instants import Zone
from scoreline.engine.interpreter.outcome import interpret
from scoreline.engine.lints.bounds import Bounds
from scoreline.engine.lints.catalogue import lint
from scoreline.engine.model import Block, Line, Measure, Model, Score, lines
from scoreline.engine.records import Population
from scoreline.engine.results import Outcome

from ..parity.models import model_of
from ..parity.records import data, population
from ..parity.rulesets import ruleset_texts

ZONE = "Europe/Berlin"
AS_OF = 1_772_323_200_000_000  # 2026-03-01


def check(text: str, records: dict[str, list[dict[str, object]]]) -> None:
    try:
        model = model_of(text, ZONE)
    except AssertionError:  # whether random texts are sound is another test's question
        reject()
    kinds = {name: {prop: kind.kind for prop, kind in props.items()} for name, props in model.schema.events.items()}
    people = population(records, Zone.named(ZONE), kinds)
    outcome = interpret(model, people, AS_OF)
    stay_in_bounds(model, outcome)
    fired = {entry.line for entry in outcome.contributions if entry.kind == "line"}
    by_place = {line.span: line for score in model.order if isinstance(score, Score) for line in lines(score.items)}
    for found in lint(model):
        line = by_place.get(found.span)
        if line is None:
            continue
        if found.code in ("L103", "L106"):
            assert line.id not in fired, (found, text)
        elif found.code == "L104":
            assert scores(interpret(without(model, line), people, AS_OF)) == scores(outcome), (found, text)


def stay_in_bounds(model: Model, outcome: Outcome) -> None:
    bounds = Bounds(model)
    for entity in (*outcome.leads, *outcome.accounts):
        for name, units in entity.scores.items():
            interval = bounds.result("score", entity.level, name)
            assert interval.low - 1e-6 <= units / 10000 <= interval.high + 1e-6, (name, interval, units)
        for item in model.order:
            if isinstance(item, Measure) and item.level == entity.level and item.value.kind == "number":
                value, interval = entity.measures[item.name], bounds.result("measure", entity.level, item.name)
                assert value is not None or interval.may_miss, (item.name, interval)
                if isinstance(value, float):
                    assert interval.low - 1e-6 <= value <= interval.high + 1e-6, (item.name, interval, value)


def scores(outcome: Outcome) -> list[tuple[str, dict[str, int]]]:
    return [(entity.id, dict(entity.scores)) for entity in (*outcome.leads, *outcome.accounts)]


def without(model: Model, line: Line) -> Model:
    def kept(items: tuple[Line | Block, ...]) -> tuple[Line | Block, ...]:
        rest = (item for item in items if item is not line)
        return tuple(replace(item, items=kept(item.items)) if isinstance(item, Block) else item for item in rest)

    order = (replace(item, items=kept(item.items)) if isinstance(item, Score) else item for item in model.order)
    return replace(model, order=tuple(order))


QUIET = list(HealthCheck)


@settings(max_examples=15, deadline=None, suppress_health_check=QUIET)
@given(ruleset_texts(), data())
def test_what_the_lints_say_is_so(text: str, records: dict[str, list[dict[str, object]]]) -> None:
    check(text, records)


@pytest.mark.soak
@settings(max_examples=3000, deadline=None, suppress_health_check=QUIET)
@given(ruleset_texts(), st.data())
def test_what_the_lints_say_is_so_at_length(text: str, more: st.DataObject) -> None:
    check(text, more.draw(data()))


def test_a_population_can_be_empty() -> None:
    assert interpret(model_of("score s for lead:\n    always => +1\n", ZONE), Population([], [], []), AS_OF).leads == ()


def test_bounds_count_with_whole_units() -> None:
    """7.7777 × 1.5 is 11.66655 and counts as 11.6666; each factor rounds what the one before has left."""
    text = (
        "score one for account:\n    always => *1.5\n    always => +7.7777\n"
        "score two for account:\n    always => *0.0001\n    always => *1000\n    always => +0.4\n    always => +0.1\n"
    )
    model = model_of(text, ZONE)
    people = population({"accounts": [{"id": "a1"}], "contacts": [], "events": []}, Zone.named(ZONE), {})
    outcome = interpret(model, people, AS_OF)
    assert dict(outcome.accounts[0].scores) == {"one": 116666, "two": 1000}
    stay_in_bounds(model, outcome)
