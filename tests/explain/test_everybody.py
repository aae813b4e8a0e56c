"""Rules that compare with everybody: of others only what is compared is looked at, and explanations are the same."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

import scoreline
from scoreline.engine import everybody
from scoreline.engine.asking import explained
from scoreline.engine.data import Dataset
from scoreline.engine.instants import DAY
from scoreline.engine.records import Account, Contact, Event, Population

from .acme import AS_OF

MANIFEST = """
scoreline: 1
name: places
version: 1.0.0
timezone: UTC
files: [all.rules]
schema:
  contact: {role: text}
  account: {region: text, size: number}
  events:
    visit: {}
    sold: {}
"""
RULES = """
score interest for lead 0..100:
    each visit within 30 days => +4 max 40 halves every 9 days
    sold within 20 days => disqualify 'customer'
measure pace for lead = percentile(interest per contact.role)
score team for account 0..100:
    people: always => +sum(interest of leads)
    ahead: any(leads where pace >= 50) => +10
    large: account.size >= 100 => +15
measure place for account = rank(team)
measure at_home for account = percentile(team per account.region)
measure visits for account = count(visit within 20 days)
measure calm for account = rank(visits)
stages for account:
    A: place <= 9
    B: place <= 4 and at_home >= 50
"""


def population(seed: int) -> Population:
    chances = random.Random(seed)
    regions = ["EMEA", "emea", "AMER", None]
    accounts = [
        Account(f"a{n}", {k: v for k, v in (("region", chances.choice(regions)), ("size", n * 9.0)) if v is not None})
        for n in range(14)
    ]
    contacts = [
        Contact(f"c{n}", f"a{chances.randrange(16)}", {"role": chances.choice(["buyer", "Buyer", "user"])})
        for n in range(30)
    ]
    events = [
        Event(
            f"e{n}",
            "sold" if chances.random() < 0.02 else "visit",
            AS_OF - chances.randrange(40 * DAY),
            f"c{chances.randrange(33)}",
            chances.choice([None, None, f"a{chances.randrange(16)}"]),
            {},
        )
        for n in range(150)
    ]
    return Population(accounts, contacts, events)


@pytest.mark.parametrize("seed", range(3))
def test_an_explanation_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    (tmp_path / "ruleset.yaml").write_text(MANIFEST)
    (tmp_path / "all.rules").write_text(RULES)
    rules = scoreline.load(tmp_path)
    records = population(seed)
    data = Dataset.from_population(records, rules.model.schema)

    def told(few: int, id: str) -> dict[str, Any]:
        monkeypatch.setattr(everybody, "FEW", few)
        return explained(rules, id, data, AS_OF, since=False, ahead=True).to_dict()

    named = {event.contact_id for event in records.events} - {contact.id for contact in records.contacts}
    for id in ("a3", "c1", *filter(None, sorted(named, key=str)[:1])):
        known = everybody.of_all_others(data, rules.model, id, AS_OF)
        assert known is None  # so few are worked out as they are
        assert told(-1, id) == told(10_000, id)
    monkeypatch.setattr(everybody, "FEW", -1)
    known = everybody.of_all_others(data, rules.model, "a3", AS_OF)
    assert known is not None and all(elsewhere.ids and elsewhere.compared for _, elsewhere in known.compared)
