"""What a stage still asks for, as a colleague would say it."""

from __future__ import annotations

from pathlib import Path

import pytest

import scoreline
from scoreline.engine.explain import explain
from scoreline.engine.instants import DAY
from scoreline.engine.records import Account, Contact, Event, Population

MANIFEST = """\
scoreline: 1
name: test
files: [rules.rules]
schema:
  contact: {role: text, seniority: text}
  account: {target: bool, industry: text, size: number}
  events:
    visit: {page: text}
    demo: {}
    call: {}
    lost: {}
"""
RULES = """\
param enough = 55 in 10..90
list known = ['software', 'retail']
list roles = ['buyer', 'champion']
signal yes = demo or call
signal seen(name) = visit where page like name
signal deliberate = demo or visit(where page == 'prices')
measure engaged for account = count(leads where interest >= 15)
measure active_leads for account = count(leads where interest >= 15)
measure covered for account = coverage(role of leads where interest >= 15, roles)
measure is_ripe for account = account.target and engaged >= 1
measure visits for account = count(visit)
score interest for lead:
    each visit => +5
score readiness for account:
    all: always => +sum(interest of leads)
stages for account:
    X: {}
"""


def asked(folder: Path, condition: str) -> str:
    """What comes after “it still needs”."""
    (folder / "ruleset.yaml").write_text(MANIFEST, encoding="utf-8")
    (folder / "rules.rules").write_text(RULES.format(condition), encoding="utf-8")
    people = [Contact("ann", "acme", {"role": "user"}), Contact("bob", "acme")]
    seen = [Event("e1", "visit", DAY, "ann", None, {"page": "blog"})]
    population = Population([Account("acme", {"target": False, "industry": "mining", "size": 40.0})], people, seen)
    summary = explain(scoreline.load(folder).model, population, 2 * DAY, "acme").summary
    return summary.partition("for X it still needs ")[2].removesuffix(".")


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("account.target", "the account to be marked “target” (it is not)"),
        ("engaged >= 1", "one engaged lead (0 of 1)"),
        ("engaged > 1", "at least 2 engaged leads (0 of 2)"),
        ("active_leads >= 3", "at least 3 active leads (0 of 3)"),
        ("count(leads where role == 'buyer') >= 1", "one lead for whom role is “buyer” (0 of 1)"),
        ("any(leads where role == 'buyer' and interest >= 5)",
         "one lead for whom role is “buyer” and interest is at least 5 (0 of 2 leads)"),
        ("covered >= 0.5", "at least 50% of the roles engaged (0% now)"),
        ("readiness >= enough", "a readiness of at least 55 (5 now)"),
        ("readiness > 5", "a readiness of more than 5 (5 now)"),
        ("visits >= 2", "visits of at least 2 (1 now)"),
        ("account.size >= 100", "the account's size to be at least 100 (40 now)"),
        ("account.industry in known", "the account's industry to be one of known ('mining')"),
        ("account.industry == 'retail'", "the account's industry to be “retail” ('mining')"),
        ("demo", "a demo event (none so far)"),
        ("yes within 30 days without lost",
         "a call or demo event within the last 30 days not followed by lost (none so far)"),
        ("(yes or deliberate or seen('home')) within 30 days",
         "a yes, deliberate or seen “home” event within the last 30 days (none so far)"),
        ("seen('home')", "a seen “home” event (none so far)"),
        ("deliberate within 1 day", "a deliberate event within the last day (none so far)"),
        ("visit on at least 3 days within 30 days",
         "visit on at least 3 different days within the last 30 days (1 day)"),
        ("not visit", "no visit (once)"),
        ("is_ripe", "the account to be marked “target” (it is not) and one engaged lead (0 of 1)"),
        ("account.target or demo", "the account to be marked “target” (it is not) or a demo event (none so far)"),
        ("at least 2 of (account.target, demo, visit)",
         "at least 2 of the account to be marked “target” (it is not), a demo event (none so far) and a visit event "
         "(once) (1 of 3 hold)"),
    ],
)  # fmt: skip
def test_what_is_still_needed(condition: str, said: str, tmp_path: Path) -> None:
    assert asked(tmp_path, condition) == said
