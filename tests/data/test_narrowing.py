"""To score, only what rules read is read; the results are those of reading everything."""

from __future__ import annotations

from pathlib import Path

import polars
import pytest

import scoreline
from scoreline.engine.data import Dataset
from scoreline.engine.narrowing import narrowed
from scoreline.engine.runners import run
from scoreline.engine.scoring import open_data

from .folders import lines

RULESET = """
scoreline: 1
name: small
version: 1.0.0
files: [lead.rules]
schema:
  contact: {role: text, age: number, email: text, source: {type: text, required: true}}
  account: {region: text, domain: text, employees: number}
  events:
    visit: {page: text, seconds: number}
    call: {minutes: number, note: text, session: text}
"""
RULES = """
score fit for lead:
    buyer: contact.role == 'buyer' => +10
    visited: visit(where page == 'pricing') => +5
    long_call: call(where minutes > 10) => +1
"""
CONTACTS = [{"id": "ann", "account_id": "acme", "role": "buyer", "age": "old", "source": "web"}]
VISIT = {"id": "e1", "type": "visit", "timestamp": "2026-03-01T10:00:00Z", "contact_id": "ann", "page": "pricing"}


@pytest.fixture
def rules(tmp_path: Path) -> scoreline.Ruleset:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "ruleset.yaml").write_text(RULESET)
    (folder / "lead.rules").write_text(RULES)
    return scoreline.load(folder)


def outcome(rules: scoreline.Ruleset, dataset: Dataset) -> object:
    with run(rules.model, dataset, dataset.newest_event() or 0) as made:
        return made.outcome()


def test_what_rules_read_and_records_must_have_stays(rules: scoreline.Ruleset) -> None:
    found = narrowed(rules.model)
    assert list(found.contact) == ["role", "source"]
    assert list(found.account) == []
    assert {name: list(kept) for name, kept in found.events.items()} == {
        "visit": ["page"],
        "call": ["minutes", "session"],
    }


def test_a_field_that_is_derived_stays(tmp_path: Path) -> None:
    file = tmp_path / "one.rules"
    derived = "derive contact.level:\n    contact.age > 40 => 'old'\n"
    file.write_text(f"{derived}score s for lead:\n    a: contact.role is known => +1\n")
    data = {"contacts": [{"id": "a", "age": 3, "level": "new", "role": "x", "other": 1}], "events": [VISIT]}
    assert list(narrowed(scoreline.load(file, data=data).model).contact) == ["age", "level", "role"]


@pytest.mark.parametrize("form", ["ndjson", "parquet", "csv"])
def test_nobody_looks_at_columns_that_no_rule_reads(rules: scoreline.Ruleset, tmp_path: Path, form: str) -> None:
    events = [{**VISIT, "seconds": None}, {**VISIT, "id": "e2", "seconds": "long"}]
    for kind, some in {"contacts": CONTACTS, "events": events}.items():
        frame = polars.DataFrame(some, infer_schema_length=None)
        if form == "ndjson":
            (tmp_path / f"{kind}.ndjson").write_text(lines(*some))
        else:
            getattr(frame, f"write_{form}")(tmp_path / f"{kind}.{form}")
    everything, some_of_it = open_data(rules, tmp_path), open_data(rules, tmp_path, only_read=True)
    assert [finding.code for finding in everything.findings] == ["D201", "D201"]
    assert some_of_it.findings == []
    assert outcome(rules, everything) == outcome(rules, some_of_it)
    assert some_of_it.population().contacts[0].fields == {"role": "buyer", "source": "web"}


@pytest.mark.parametrize("seen", [1_000, 1])
def test_the_whole_of_each_decides_which_of_equal_ids_counts(
    rules: scoreline.Ruleset, tmp_path: Path, seen: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record with fewer seconds wins, and no rule reads seconds; its page is not the one that gives points.

    So where Python has seen all records as where it has seen only the first.
    """
    monkeypatch.setattr("scoreline.engine.data.samples._FIRST", seen)
    events = [{**VISIT, "seconds": 9}, {**VISIT, "seconds": 3, "page": "z"}, {**VISIT, "id": "e2", "seconds": "long"}]
    (tmp_path / "events.ndjson").write_text(lines(*events))
    everything, some_of_it = open_data(rules, tmp_path), open_data(rules, tmp_path, only_read=True)
    assert [event.properties for event in some_of_it.population().events] == [{"page": "pricing"}, {"page": "pricing"}]
    assert [finding.code for finding in everything.findings] == ["D201", "D202"]
    assert [finding.code for finding in some_of_it.findings] == ["D202"]
    assert outcome(rules, everything) == outcome(rules, some_of_it)


@pytest.mark.parametrize("form", ["ndjson", "parquet"])
@pytest.mark.parametrize("seen", [1_000, 1])
def test_only_copies_are_read_whole(
    rules: scoreline.Ruleset, tmp_path: Path, form: str, seen: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is looked at record by record. Of two the one with the age that comes first counts; no rule reads it."""
    monkeypatch.setattr("scoreline.engine.data.samples._FIRST", seen)
    monkeypatch.setattr("scoreline.engine.data.taking.Taking.take", lambda *_: pytest.fail("taken in"))
    ann, *_ = CONTACTS
    contacts = [{**ann, "age": 9.0}, {**ann, "age": 30.0, "role": "user"}, {**ann, "id": "ben", "age": 1.0}]
    contacts += [contacts[2], {**ann, "id": "cat", "age": 4.0, "role": "user"}]
    for kind, some in {"contacts": contacts, "events": [VISIT, {**VISIT, "id": "e2"}]}.items():
        if form == "ndjson":
            (tmp_path / f"{kind}.ndjson").write_text(lines(*some))
        else:
            polars.DataFrame(some).write_parquet(tmp_path / f"{kind}.parquet")
    dataset = open_data(rules, tmp_path, only_read=True)
    assert [(contact.id, contact.fields["role"]) for contact in dataset.population().contacts] == [
        ("ann", "user"),
        ("ben", "buyer"),
        ("cat", "user"),
    ]
    assert [finding.code for finding in dataset.findings] == ["D202"]


def test_addresses_are_read_where_they_find_the_account(rules: scoreline.Ruleset, tmp_path: Path) -> None:
    manifest = rules.path / "ruleset.yaml"
    manifest.write_text(manifest.read_text() + "match_accounts: email_domain\n")
    data = {
        "accounts": [{"id": "acme", "domain": "acme.example"}],
        "contacts": [{"id": "ann", "email": "ann@acme.example", "source": "web"}],
        "events": [VISIT],
    }
    assert [lead["account_id"] for lead in scoreline.load(rules.path).score(data, as_of="latest").leads] == ["acme"]
