"""Both outcomes of each condition: what counts as one, and for whom it has to come about."""

from __future__ import annotations

from pathlib import Path

from scoreline.engine.ruleset import load
from scoreline.engine.scenarios.conditions import condition_coverage, outcomes_share
from scoreline.engine.scenarios.reading import read_scenarios
from scoreline.grammar.source import Source

MANIFEST = """\
scoreline: 1
name: small
version: 1.0.0
files: [a.rules]
schema:
  contact: {role: text, title: text, grade: text}
  account: {target: bool}
  events: {page_view: {page: text}}
"""
RULES = """\
derive contact.grade:
    contact.title contains 'chief' => 'top'
    otherwise => 'other'

score s for lead:
    both: contact.role == 'buyer' and not (page_view or contact.grade == 'top') => +1
    few: at least 2 of (contact.role is known, account.target) => +1
    views: each page_view => +1
    ever: always => +1
    when account.target:
        out: contact.role == 'rival' => disqualify 'rival'

measure busy for account = count(leads where s > 3)

stages for account:
    hot: busy >= 1
"""


def seen(tmp_path: Path, scenarios: str) -> tuple[dict[str, str], float]:
    (tmp_path / "ruleset.yaml").write_text(MANIFEST, encoding="utf-8")
    (tmp_path / "a.rules").write_text(RULES, encoding="utf-8")
    rules = load(tmp_path)
    found, wrong = read_scenarios(Source("tests/a.yaml", f"as_of: 2026-03-01\nscenarios:\n{scenarios}"), rules.model)
    assert not wrong, wrong
    covered = condition_coverage(rules.model, found, rules.files)
    marks = {(True, True): "both", (True, False): "true", (False, True): "false", (False, False): "none"}
    told = {f"{item.condition.owner}: {item.condition.text}": marks[item.was_true, item.was_false] for item in covered}
    return told, outcomes_share(covered)


def test_each_test_is_one_condition_whatever_joins_them(tmp_path: Path) -> None:
    told, percent = seen(
        tmp_path,
        "  - name: one\n    accounts: [{id: acme, target: true}]\n"
        "    contacts: [{id: ann, account_id: acme, role: buyer, title: chief}]\n    expect: {}\n",
    )
    assert told == {
        "contact.grade: contact.title contains 'chief'": "true",
        "both: contact.role == 'buyer'": "true",
        "both: page_view": "false",
        "both: contact.grade == 'top'": "true",
        "few: contact.role is known": "true",
        "few: account.target": "true",
        "views: views": "false",
        "out: account.target": "true",
        "out: contact.role == 'rival'": "false",
        "s: account.target": "true",
        "hot: busy >= 1": "false",
    }
    assert percent == 50.0


def test_two_people_of_one_scenario_show_both_outcomes(tmp_path: Path) -> None:
    told, percent = seen(
        tmp_path,
        "  - name: one\n    accounts: [{id: acme, target: true}, {id: birch}]\n"
        "    contacts: [{id: ann, account_id: acme, role: buyer, title: chief}, {id: bob, account_id: birch}, "
        "{id: cy, account_id: acme, role: rival}]\n"
        "    events: [{contact: ann, type: page_view, at: [1 day ago, 2 days ago, 3 days ago]}]\n    expect: {}\n",
    )
    assert set(told.values()) == {"both"} and percent == 100.0
