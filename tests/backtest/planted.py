"""Accounts of which it is known what their outcome depends on: some lines predict, some are noise, one misleads."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from scoreline.engine.data import Dataset
from scoreline.engine.instants import format_instant
from scoreline.engine.ruleset import Ruleset, load
from scoreline.engine.scoring import open_data

DAY = 86_400_000_000
#: 2026-01-01T00:00Z.
BEGIN = 1_767_225_600_000_000
UNTIL = BEGIN + 400 * DAY

MANIFEST = """
scoreline: 1
name: planted
version: 1.0.0
files: [planted.rules]
schema:
  account: {industry: [steel, paper], status: [Open, Won, Lost]}
  contact: {}
  events:
    demo: {}
    trial: {}
    visit: {}
    letter: {}
    complaint: {}
    deal_won: {}
    deal_lost: {reason: text}
"""
RULES = """
score readiness for account 0..100:
    demo: demo within 60 days => +20 "Asked for a demo"
    trial: each trial within 60 days => +10 max 20 "Tried it"
    visit: visit within 60 days => +15 "Came by"
    letter: letter within 60 days => +10 "Wrote a letter"
    complaint: complaint within 60 days => +20 "Cares enough to complain"
    steel: account.industry == 'steel' => +5

stages for account:
    warm "Warm": readiness >= 15
    hot "Hot": readiness >= 40
"""
PREDICTIVE, NOISE, HARMFUL = {"demo", "trial"}, {"visit", "letter", "steel"}, {"complaint"}


def ruleset(folder: Path, rules: str = RULES, manifest: str = MANIFEST) -> Ruleset:
    """The rules as a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ruleset.yaml").write_text(manifest.strip() + "\n", encoding="utf-8")
    (folder / "planted.rules").write_text(rules.strip() + "\n", encoding="utf-8")
    return load(folder)


def data(accounts: int = 240, seed: int = 1, blind: bool = False) -> dict[str, list[dict[str, Any]]]:
    """Accounts with their events and an outcome on one of ten days; if it is `blind`, events know nothing of it."""
    chance = random.Random(seed)
    made: dict[str, list[dict[str, Any]]] = {"accounts": [], "contacts": [], "events": []}
    for number in range(accounts):
        name = f"a{number:04}"
        wins = chance.random() < 0.4
        seems = chance.random() < 0.4 if blind else wins
        ends = BEGIN + (60 + 30 * chance.randrange(10)) * DAY + DAY // 2
        happens = {
            "demo": 0.7 if seems else 0.2,
            "trial": 0.8 if seems else 0.4,
            "visit": 0.5,
            "letter": 0.3,
            "complaint": 0.15 if seems else 0.5,
        }
        industry = "steel" if chance.random() < 0.5 else "paper"
        made["accounts"].append({"id": name, "industry": industry, "status": "Won" if wins else "Lost"})
        for kind, share in happens.items():
            for _ in range(1 + (kind == "trial")):
                if chance.random() < share:
                    made["events"].append(event(name, kind, ends - chance.randrange(1, 40) * DAY, chance))
        made["events"].append(event(name, "deal_won" if wins else "deal_lost", ends, chance))
    return made


def event(account: str, kind: str, at: int, chance: random.Random) -> dict[str, Any]:
    """One event of an account; lost deals have a reason."""
    reason = {"reason": chance.choice(["price", "timing"])} if kind == "deal_lost" else {}
    whole = {"id": f"{account}-{kind}-{at}-{chance.random():.9f}", "type": kind, "account_id": account}
    return {**whole, "timestamp": format_instant(at), "properties": reason}


def dataset(rules: Ruleset, made: dict[str, list[dict[str, Any]]]) -> Dataset:
    return open_data(rules, made)
