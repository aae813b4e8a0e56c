"""What must hold of the interpreter whatever the rules and the data are."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings

from scoreline.engine.instants import Zone
from scoreline.engine.interpreter import interpret

from . import records
from .models import TYPES, model_of
from .rulesets import ruleset_texts

QUICK = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


ANYTHING = (ruleset_texts(), records.data(), records.instants, records.zones)


@QUICK
@given(*ANYTHING)
def test_contributions_add_up_to_each_score(
    text: str, data: dict[str, list[dict[str, object]]], at: int, zone: str
) -> None:
    outcome = interpret(model_of(text, zone), records.population(data, Zone.named(zone), TYPES), at)
    totals: Counter[tuple[str, str, str]] = Counter()
    for entry in outcome.contributions:
        totals[entry.level, entry.id, entry.score] += entry.points
    for entity in (*outcome.leads, *outcome.accounts):
        for score, points in entity.scores.items():
            assert totals[entity.level, entity.id, score] == points


@pytest.mark.soak
def test_contributions_add_up_for_long() -> None:
    inner = test_contributions_add_up_to_each_score.hypothesis.inner_test
    settings(QUICK, max_examples=1000)(given(*ANYTHING)(inner))()
