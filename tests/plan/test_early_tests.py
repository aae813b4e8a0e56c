"""Tests of texts of records are made where records are read, and come out the same for those who have no record."""

from __future__ import annotations

import pytest

from scoreline.engine.data import Dataset
from scoreline.engine.interpreter import interpret
from scoreline.engine.plan import plan
from scoreline.engine.plan.steps import Step
from scoreline.engine.records import Contact, Event, Population
from scoreline.engine.runners import run

from .building import NOON
from .compiled import model_of

SEVERAL = "\n".join(f"r{number}: contact.role == 'role {number}' => +{number}" for number in range(1, 8)) + "\n"
EARLY = {
    "mentioned": "head: contact.role mentions 'head of' => +1\n",
    "missing": "none: contact.role is missing => +1\n",
    "not": "other: not (contact.role == 'a' or contact.role is missing) => +1\nunlike: contact.role != 'buyer' => +1\n",
    "several": SEVERAL,
}
KEPT = {
    "measured": "measure what for lead = contact.role\nhead: contact.role == 'buyer' => +1\n",
    "with events": "both: contact.role == 'buyer' and page_view => +1\n",
    "many": f"{SEVERAL}r8: contact.role starts with 'a' => +8\nr9: contact.role ends with 'a' => +9\n",
}
ROLES = ("buyer", "Buyer", "Head  of sales", "role 7", "a", "", None)


def columns(rules: str) -> set[str]:
    (lead,) = (step for step in plan(model_of(rules), False).steps if isinstance(step, Step) and step.name == "lead")
    return {name for name in lead.relation.names if name.startswith("role")}


@pytest.mark.parametrize("rules", EARLY.values(), ids=EARLY)
def test_a_text_is_not_kept_of_which_only_tests_are_asked(rules: str) -> None:
    assert not columns(rules)


@pytest.mark.parametrize("rules", KEPT.values(), ids=KEPT)
def test_a_text_is_kept_that_others_ask_for_too(rules: str) -> None:
    assert columns(rules)


@pytest.mark.parametrize("rules", [*EARLY.values(), *KEPT.values()], ids=[*EARLY, *KEPT])
def test_everybody_has_the_same_results(rules: str) -> None:
    found = model_of(rules)
    contacts = [Contact(id=f"c{number}", account_id="a", fields={"role": role}) for number, role in enumerate(ROLES)]
    events = [Event(f"e{number}", "page_view", NOON - 1, f"c{number}") for number in (0, 4, 20)]
    people = Population((), contacts, events)
    with run(found, Dataset.from_population(people, found.schema), NOON) as made:
        assert made.outcome() == interpret(found, people, NOON)
