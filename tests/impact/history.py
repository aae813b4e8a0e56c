"""A ruleset, five changes to it as people make them, and a few companies to see what they do."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

AS_OF = "2026-03-01"

MANIFEST = """\
scoreline: 1
name: pipeline
version: 1.0.0
files: [words.rules, people.rules, companies.rules]
schema:
  contact: {role: [economic_buyer, technical_buyer, champion, user], email: text}
  account: {industry: text, employees: number}
  events:
    page_view: {page: text}
    form_submit: {form_name: text}
    unsubscribed: {}
"""

WORDS = """\
param mqa_threshold = 50 in 30..80
param engaged_from = 20
list buying_roles = ['economic_buyer', 'champion']
signal visited(name) = page_view where page like name
signal requested(form) = form_submit where form_name == form
"""

PEOPLE = """\
score engagement for lead 0..100:
    pricing: visited('pricing*') within 30 days => +10 "Looked at prices"
    pages: each page_view within 30 days => +2 max 20 "Reads our pages"
    demo: requested('demo') => +40 fades over 60 days "Asked for a demo"
    buyer: contact.role in buying_roles => +15 "Buys"
    left: unsubscribed without requested('demo') => disqualify 'unsubscribed'
"""

COMPANIES = """\
measure engaged for account = count(leads where engagement >= engaged_from)

score readiness for account 0..100:
    busiest: always => +0.6 * max(engagement of leads) "Its busiest person"
    circle: engaged >= 2 => +20 "Two people engaged"
    large: account.employees >= 500 => +5 "Large"

stages for account:
    aware "Aware of us": any(leads where engagement > 0)
    MQA "Marketing qualified": readiness >= mqa_threshold
"""

BASE = {"ruleset.yaml": MANIFEST, "words.rules": WORDS, "people.rules": PEOPLE, "companies.rules": COMPANIES}


@dataclass(frozen=True)
class Commit:
    """One commit: what it is called, and texts that it replaces by others, file by file."""

    name: str
    edits: Mapping[str, tuple[tuple[str, str], ...]]


COMMITS = (
    Commit(
        "cosmetic",
        {
            "people.rules": (
                ("score engagement", "# Do they mean it?\nscore engagement"),
                ('"Buys"', '"Belongs to those who buy"'),
                ("=> +2 max 20", "=> +2   max 20"),
            ),
            "words.rules": (("['economic_buyer', 'champion']", "['champion', 'economic_buyer']"),),
        },
    ),
    Commit("points", {"people.rules": (("=> +10", "=> +18"),), "ruleset.yaml": (("1.0.0", "1.1.0"),)}),
    Commit("threshold", {"words.rules": (("= 50 in", "= 44 in"),), "ruleset.yaml": (("1.1.0", "1.2.0"),)}),
    Commit("roles", {"words.rules": (("['champion',", "['champion', 'technical_buyer',"),)}),
    Commit(
        "roll-up",
        {
            "ruleset.yaml": (("1.2.0", "1.3.0"),),
            "companies.rules": (
                (
                    "score readiness",
                    "measure buyers for account = count(leads where role in buying_roles and engagement > 0)\n\n"
                    "score readiness",
                ),
                (
                    "    large:",
                    '    committee: buyers >= 2 => +12 "Two of those who buy"\n    large:',
                ),
            ),
        },
    ),
)


def write(folder: Path, texts: Mapping[str, str] = BASE) -> Path:
    """Write the files of a ruleset."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def edit(folder: Path, commit: Commit) -> None:
    """Apply a commit; each text that it replaces must be there."""
    for name, pairs in commit.edits.items():
        text = (folder / name).read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in text, f"{commit.name}: {old}"
            text = text.replace(old, new, 1)
        (folder / name).write_text(text, encoding="utf-8")


def companies(count: int = 24) -> dict[str, list[dict[str, object]]]:
    """Some companies with their people and what these did in February 2026; always the same ones."""
    chance = random.Random(4)
    accounts, contacts, events = [], [], []
    for number in range(count):
        account = f"co-{number:02}"
        industry = chance.choice(["software", "retail", "energy"])
        accounts.append({"id": account, "industry": industry, "employees": chance.choice([20, 200, 2000])})
        for person in range(chance.randint(1, 3)):
            contact = f"{account}-p{person}"
            role = chance.choice(["economic_buyer", "technical_buyer", "champion", "user"])
            contacts.append({"id": contact, "account_id": account, "role": role, "email": f"{contact}@x.example"})
            for _ in range(chance.randint(0, 6)):
                kind = chance.choice(["page_view"] * 6 + ["form_submit"] * 2 + ["unsubscribed"])
                day = chance.randint(1, 28)
                event = {"id": f"e{len(events)}", "type": kind, "timestamp": f"2026-02-{day:02}T09:00:00Z"}
                shown = {"page": chance.choice(["pricing", "docs", "blog/one"])} if kind == "page_view" else {}
                asked = {"form_name": chance.choice(["demo", "contact"])} if kind == "form_submit" else {}
                events.append({**event, "contact_id": contact, **shown, **asked})
    return {"accounts": accounts, "contacts": contacts, "events": events}
