"""Scenarios from live data: they pass on both engines, hold only what matters, and nobody can be recognised."""

from __future__ import annotations

import random
from typing import Any

import pytest

from scoreline.engine.data import Dataset
from scoreline.engine.records import Account, Contact, Event, Population
from scoreline.engine.ruleset import Ruleset, load
from scoreline.engine.scenarios.appending import appended
from scoreline.engine.scenarios.engines import duckdb, reference
from scoreline.engine.scenarios.reading import Scenario, read_scenarios
from scoreline.engine.scenarios.recording import NotRecordable, Recording, record
from scoreline.engine.scenarios.reducing import fewest
from scoreline.engine.scenarios.running import run
from scoreline.grammar.source import Source

DAY = 86_400_000_000
NOW = 1_772_366_400_000_000  # 2026-03-01T12:00Z
MANIFEST = """\
scoreline: 1
name: small
version: 1.0.0
files: [a.rules]
schema:
  contact: {name: text, email: text, title: text, role: [buyer, user], age: number}
  account: {name: text, domain: text, employees: number, target: bool}
  events: {page_view: {page: text, seconds: number}, form_submit: {form_name: text}, noise: {}}
"""
RULES = """\
signal visited(name) = page_view where page like name

score engagement for lead 0..100:
    pricing: visited('pricing*') => +10
    chief: contact.title mentions 'chief' => +20
    free: domain(contact.email) == 'gmail.com' => -5
    each visited('docs/*') within 30 days => +1 max 3
    form: form_submit(where form_name == 'demo') => +30 halves every 30 days

score readiness for account 0..100:
    best: always => +0.5 * max(engagement of leads)
    large: account.employees >= 500 => +20
    two: count(leads where engagement >= 10) >= 2 => +15

measure place for account = percentile(readiness)

stages for account:
    seen: engagement_of_any
    ready: readiness >= 40

measure engagement_of_any for account = any(leads where engagement > 0)
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Ruleset:
    folder = tmp_path_factory.mktemp("small")
    (folder / "ruleset.yaml").write_text(MANIFEST, encoding="utf-8")
    (folder / "a.rules").write_text(RULES, encoding="utf-8")
    return load(folder)


def population() -> Population:
    """One account with six people and 200 events, and another that has nothing to do with it."""
    dice = random.Random(7)
    people = [
        Contact(
            f"00{n}-smith",
            "smith-and-sons",
            {
                "name": f"Jane Smith {n}",
                "email": f"jane.smith{n}@{'gmail.com' if n == 3 else 'smith-sons.com'}",
                "title": "Chief Buyer of Smith & Sons" if n == 1 else "Clerk",
                "role": "buyer",
                "age": 40.0 + n,
            },
        )
        for n in range(6)
    ]
    account = Account(
        "smith-and-sons", {"name": "Smith & Sons", "domain": "smith-sons.com", "employees": 1234.0, "target": True}
    )
    pages = ["home", "docs/a", "docs/b", "pricing", "careers"]
    events: list[Event] = []
    for number in range(200):
        at = NOW - dice.randrange(200 * DAY)
        who = f"00{dice.randrange(6)}-smith"
        page: dict[str, Any] = {"page": dice.choice(pages), "seconds": float(dice.randrange(90))}
        kind = dice.choice(["page_view", "page_view", "noise"])
        events.append(Event(f"ev{number}", kind, at, who, None, page if kind == "page_view" else {}))
    events.append(Event("last", "form_submit", NOW - 40 * DAY - 12345, "001-smith", None, {"form_name": "demo"}))
    other = Contact("other", "elsewhere", {"title": "chief"})
    return Population([account, Account("elsewhere")], [*people, other], events)


def recorded(rules: Ruleset, id_: str, **options: Any) -> tuple[Recording, Scenario]:
    dataset = Dataset.from_population(population(), rules.model.schema)
    made = record(rules.model, dataset, id_, NOW, **options)
    dataset.connection.close()
    scenarios, wrong = read_scenarios(Source("tests/a.yaml", f"scenarios:\n{made.text}"), rules.model)
    assert not wrong
    assert all(verdict.passed for verdict in run(rules.model, scenarios, reference, duckdb))
    return made, scenarios[0]


def test_an_account_with_all_its_results(rules: Ruleset) -> None:
    made, scenario = recorded(rules, "smith-and-sons")
    assert {each.name: each.text for each in scenario.expected if each.role != "line"} == {
        "stage": "ready",
        "readiness": "56.9528",
    }
    assert {each.name for each in scenario.expected if each.role == "line"} == {"best", "large", "two"}
    assert made.events == len(scenario.population.events) <= 8
    assert {each.id for each in scenario.population.accounts} == {"acme"}
    assert made.events_before == 201


def test_nobody_can_be_recognised(rules: Ruleset) -> None:
    made, _ = recorded(rules, "smith-and-sons")
    assert not any(word in made.text.lower() for word in ("smith", "jane", "sons", "clerk", "1234", "ev1"))
    assert "title: Chief" in made.text and "employees: 1000" in made.text
    lead, _ = recorded(rules, "003-smith")
    assert "email: someone@gmail.com" in lead.text and "smith" not in lead.text


def test_the_stage_alone_needs_less(rules: Ruleset) -> None:
    _, scenario = recorded(rules, "smith-and-sons", wanted="stage")
    assert [(each.name, each.text) for each in scenario.expected] == [("stage", "ready")]
    found = scenario.population
    for out in found.events:
        fewer = Population(found.accounts, found.contacts, [event for event in found.events if event is not out])
        assert [each.stage for each in reference(rules.model, fewer, NOW).accounts] != ["ready"]


def test_times_are_whole_days_where_that_changes_nothing(rules: Ruleset) -> None:
    made, scenario = recorded(rules, "001-smith")
    assert "form_name: demo, at: 40 days ago" in made.text
    assert all((NOW - event.at) % DAY == 0 for event in scenario.population.events)


def test_what_compares_with_everybody_is_left_out(rules: Ruleset) -> None:
    made, _ = recorded(rules, "elsewhere")
    assert "place" not in made.text and "readiness: 10" in made.text


def test_who_is_not_there_cannot_be_recorded(rules: Ruleset) -> None:
    with pytest.raises(NotRecordable, match="there is no lead or account `nobody`"):
        recorded(rules, "nobody")


def test_names_are_not_taken_twice(rules: Ruleset) -> None:
    made, _ = recorded(rules, "elsewhere", taken=["an account at seen, recorded"])
    assert made.name == "an account at seen, recorded (2)"


def test_fewest_finds_what_is_needed() -> None:
    found = fewest(range(50), lambda kept: sum(kept) >= 90)
    assert sum(found) >= 90 and all(sum(found) - each < 90 for each in found)
    assert fewest([], lambda kept: True) == []
    assert fewest("abc", lambda kept: True) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "scenarios:\n  - name: new\n"),
        ("scenarios:\n", "scenarios:\n  - name: new\n"),
        ("scenarios:\n    - name: a  # why\n", "scenarios:\n    - name: a  # why\n\n    - name: new\n"),
        ("scenarios: [{name: a}]\n", None),
        ("scenarios:\n  - name: a\nas_of: 2026-03-01\n", None),
    ],
)
def test_it_is_put_at_the_end_of_a_file(before: str, after: str | None) -> None:
    assert appended(before, "  - name: new\n") == after
