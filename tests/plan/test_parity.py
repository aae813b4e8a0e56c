"""Both engines give the same, to the last digit, for random models of all that the model can say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from scoreline.engine.data import Dataset
from scoreline.engine.interpreter import interpret
from scoreline.engine.model import Model
from scoreline.engine.plan import plan
from scoreline.engine.records import Account, Contact, Population
from scoreline.engine.runners import run
from scoreline.engine.runners.embedded import run_plan

from .building import NOON
from .people import population
from .rest import models

QUICK = settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(QUICK, max_examples=500)


@QUICK
@given(models(), population())
def test_sql_and_interpreter_agree_with_contributions_and_without(model: Model, people: Population) -> None:
    data = Dataset.from_population(people, model.schema)
    with run(model, data, NOON) as full, run(model, data, NOON, contributions=False) as lean:
        whole, plain = full.outcome(), lean.outcome()
    assert whole == interpret(model, people, NOON)
    assert (plain.leads, plain.accounts, plain.counts) == (whole.leads, whole.accounts, whole.counts)
    assert plain.contributions == ()


def everyone_recorded(people: Population) -> Population:
    """The same with a record of everyone whom somebody names, and without versions."""
    known = [each for each in people.contacts if each.valid_from is None]
    named = {each.contact_id for each in people.events} | {each.id for each in people.contacts}
    has = {each.id for each in known}
    contacts = [*known, *(Contact(id) for id in sorted(named - has - {None}))]
    firms = {each.account_id for each in (*people.events, *contacts)} - {each.id for each in people.accounts}
    accounts = [*people.accounts, *(Account(id) for id in sorted(firms - {None}))]
    return Population(accounts, contacts, people.events)


@QUICK
@given(models(), population())
def test_nobody_is_looked_for_where_everyone_has_a_record(model: Model, people: Population) -> None:
    people = everyone_recorded(people)
    found = plan(model, recorded=True)
    assert not {"named_contact", "contact_now"} & {step.name for step in found.steps}
    with run_plan(found, Dataset.from_population(people, model.schema), NOON) as made:
        assert made.outcome() == interpret(model, people, NOON)


@pytest.mark.soak
@pytest.mark.parametrize(
    "test",
    [
        test_sql_and_interpreter_agree_with_contributions_and_without,
        test_nobody_is_looked_for_where_everyone_has_a_record,
    ],
)
def test_both_for_long(test: Any) -> None:
    LONG(given(models(), population())(test.hypothesis.inner_test))()
