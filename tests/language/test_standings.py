"""`rank` and `percentile` among everybody (decision 37), worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import scoreline

from .both import AS_OF, rows, scored, written

RULES = """\
score engagement for lead:
    own: always => +contact.points
    gone: contact.out => disqualify 'left'
measure place for lead = rank(engagement)
measure share for lead = percentile(engagement)
measure place_here for lead = rank(engagement per segment)
measure share_here for lead = percentile(contact.points per contact.segment)
score size for account:
    always => +account.employees
measure top for account = percentile(size per industry) >= 50
measure best for account = count(leads where percentile(engagement) >= 60)
"""


def lead(id_: str, points: float | None, segment: str | None, out: bool = False, account: str = "x") -> dict[str, Any]:
    return {"id": id_, "points": points, "segment": segment, "out": out, "account_id": account}


LEADS = [
    lead("a", 30, "software"),
    lead("b", 20, "Software"),
    lead("c", 20, "SOFTWARE", account="y"),
    lead("d", 10, "finance", account="y"),
    lead("e", 50, "software", out=True),
    lead("f", 40, None, account="y"),
]
ACCOUNTS = [
    {"id": "x", "industry": "software", "employees": 10},
    {"id": "y", "industry": "software", "employees": 20},
    {"id": "z", "industry": None, "employees": 90},
]
DATA = {"contacts": LEADS, "accounts": ACCOUNTS, "events": []}


def test_those_who_are_disqualified_do_not_count(tmp_path: Path) -> None:
    found = scored(written(tmp_path / "r", RULES), DATA)
    assert rows(found, "place") == {"a": 2, "b": 3, "c": 3, "d": 5, "e": None, "f": 1}
    assert rows(found, "share") == {"a": 60, "b": 20, "c": 20, "d": 0, "e": None, "f": 80}


def test_within_a_segment(tmp_path: Path) -> None:
    """Texts without case; who has no segment is compared with nobody."""
    found = scored(written(tmp_path / "r", RULES), DATA)
    assert rows(found, "place_here") == {"a": 1, "b": 2, "c": 2, "d": 1, "e": None, "f": None}
    assert rows(found, "share_here")["a"] == 100 * 2 / 3
    assert [rows(found, "share_here")[name] for name in "bcdef"] == [0, 0, 0, None, None]


def test_accounts_and_leads_inside_a_roll_up(tmp_path: Path) -> None:
    found = scored(written(tmp_path / "r", RULES), DATA)
    assert rows(found, "top", "best") == {"x": (False, 1), "y": (True, 1), "z": (False, 0)}


def test_one_lead_is_explained_among_all(tmp_path: Path) -> None:
    """An explanation needs everybody: alone, each would be the first."""
    rules = scoreline.load(written(tmp_path / "r", RULES))
    explained = rules.explain("d", DATA, as_of=AS_OF)
    assert {item.name: item.value for item in explained.measures}["place"] == 5
    assert explained.measures[0].value == 5


def test_one_event_can_change_everybody(tmp_path: Path) -> None:
    ruleset = scoreline.load(written(tmp_path / "r", RULES))
    assert [item.message for item in ruleset.diagnostics if item.code == "L504"] == [
        "`rank(engagement)` compares with everybody",
        "`percentile(engagement)` compares with everybody",
        "`rank(engagement per contact.segment)` compares with everybody",
        "`percentile(contact.points per contact.segment)` compares with everybody",
        "`percentile(size per account.industry)` compares with everybody",
        "`percentile(engagement)` compares with everybody",
    ]
