"""What an explanation says is true to the letter and short: ages, leads, values, arithmetic and places."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import scoreline
from scoreline.cli.explain_markdown import render_markdown
from scoreline.cli.explain_text import render_text
from scoreline.engine.explain import Explanation, explain
from scoreline.engine.records import Account, Contact, Event

from .acme import AS_OF, event, population, ruleset

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
HOUR = 1 / 24


def explained(folder: Path, rules: str, *more: Account | Contact | Event, id: str = "acme") -> Explanation:
    return explain(ruleset(folder, rules), population(*more), AS_OF, id)


# --- ages ---


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0.4 * HOUR, "less than an hour ago"),
        (1.5 * HOUR, "1 hour ago"),
        (20.5 * HOUR, "20 hours ago"),
        (23.99 * HOUR, "23 hours ago"),
        (1, "1 day ago"),
        (26 * HOUR, "1 day ago"),
        (2.9, "2 days ago"),
    ],
)
def test_ages_are_hours_below_a_day_of_24_hours_and_no_dates(tmp_path: Path, days: float, said: str) -> None:
    rules = "score s for account:\n    a: call => +1 halves every 7 days\n    each call => +1 halves every 7 days\n"
    text = render_text(explained(tmp_path, rules, event("c", "call", days)))
    assert text.count(f", {said}\n") == 3
    assert "today" not in text


def test_the_age_of_many_events_is_that_of_the_newest(tmp_path: Path) -> None:
    calls = [event("c1", "call", 20.5 * HOUR), event("c2", "call", 20.6 * HOUR)]
    text = render_text(explained(tmp_path, "score s for account:\n    each week with call => +1\n", *calls))
    assert "2 events, the newest 20 hours ago" in text


def test_decay_by_the_hour_counts_hours(tmp_path: Path) -> None:
    rules = "score s for account:\n    each call => +8 halves every 10 hours\n"
    calls = [event("c1", "call", 0.5 * HOUR), event("c2", "call", 20 * HOUR)]
    text = render_text(explained(tmp_path, rules, *calls))
    assert "  8  2026-03-01 12:30  call by ann, less than an hour ago\n" in text
    assert "  8 × 0.25 = 2  2026-02-28 17:00  call by ann, 20 hours ago\n" in text


# --- for which leads ---

ASKED = """
score s for account:
    one: any(leads where role == 'buyer') => +1
    every: all(leads where role is known) => +1
    part: share(leads where role == 'buyer') >= 0.9 => +1
    nobody: not any(leads where role == 'chief') => +1
"""


def test_it_says_for_which_leads_a_condition_holds(tmp_path: Path) -> None:
    """Of ann (buyer), bob (user), stu and us (without a role) one is a buyer, and two have a role."""
    found = explained(tmp_path, ASKED)
    one, every, _, nobody = (line.condition for line in found.lines())
    assert one is not None and every is not None and nobody is not None
    assert [(part.id, part.value, part.holds) for part in one.leads] == [
        ("ann", True, True),
        ("bob", False, False),
        ("stu", False, False),
        ("us", False, False),
    ]
    text = render_text(found)
    assert "holds for: ann; not for 3 more\n" in text
    assert "holds for: none; not for: ann, bob, stu, us\n" in text
    assert every.has == "2 of 4 leads"


def test_all_leads_are_counted_and_few_are_named(tmp_path: Path) -> None:
    more = [Contact(f"l{number:02}", "acme", {"role": "Buyer"}) for number in range(60)]
    found = explained(tmp_path, "score s for account:\n    any(leads where role == 'buyer') => +1\n", *more)
    (line,) = found.lines()
    assert line.condition is not None and line.condition.has == "61 of 64 leads"
    assert "holds for: ann, l00, l01, l02, l03 and 56 more; not for 3 more\n" in render_text(found, 120)


# --- values ---

READS_ONE = """
signal priced = page_view where page contains 'pricing'
signal by_linux = page_view where agent contains 'Linux'
ignore page_view where agent contains 'bot'
score s for account:
    priced => +1
"""


def test_long_values_are_cut_for_people_and_whole_in_json(tmp_path: Path) -> None:
    page = "/pricing?" + "x" * 200
    found = explained(tmp_path, READS_ONE, event("long", "page_view", 0, page=page))
    for rendered in (render_text(found, 200), render_markdown(found)):
        assert f"(page '/pricing?{'x' * 29}…')" in rendered and "x" * 30 not in rendered
    assert page in json.dumps(found.to_dict())


def test_a_long_value_of_a_field_is_cut_too(tmp_path: Path) -> None:
    rules = "score s for account:\n    account.region == 'EMEA' => +1\n"
    found = explained(tmp_path, rules, Account("long", {"region": "r" * 99}), id="long")
    assert f"— '{'r' * 38}…', it takes 'EMEA'" in render_text(found, 200)
    assert "r" * 99 in json.dumps(found.to_dict())


def test_what_only_ignore_lines_read_is_not_shown_to_people(tmp_path: Path) -> None:
    visit = event("v", "page_view", 0, page="/pricing", agent=AGENT)
    found = explained(tmp_path, READS_ONE, visit)
    assert "page_view by ann (page '/pricing'), less" in render_text(found)
    assert "Mozilla" not in render_text(found) + render_markdown(found)
    assert AGENT in json.dumps(found.to_dict())
    scored = READS_ONE + "    by_linux => +1\n"
    assert "agent 'Mozilla/5.0" in render_text(explained(tmp_path, scored, visit), 200)


# --- arithmetic and places ---


def test_a_weighted_average_shows_its_arithmetic(tmp_path: Path) -> None:
    """(1 × 2 + 4 × 0.5) / 2.5 = 1.6: one call, four leads."""
    average = "weighted(count(call) * 2, count(leads) * 0.5)"
    lines = f"score s for account:\n    account.target => +{average}\n    not ({average} >= 9) => +1\n"
    rules = f"measure m for account = {average}\n{lines}"
    text = render_text(explained(tmp_path, rules, event("c", "call", 1)), 200)
    assert text.count(f"{average} is 1.6 = (1 × 2 + 4 × 0.5) / 2.5\n") == 3


def test_missing_values_have_no_weight(tmp_path: Path) -> None:
    rules = "score s for account:\n    account.target => +weighted(account.employees * 2, count(call) * 3)\n"
    found = explained(tmp_path, rules, Account("few", {"target": True}), id="few")
    (line,) = found.lines()
    assert line.inputs[0].work == "(0 × 3) / 3"


def test_the_zone_is_said(tmp_path: Path) -> None:
    assert explained(tmp_path, ASKED).to_dict()["zone"] == "Europe/Berlin"


def test_a_line_has_its_place_where_there_is_room(tmp_path: Path) -> None:
    long = "account.employees >= 100 or account.region == 'EMEA and more'"
    found = explained(tmp_path, f"score s for account:\n    short: account.target => +1\n    {long} => +1\n")
    assert [line.place for line in found.lines()] == ["rules.rules:2", "rules.rules:3"]
    text, page = render_text(found, 80), render_markdown(found)
    assert "short  (rules.rules:2)\n" in text
    assert "rules.rules:3" not in text and "rules.rules:3" in render_text(found, 120)
    assert "short (rules.rules:2)\n" in page and "(rules.rules:3)\n" in page
    assert max(map(len, text.splitlines())) <= 80


def test_points_that_are_taken_away_read_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "r.rules"
    path.write_text(
        "table f = {pricing: 2} default 1\n"
        "a: visited => -10 * f(newest(page of visited))\n"
        "b: visited => -(3 + f('pricing'))\n"
        "c: visited => -4\n"
    )
    visit = {"id": 1, "type": "page_view", "timestamp": "2026-02-26", "contact_id": "ann", "page": "pricing"}
    explanation = scoreline.load(path).explain("ann", {"events": [visit]}, as_of="2026-03-01")
    effects = [line.effect for line in explanation.lines()]
    assert effects == ["-10 * f(newest(page of visited))", "-(3 + f('pricing'))", "-4"]
