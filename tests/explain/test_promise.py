"""After the steps that an explanation names the stage is reached, and without any one of them it is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoreline.engine.explain import explain
from scoreline.engine.records import Account, Contact, Event, Population
from scoreline.engine.ruleset import Ruleset, load
from scoreline.engine.scoring import instant, open_data
from scoreline.engine.surroundings import around

from .acme import AS_OF, ago
from .promise import check_promise

MANIFEST = """
scoreline: 1
name: random
version: 1.0.0
timezone: UTC
files: [rules.rules]
schema:
  contact: {role: [buyer, user, champion]}
  account: {target: bool}
  events: {visit: {page: text}, form: {name: text}, meeting: {minutes: number}, intent: {topic: text}}
"""

LEAD_LINES = (
    "visit(where page == 'pricing') => +10",
    "visit at least 2 times within 30 days => +15",
    "each visit at most 1 per page => +4 max 9",
    "each day with visit within 30 days => +3 max 6",
    "form => +25 fades over 60 days",
    "contact.role == 'buyer' and form(where name == 'demo') => +20",
    "meeting(where minutes >= 30) within 30 days => +18",
    "visit within 7 days after meeting => +8",
    "not visit within 60 days => *0.5",
)
ACCOUNT_LINES = (
    "always => +0.5 * max(engagement of leads)",
    "always => +0.25 * sum(engagement of leads) max 30",
    "any(leads where role == 'buyer' and engagement >= 10) => +20",
    "count(leads where engagement >= 10) >= 2 => +15",
    "visit by at least 2 contacts within 14 days => +12",
    "each intent => +5 max 15",
    "intent(where topic == 'crm') => +10 fades over 30 days",
    "account.target => +10",
)
CONDITIONS = (
    "readiness >= {points}",
    "readiness >= {points} and coverage(role of leads where engagement >= 8, ['buyer', 'champion']) >= 0.5",
    "count(leads where engagement >= {few}) >= 2",
    "readiness >= {few} or (intent and meeting within 30 days)",
    "at least 2 of (readiness >= {points}, visit within 7 days, intent within 7 days)",
)

lines = st.lists(st.sampled_from(LEAD_LINES), min_size=2, max_size=5, unique=True)
account_lines = st.lists(st.sampled_from(ACCOUNT_LINES), min_size=1, max_size=4, unique=True)
conditions = st.builds(
    lambda text, points, few: text.format(points=points, few=few),
    st.sampled_from(CONDITIONS),
    st.integers(5, 60),
    st.integers(4, 20),
)
properties = st.sampled_from(
    [
        ("visit", {"page": "pricing"}),
        ("visit", {"page": "docs"}),
        ("form", {"name": "demo"}),
        ("meeting", {"minutes": 45.0}),
        ("intent", {"topic": "crm"}),
    ]
)
happened = st.lists(st.tuples(properties, st.integers(0, 40), st.sampled_from(["ann", "bob", "cy"])), max_size=5)
roles = st.fixed_dictionaries({id: st.sampled_from(["buyer", "user", None]) for id in ("ann", "bob", "cy")})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("random")
    (folder / "ruleset.yaml").write_text(MANIFEST)
    return folder


def _block(head: str, lines: list[str]) -> str:
    return "\n    ".join([head, *lines]) + "\n"


def _ruleset(folder: Path, of_leads: list[str], of_accounts: list[str], condition: str) -> Ruleset:
    rules = _block("score engagement for lead 0..80:", of_leads)
    rules += _block("score readiness for account 0..100:", of_accounts)
    rules += _block("stages for account:", [f"Q: {condition}"])
    (folder / "rules.rules").write_text(rules)
    return load(folder)


def _population(
    happened: list[tuple[tuple[str, dict[str, object]], int, str]], roles: dict[str, str | None]
) -> Population:
    contacts = [Contact(id, "acme", {"role": role} if role else {}) for id, role in roles.items()]
    events = [
        Event(f"e{n}", type, ago(days), None if type == "intent" else who, "acme" if type == "intent" else None, fields)
        for n, ((type, fields), days, who) in enumerate(happened)
    ]
    return Population([Account("acme", {})], contacts, events)


@settings(max_examples=12, deadline=None)
@given(lines, account_lines, conditions, happened, roles)
def test_random_rules_and_data(
    folder: Path,
    of_leads: list[str],
    of_accounts: list[str],
    condition: str,
    happened: list[tuple[tuple[str, dict[str, object]], int, str]],
    roles: dict[str, str | None],
) -> None:
    _check(folder, of_leads, of_accounts, condition, happened, roles)


@pytest.mark.soak
@settings(max_examples=1500, deadline=None)
@given(lines, account_lines, conditions, happened, roles)
def test_many_random_rules_and_data(
    folder: Path,
    of_leads: list[str],
    of_accounts: list[str],
    condition: str,
    happened: list[tuple[tuple[str, dict[str, object]], int, str]],
    roles: dict[str, str | None],
) -> None:
    _check(folder, of_leads, of_accounts, condition, happened, roles)


def _check(folder: Path, of_leads, of_accounts, condition, happened, roles) -> None:  # type: ignore[no-untyped-def]
    model = _ruleset(folder, of_leads, of_accounts, condition).model
    population = _population(happened, roles)
    check_promise(model, population, AS_OF, explain(model, population, AS_OF, "acme", goal="Q").to_dict())


@pytest.mark.parametrize("account", ["alder-works", "birch-bank"])
def test_accounts_of_the_starter(account: str) -> None:
    """Real rules: windows, decay, caps, sequences, `ignore`, roll-ups."""
    rules = load("abm")
    data = open_data(rules, Path(__file__).parents[2] / "rulesets" / "starter" / "data")
    at = instant("2026-03-01", rules, data)
    population = around(data, rules.model, account)
    told = explain(rules.model, population, at, account, goal="MQA").to_dict()
    assert check_promise(rules.model, population, at, told) > 0
