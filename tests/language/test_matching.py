"""`match_accounts: email_domain` in a manifest, on both engines."""

from __future__ import annotations

from pathlib import Path

import scoreline
from scoreline.engine.compiling import compile_at
from scoreline.engine.scenarios.engines import duckdb, reference
from scoreline.engine.scenarios.files import load_scenarios
from scoreline.engine.scenarios.running import run

from .both import MANIFEST, rows, scored, written

MATCHING = MANIFEST.replace("schema:", "match_accounts: email_domain\nschema:").replace(
    "{industry", "{domain: text, industry"
)


def test_rules_see_the_account_on_both_engines(tmp_path: Path) -> None:
    rules = "score fit for lead:\n    big: account.employees >= 100 => +5\nmeasure people for account = count(leads)\n"
    data = {
        "accounts": [{"id": "acme", "domain": "acme.example", "employees": 500}],
        "contacts": [{"id": "ann", "email": "ann@acme.example"}, {"id": "bob", "email": "bob@other.example"}],
        "events": [],
    }
    found = scored(written(tmp_path, rules, MATCHING), data)
    assert rows(found, "fit") == {"ann": 5, "bob": 0} and rows(found, "people") == {"acme": 1}


def test_matching_needs_an_address_and_a_domain(tmp_path: Path) -> None:
    manifest = MATCHING.replace("domain: text, ", "").replace("email: text", "email: number")
    found = compile_at(written(tmp_path, "score s for lead:\n    visit => +1\n", manifest))[1]
    assert [(item.code, item.message) for item in found if item.is_error] == [
        ("R104", "`match_accounts: email_domain` needs `contact.email`, and the schema declares no such text"),
        ("R104", "`match_accounts: email_domain` needs `account.domain`, and the schema declares no such text"),
    ]


SCENARIO = """\
as_of: 2026-03-01
scenarios:
  - name: by the domain of the address
    accounts: [{id: b, domain: Acme.example, employees: 500}, {id: c, domain: acme.example}]
    contacts: [{id: ann, email: ann@ACME.example}, {id: bob, account_id: c, email: bob@acme.example}]
    events: []
    expect: {leads: {ann: {fit: 5}, bob: {fit: 0}}, accounts: {b: {people: 1}, c: {people: 1}}}
"""


def test_scenarios_are_matched_too(tmp_path: Path) -> None:
    rules = "score fit for lead:\n    big: account.employees >= 100 => +5\nmeasure people for account = count(leads)\n"
    ruleset = scoreline.load(written(tmp_path, rules, MATCHING))
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "first.yaml").write_text(SCENARIO, encoding="utf-8")
    (file,), findings, _ = load_scenarios(ruleset.path, ruleset.model, match_by_domain=True)
    assert findings == []
    (verdict,) = run(ruleset.model, file.scenarios, reference, duckdb)
    assert verdict.failures == ()
