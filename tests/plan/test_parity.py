"""Both engines give the same, to the last digit, for random models of all that the model can say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from scoreline.engine.data import Dataset
from scoreline.engine.interpreter import interpret
from scoreline.engine.model import Model
from scoreline.engine.records import Population
from scoreline.engine.runners import run

from .building import NOON
from .people import population
from .rest import models

QUICK = settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(QUICK, max_examples=500)


@QUICK
@given(models(), population())
def test_sql_and_interpreter_agree(model: Model, people: Population) -> None:
    with run(model, Dataset.from_population(people, model.schema), NOON) as made:
        assert made.outcome() == interpret(model, people, NOON)


@QUICK
@given(models(), population())
def test_results_do_not_depend_on_contributions(model: Model, people: Population) -> None:
    data = Dataset.from_population(people, model.schema)
    with run(model, data, NOON) as full, run(model, data, NOON, contributions=False) as lean:
        whole, plain = full.outcome(), lean.outcome()
    assert (plain.leads, plain.accounts, plain.counts) == (whole.leads, whole.accounts, whole.counts)
    assert plain.contributions == ()


@pytest.mark.soak
@pytest.mark.parametrize("test", [test_sql_and_interpreter_agree, test_results_do_not_depend_on_contributions])
def test_both_for_long(test: Any) -> None:
    LONG(given(models(), population())(test.hypothesis.inner_test))()
