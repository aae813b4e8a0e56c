"""Rulesets of many lines about events, which are counted by kind and age, give what the interpreter gives."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from scoreline.engine.data import Dataset
from scoreline.engine.instants import Zone
from scoreline.engine.interpreter import interpret
from scoreline.engine.plan import plan
from scoreline.engine.plan.compile import Physical
from scoreline.engine.plan.gathered import MOST_COUNTED
from scoreline.engine.runners import run

from . import records
from .models import TYPES, model_of

EVENTS = (
    *("view", "talk", "intent", "view or talk", "view or intent"),
    *("view(where page == 'pricing')", "view(where page in ['pricing', 'DOCS/A'])", "view(where page like 'docs/*')"),
    *(
        "view(where seconds >= 5)",
        "view(where seconds < 10.5 and hot)",
        "view(where not hot)",
        "view(where page is missing)",
    ),
    *("talk(where title mentions 'head of it')", "talk(where minutes in 2..50)", "intent(where topic == 'crm')"),
    *("talk(where page == 'pricing' or minutes > 30)", "view(where hour in 9..17)", "view(where page != 'a')"),
    *("talk(where title contains 'it')", "intent(where strength >= 10 and topic in ['CRM', 'erp'])"),
)
WINDOWS = ("", "within 3 days", "within 7 days", "within 36 hours", "between 3 and 10 days ago", "more than 5 days ago")
DECAYS = (
    *("", "", "halves every 3 days", "fades over 10 days", "halves every 36 hours", "loses 20% every 2 days"),
    *("loses 1 point every 1 day", "halves every 5 days to 0.5", "fades over 90 minutes"),
)
SHAPES = (
    "{events} {window} => {points}",
    "{events} at least {n} times {window} => {points}",
    "not {events} {window} => {points}",
    "each {events} {window} => {points}",
    "each {events} {window} => {points} max {cap}",
    "each {events} {window} => {points} max {cap} {decay}",
    "{events} {window} => {points} {decay}",
    "each day with {events} {window} => {points}",
    "each day with {events} {window} => {points} {decay}",
    "contact.role == 'buyer' and {events} {window} => {points}",
)


def rules(chances: random.Random, count: int) -> str:
    """One score of so many lines for leads and one for accounts, half of them in groups with bounds."""
    parts: list[str] = []
    out = "    view(where page == 'docs/b') within 2 days => disqualify 'left'"
    for level in ("lead", "account"):
        drawn = [line for line in lines(chances, count) if level == "lead" or "contact." not in line]
        middle = len(drawn) // 2
        gone = [out] if level == "lead" and chances.random() < 0.4 else []
        parts += [f"score s_{level} for {level}:", *gone, *(f"    {line}" for line in drawn[:middle])]
        parts += [f"    group g_{level} max 60:", *(f"        {line}" for line in drawn[middle:])]
    return "\n".join(parts) + "\n"


def lines(chances: random.Random, count: int) -> Iterator[str]:
    for _ in range(count):
        events = chances.choice(EVENTS)
        joined = " or " in events and "where" not in events
        yield chances.choice(SHAPES).format(
            events=f"({events})" if joined else events,
            window=chances.choice(WINDOWS[1:] if joined else WINDOWS),  # without one `or` joins two conditions
            decay=chances.choice(DECAYS),
            points=f"{chances.choice((5, 2.5, 0.0001, 12, -3)):+}",
            cap=chances.choice((10, 7.5, 30)),
            n=chances.choice((1, 2, 3)),
        )


def check(seed: int, physical: Physical, contributions: bool) -> None:
    chances = random.Random(seed)
    model = model_of(rules(chances, chances.choice((8, 25))), chances.choice(records.ZONES))
    people = records.population(records.crowd(chances), Zone.named(model.timezone), TYPES)
    at = chances.choice(records.INSTANTS)
    data = Dataset.from_population(people, model.schema)
    expected = interpret(model, people, at, data.counts)
    with run(model, data, at, contributions=contributions, physical=physical) as made:
        found = made.outcome()
    assert (found.leads, found.accounts, found.counts) == (expected.leads, expected.accounts, expected.counts)
    assert found.contributions == (expected.contributions if contributions else ())


@pytest.mark.parametrize("contributions", [True, False])
@pytest.mark.parametrize("physical", ["wide", "by kind"])
@pytest.mark.parametrize("seed", range(2))
def test_many_lines_give_the_same_on_every_plan(seed: int, physical: Physical, contributions: bool) -> None:
    check(seed, physical, contributions)


@pytest.mark.soak
def test_many_lines_give_the_same_for_long(capsys: pytest.CaptureFixture[str]) -> None:
    for seed in range(150):
        check(seed, "by kind" if seed % 3 else "wide", seed % 2 == 0)
    with capsys.disabled():
        print("\n150 rulesets of many lines compared")


def test_many_lines_are_counted_by_kind_and_few_are_not() -> None:
    def steps(count: int, often: str = "") -> set[str]:
        text = "score s for lead:\n" + "\n".join(
            f"    l{n}: view(where page == 'p{n}'){often} within {n + 1} days => +1" for n in range(count)
        )
        return {step.name for step in plan(model_of(text, "UTC"), contributions=False).steps}

    assert {"kind", "dispatch", "lead_marks_1", "lead_found_1"} <= steps(30)
    assert {"kind", "dispatch", "lead_marks_1"} <= steps(MOST_COUNTED, " at least 2 times")
    assert {"kind", "dispatch", "lead_tallies_1"} <= steps(MOST_COUNTED + 1, " at least 2 times")
    assert not {"kind", "dispatch"} & steps(3)
