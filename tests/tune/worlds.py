"""Made-up opportunities whose truth is known: which answers matter, which are noise."""

from __future__ import annotations

import random
from math import exp
from pathlib import Path

MANIFEST = """\
scoreline: 1
name: deals
version: 1.0.0
files: [deals.rules]
schema:
  contact: {}
  account:
    strong: bool
    weak: bool
    noise: bool
    bad: bool
    size: number
    status: [Won, Lost]           # allow L402 the outcome
"""
RULES = """\
param strong_points = 10 in 0..40  # what matters most
param weak_points = 10 in 0..40
param noise_points = 10 in 0..40
param bad_points = 10 in 0..40
param from_size = 500 in 100..900
param good_from = 20 in 5..60

score chance for account 0..100:
    strong: account.strong => +strong_points
    weak: account.weak => +weak_points
    noise: account.noise => +noise_points
    bad: account.bad => -bad_points
    large: account.size >= from_size => +15
    base: always => +20

stages for account:
    good: chance >= good_from
"""
TRUTH = {"strong": 2.2, "weak": 0.7, "noise": 0.0, "bad": -1.5}


def opportunities(count: int = 240, seed: int = 1, size_from: float = 300) -> list[dict[str, object]]:
    """Opportunities that are won as TRUTH says; a size from `size_from` on makes winning likelier."""
    dice = random.Random(seed)
    found: list[dict[str, object]] = []
    for number in range(count):
        fields: dict[str, object] = {name: dice.random() < 0.4 for name in TRUTH}
        size = dice.randrange(0, 1000)
        odds = sum(TRUTH[name] for name in TRUTH if fields[name]) + (1.5 if size >= size_from else 0.0) - 1.6
        won = dice.random() < 1 / (1 + exp(-odds))
        found.append({"id": f"o{number:03}", **fields, "size": size, "status": "Won" if won else "Lost"})
    return found


def shuffled(items: list[dict[str, object]], seed: int = 2) -> list[dict[str, object]]:
    """The same with the outcomes dealt anew, so that nothing tells them."""
    ends = [item["status"] for item in items]
    random.Random(seed).shuffle(ends)
    return [{**item, "status": end} for item, end in zip(items, ends, strict=True)]


def ruleset(folder: Path, rules: str = RULES, manifest: str = MANIFEST) -> Path:
    """The rules on disk."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ruleset.yaml").write_text(manifest, encoding="utf-8")
    (folder / "deals.rules").write_text(rules, encoding="utf-8")
    return folder
