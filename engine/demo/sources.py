"""The two tables from which the data are made: job titles, and the real sample of third-party intent."""

from __future__ import annotations

import csv
from functools import cache
from itertools import groupby
from pathlib import Path

from ...grammar.late_methods import dataclass
from .chance import Weights

FOLDER = Path(__file__).resolve().parents[2] / "rulesets" / "abm" / "demo"
#: How often each role occurs among the people of a company that marketing knows.
_ROLE_SHARES = {
    "user": 44.0,
    "champion": 16.0,
    "technical_buyer": 15.0,
    "influencer": 9.0,
    "economic_buyer": 8.0,
    "blocker": 5.0,
    "student": 3.0,
}


@dataclass(frozen=True)
class Title:
    """A job title as somebody wrote it, and what we would make of it."""

    text: str
    role: str
    seniority: str


@dataclass(frozen=True)
class Surge:
    """One row of the intent sample: its number, a topic and its score."""

    row: int
    topic: str
    score: int


Week = tuple[Surge, ...]


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def titles() -> Weights[Title]:
    """All titles, each role as often as it occurs."""
    found = [Title(row["title"], row["role"], row["seniority"]) for row in _rows("titles.csv")]
    sizes = {role: sum(title.role == role for title in found) for role in _ROLE_SHARES}
    return Weights({title: _ROLE_SHARES[title.role] / sizes[title.role] for title in found})


@cache
def intent_weeks() -> tuple[tuple[Week, ...], tuple[Week, ...]]:
    """What real companies read about in one week: those with a strong interest in our topics, and the others."""
    sample = enumerate(_rows("bombora_sample.csv"), 1)
    numbered = [(row["domain"], Surge(number, row["topic"], int(row["score"]))) for number, row in sample]
    weeks = [tuple(surge for _, surge in rows) for _, rows in groupby(numbered, key=lambda pair: pair[0])]
    strong = [week for week in weeks if sum(surge.score >= 60 for surge in week) >= 2]
    return tuple(strong), tuple(week for week in weeks if week not in strong)
