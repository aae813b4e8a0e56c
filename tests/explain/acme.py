"""A small ruleset and an account, for explanations whose numbers can be worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scoreline.engine.model import Model
from scoreline.engine.records import Account, Contact, Event, Population
from scoreline.engine.ruleset import load

MANIFEST = """
scoreline: 1
name: small
version: 1.0.0
timezone: Europe/Berlin
files: [rules.rules]
schema:
  contact: {role: text, email: text, student: bool}
  account: {target: bool, employees: number, region: text}
  events:
    page_view: {page: text, agent: text}
    webinar: {title: text}
    intent: {topic: text}
    call: {}
"""

RULES = """
param ready_from = 60
signal visited(name) = page_view where page like name
signal attended = webinar
signal surging(about) = intent where topic == about

ignore page_view where agent contains 'bot'
ignore contact where email ends with '@ourselves.com'

score engagement for lead 0..40:
    buyer_on_pricing: contact.role == 'buyer' and visited('pricing') => +20 "Buyer on pricing"
    webinars: each attended at most 1 per title => +8 max 20 halves every 30 days
    first of:
        thrice: visited('*') at least 3 times within 14 days => +10
        once: visited('*') => +5
    silent: not visited('*') within 60 days => *0.5
    left: contact.student == true => disqualify 'student'

measure engaged for account = count(leads where engagement >= 20)

score readiness for account 0..100:
    weighted: account.target => +0.5 * max(engagement of leads)
    group content max 12:
        each visited('*') within 30 days => +5
        topic: surging('crm') => +15 fades over 30 days
    several: engaged >= 2 => +20
    when account.region == 'EMEA':
        called: call within 30 days => +7

grade size for account:
    account.employees: L >= 1000, M >= 100, S

stages for account:
    seen "Seen": visited('*') or attended
    warm "Warm": engaged >= 1
    ready "Ready": readiness >= ready_from and (call within 30 days or surging('crm') at least twice within 30 days)
"""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AS_OF = (datetime(2026, 3, 1, 12, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


def ago(days: float) -> int:
    return AS_OF - timedelta(days=days) // timedelta(microseconds=1)


def ruleset(folder: Path, rules: str = RULES) -> Model:
    (folder / "ruleset.yaml").write_text(MANIFEST)
    (folder / "rules.rules").write_text(rules)
    return load(folder).model


def event(id: str, type: str, days: float, contact: str | None = "ann", **properties: Any) -> Event:
    return Event(id, type, ago(days), contact, "acme" if contact is None else None, properties)


ACME = Account("acme", {"target": True, "employees": 800.0, "region": "APAC"})
PEOPLE = [
    Contact("ann", "acme", {"role": "Buyer"}),
    Contact("bob", "acme", {"role": "user"}),
    Contact("stu", "acme", {"student": True}),
    Contact("us", "acme", {"email": "me@ourselves.com"}),
]
EVENTS = [
    event("p1", "page_view", 1, page="pricing"),
    event("p2", "page_view", 2, page="docs"),
    event("bot", "page_view", 1, page="docs", agent="Googlebot"),
    event("w1", "webinar", 30, title="Intro"),
    event("w2", "webinar", 45, title="intro"),
    event("w3", "webinar", 60, title="Advanced"),
    event("b1", "page_view", 5, "bob", page="docs"),
    event("s1", "page_view", 1, "stu", page="docs"),
    event("u1", "page_view", 1, "us", page="docs"),
    event("i1", "intent", 10, None, topic="CRM"),
]


def population(*more: Account | Contact | Event) -> Population:
    return Population(
        [ACME, *(item for item in more if isinstance(item, Account))],
        [*PEOPLE, *(item for item in more if isinstance(item, Contact))],
        [*EVENTS, *(item for item in more if isinstance(item, Event))],
    )
