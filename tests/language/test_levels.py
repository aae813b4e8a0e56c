"""Levels are not layers: rules go from leads to accounts and back as often as the graph has no circle; other forms."""

from __future__ import annotations

from pathlib import Path

import pytest

import scoreline
from scoreline.engine.compiling import compile_at

from .both import AS_OF, MANIFEST, rows, scored, written

UP_AND_DOWN = """\
score own for lead:
    points: always => +contact.points
measure strength for account = sum(own of leads)
score helped for lead 0..100:
    own: always => +own
    from_account: account.strength >= 30 => +5
    from_stage: account.stage at least warm => +2
measure best for account = max(helped of leads)
stages for account:
    cold: strength >= 1
    warm: strength >= 20
measure gap for lead = account.best - helped
"""
PEOPLE = {
    "contacts": [
        {"id": "ann", "account_id": "x", "points": 10},
        {"id": "bob", "account_id": "x", "points": 20},
        {"id": "cat", "account_id": "y", "points": 4},
        {"id": "dan", "points": 50},
    ],
    "events": [],
}


def test_up_and_down_twice(tmp_path: Path) -> None:
    """x: 10 + 20 = 30, so 5 and 2 more for each; y: 4; dan has no account, and no gap."""
    found = scored(written(tmp_path, UP_AND_DOWN), PEOPLE)
    assert rows(found, "helped", "gap") == {"ann": (17, 10), "bob": (27, 0), "cat": (4, 0), "dan": (50, None)}
    assert rows(found, "strength", "best", "stage") == {"x": (30, 27, "warm"), "y": (4, 4, "cold")}


def test_a_lead_is_explained_with_those_around_it(tmp_path: Path) -> None:
    """ann's gap needs bob."""
    explained = scoreline.load(written(tmp_path, UP_AND_DOWN)).explain("ann", PEOPLE, as_of=AS_OF)
    assert {item.name: item.value for item in explained.measures} == {"gap": 10}
    assert {line.id for line in explained.lines()} >= {"own", "from_account", "from_stage"}


def test_a_circle_is_named_by_its_path(tmp_path: Path) -> None:
    rules = "measure a for lead = account.b\nmeasure b for account = max(a of leads)\n"
    (circle,) = (item for item in compile_at(written(tmp_path, rules))[1] if item.is_error)
    assert (circle.code, circle.message) == (
        "G101",
        "a of leads needs itself: a of leads → b of accounts → a of leads",
    )


FORMS = """\
table weight = {(buyer, software): 3, (champion, software): 2, (buyer, finance): 1} default 0.5
table size = {..9: 1, 10..49: 2, 50..: 4}
score fit for lead:
    weight: always => +weight(contact.role, account.industry)
    size: always => +size(account.employees)
    mean: always => +weighted(contact.points * 0.5, account.employees * 0.5)
    head: contact.title mentions ['head of', 'cto'] => +100
    ours: domain(contact.email) == 'acme.example' => +1000
grade rating for lead:
    contact.points: A >= 50, B >= 20, C
    account.employees: 1 >= 50, 2 >= 10, 3
measure good for lead = rating at least B2
"""
LEADS = [
    {"id": "a", "account_id": "x", "role": "buyer", "points": 60, "title": "Head  of IT", "email": "a@Acme.Example"},
    {"id": "b", "account_id": "x", "role": "champion", "points": 20, "title": "ahead of time"},
    {"id": "c", "account_id": "y", "role": "buyer", "points": None, "title": "CTO, EMEA"},
    {"id": "d", "account_id": "z", "role": "user", "points": 10, "title": "cto2", "email": "d@x@other.example"},
]
COMPANIES = [
    {"id": "x", "industry": "Software", "employees": 10},
    {"id": "y", "industry": "finance", "employees": 50},
    {"id": "z", "industry": None, "employees": None},
]


def test_tables_averages_words_and_domains(tmp_path: Path) -> None:
    """By line: weight, size, mean, head, ours.

    a: 3, 2, (60 + 10) / 2, 100, 1000. b: 2, 2, (20 + 10) / 2. c: 1, 4, 50 alone, 100. d: 0.5, nothing, 10 alone.
    """
    found = scored(written(tmp_path, FORMS), {"accounts": COMPANIES, "contacts": LEADS, "events": []})
    assert rows(found, "fit") == {"a": 1140, "b": 19, "c": 155, "d": 10.5}


def test_a_grade_at_least_so_good_on_each_axis(tmp_path: Path) -> None:
    """A1, A2, B1 and B2 are; C1 is not, though 1 is the best of its axis."""
    found = scored(written(tmp_path, FORMS), {"accounts": COMPANIES, "contacts": LEADS, "events": []})
    assert rows(found, "rating", "good") == {
        "a": ("A2", True),
        "b": ("B2", True),
        "c": ("C1", False),
        "d": ("C3", False),
    }


@pytest.mark.parametrize(("least", "counted"), [("one", 3), ("two", 2), ("three", 1)])
def test_a_stage_at_least_so_far(tmp_path: Path, least: str, counted: int) -> None:
    """Of ann (at one), bob (two), cat (three), dan (none) and eve, who is disqualified."""
    rules = f"""\
score own for lead:
    gone: contact.out => disqualify 'gone'
stages for lead:
    one: contact.points >= 1
    two: contact.points >= 2
    three: contact.points >= 3
measure far for lead = stage at least {least}
measure far_ones for account = count(leads where stage at least {least})
"""
    leads = [
        {"id": name, "account_id": "x", "points": points, "out": name == "eve"}
        for name, points in (("ann", 1), ("bob", 2), ("cat", 3), ("dan", 0), ("eve", 3))
    ]
    found = scored(written(tmp_path, rules, MANIFEST), {"contacts": leads, "events": []})
    assert rows(found, "far_ones") == {"x": counted}
    assert sum(rows(found, "far").values()) == counted and rows(found, "far")["eve"] is False
