"""How kinds of events are told apart: by one number, or by texts, of which some share a column."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from scoreline.engine.checker.check import check
from scoreline.engine.data import Dataset
from scoreline.engine.interpreter import interpret
from scoreline.engine.manifest import read_manifest
from scoreline.engine.model import Model
from scoreline.engine.plan import plan
from scoreline.engine.plan.steps import Step
from scoreline.engine.records import Event, Population
from scoreline.engine.runners import run
from scoreline.engine.sql import sql
from scoreline.grammar.parser import parse
from scoreline.grammar.source import Source

from .building import DAY, NOON

MANIFEST = """
scoreline: 1
name: texts
version: 1.0.0
timezone: UTC
files: []
schema:
  events:
    view: {page: text, site: text}
    form: {form: text}
    talk: {site: text, minutes: number}
    mail: {form: number}
"""
RULES = """score interest for lead:
    page: each view(where page == 'a') within 30 days => +1
    form: each form(where form == 'a') within 30 days => +10
    site: each view(where site == 'a') within 7 days => +100
    said: each talk(where site starts with 'a') within 30 days => +1000
    blank: each form(where form is missing) => +10000
    mail: each mail(where form > 1) within 7 days => +100000
    long: each talk(where minutes > 1) => +0.1
    new: view within 7 days => +0.01
    any: each view within 30 days => +0.001 halves every 7 days
"""
TEXTS = (None, "a", "A", "b")


CODED = """score interest for lead:
    page: each view(where page == 'a') within 30 days => +1
    both: view(where page in ['A', 'c'] and not (site == 'a' or site starts with 'B')) within 30 days => +10
    like: each view(where site like 'b' or page like '*b') => +100
    form: each form(where form == 'a') within 30 days => +1000 halves every 7 days
    said: each talk(where site contains 'a' and minutes > 1) within 30 days => +10000
    other: each talk(where site != 'a') => +100000
    any: each view within 7 days => +0.01
    days: each day with view(where page == 'a') within 30 days => +0.001
    most: view(where page in ['a', 'b', 'none']) on at least 2 days => +0.1
"""
WHOLE = (
    "view(where page mentions 'a')",
    "view(where page matches /a/)",
    "view(where page is missing)",
    f"view(where page in [{', '.join(repr(f'p{number}') for number in range(60))}])",
    f"view(where {' or '.join(f'page starts with {letter!r}' for letter in 'abcdefghij')})",
    "view(where page == site)",
)
"""What takes a whole text."""


def model(rules: str = RULES) -> Model:
    manifest, _ = read_manifest(Source("ruleset.yaml", MANIFEST), "texts")
    assert manifest is not None
    file, _ = parse(Source("texts.rules", rules))
    made = check([file], manifest).model
    assert made is not None
    return made


def events() -> list[Event]:
    """Each type with each combination of values, young and old."""
    made = [("view", {"page": page, "site": site}) for page, site in product(TEXTS, TEXTS)]
    made += [("form", {"form": text}) for text in TEXTS]
    made += [("talk", {"site": text, "minutes": minutes}) for text, minutes in product(TEXTS, (None, 1.0, 2.0))]
    made += [("mail", {"form": number}) for number in (None, 1.0, 2.0)]
    return [
        Event(f"e{number} {days}", type_, NOON - days * DAY, f"c{number % 3}", None, values)
        for number, (type_, values) in enumerate(made)
        for days in (1, 10, 40)
    ]


def test_texts_that_no_event_has_together_share_a_column() -> None:
    (distinct,) = (each.text for each in sql(plan(model())) if each.step == "kind")
    columns = distinct.partition("SELECT DISTINCT ")[2].partition(" FROM ")[0]
    assert [column.rpartition(" AS ")[2] for column in columns.split(", ")] == [
        '"type"',
        '"site"',
        '"texts 1"',
        '"traits 1"',
    ]


def test_texts_are_not_kept_where_a_number_tells_them_apart() -> None:
    made = plan(model(CODED))
    assert "placed" not in [step.name for step in made.steps]
    (event,) = (step for step in made.steps if isinstance(step, Step) and step.name == "event")
    assert set(event.relation.names) == {"slot", "lead", "at", "age in days", "day"}


@pytest.mark.parametrize("test", WHOLE)
def test_texts_are_kept_where_a_test_takes_them_whole(test: str) -> None:
    steps = {each.step for each in sql(plan(model(f"{CODED}    whole: {test} => +1\n")))}
    assert {"kind", "placed"} <= steps


@pytest.mark.parametrize("rules", [RULES, CODED, *(f"{CODED}    whole: {test} => +1\n" for test in WHOLE)])
@pytest.mark.parametrize("contributions", [True, False])
def test_kinds_are_told_apart(rules: str, contributions: bool) -> None:
    found = model(rules)
    people = Population((), (), events())
    expected = interpret(found, people, NOON)
    with run(found, Dataset.from_population(people, found.schema), NOON, contributions) as made:
        assert made.outcome() == (expected if contributions else replace(expected, contributions=()))
