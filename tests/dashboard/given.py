"""A small ruleset with all that pages show, its data, and a reader of what a site holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import scoreline
from scoreline.engine.dashboard import Asked, write_site
from scoreline.engine.ruleset import Ruleset
from scoreline.engine.scoring import instant, open_data

EVIL = "<script>alert(1)</script>"
LONG = "x" * 200
MANIFEST = """
scoreline: 1
name: small
version: 1.0.0
files: [small.rules]
schema:
  contact: {name: text, role: [buyer, champion, user]}
  account: {region: text, employees: number}
  events:
    page_view: {page: text, seconds: number, user_agent: text}
    webinar: {title: text}
    noise: {}
"""
RULES = """
signal visited(name) = page_view where page like name
ignore page_view where user_agent matches /bot/i

score zeal for lead 0..10:
    keen: always => +0.1 * engagement

score engagement for lead 0..100:
    visited('pricing') => +20 "Looked at prices"
    webinar: each webinar => +15 max 25 halves every 30 days
    contact.role == 'user' => *0.5

stages for lead:
    MQL "Marketing qualified": engagement >= 20

measure engaged for account = count(leads where engagement >= 15)
measure covered for account = coverage(role of leads where engagement >= 15, ['buyer', 'champion'])

score readiness for account 0..40:
    busy: always => +0.5 * max(engagement of leads)
    large: account.employees >= 1000 => +30 "Large"
    gone: not page_view within 60 days => -5

stages for account:
    MEA "Marketing engaged": engaged >= 1
    MQA "Marketing qualified": readiness >= 30 and covered >= 0.5 and visited('pricing') within 30 days
"""
AS_OF = "2026-03-01"


def rules(folder: Path) -> Ruleset:
    """The small ruleset, written into a folder."""
    folder.mkdir(exist_ok=True)
    (folder / "ruleset.yaml").write_text(MANIFEST, encoding="utf-8")
    (folder / "small.rules").write_text(RULES, encoding="utf-8")
    return scoreline.load(folder)


def data() -> dict[str, Any]:
    """Three companies, two people without one, names that would be markup or have no end, a bot, an event that no rule
    reads, and one of somebody at another company."""
    contacts = [
        {"id": "ann", "account_id": "acme", "name": EVIL, "role": "buyer"},
        {"id": "ben", "account_id": "acme", "name": "Ben \u2028 </script>", "role": "user"},
        {"id": "cay", "account_id": "birch", "role": "champion"},
        {"id": "dan", "name": "Dan"},
        {"id": "fay"},
        {"id": "eve", "account_id": "birch", "name": LONG},
    ]
    accounts = [
        {"id": "acme", "region": "EMEA", "employees": 2000},
        {"id": "birch", "region": "AMER", "employees": 10},
        {"id": "__proto__", "region": "EMEA"},
    ]
    return {"accounts": accounts, "contacts": contacts, "events": list(_events())}


def _events() -> Any:
    def event(number: int, day: str, who: str, kind: str, at: str | None = None, **properties: Any) -> dict[str, Any]:
        made = {"id": f"e{number}", "type": kind, "timestamp": f"{day}T09:30:00Z", "contact_id": who, "account_id": at}
        return {**made, "properties": properties}

    yield event(1, "2026-02-20", "ann", "page_view", page="pricing", seconds=41)
    yield event(2, "2026-02-21", "ann", "webinar", title=EVIL)
    yield event(3, "2026-02-22", "ann", "page_view", page="pricing", user_agent="a bot")
    yield event(4, "2026-01-02", "ben", "page_view", page="pricing")
    yield event(5, "2026-03-01", "cay", "webinar", title="intro")
    yield event(6, "2026-02-26", "cay", "noise")
    yield event(7, "2026-02-27", "dan", "page_view", page="home")
    yield event(9, "2026-02-27", "fay", "webinar", title="intro")
    yield event(8, "2025-12-20", "ben", "page_view", at="birch", page="home")


def write(folder: Path, weeks: int | None = 4, **asked: Any) -> Site:
    """The site of the small data."""
    ruleset = rules(folder.parent / "rules")
    dataset = open_data(ruleset, data())
    folder.mkdir()
    write_site(folder, ruleset, dataset, instant(AS_OF, ruleset, dataset), Asked(weeks, **asked), lambda _said: None)
    return Site(folder)


class Site:
    """What the scripts of a site give."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def given(self, name: str) -> Any:
        text = (self.folder / "data" / f"{name}.js").read_text(encoding="utf-8")
        start = f"scoreline.give({json.dumps(name)},"
        assert text.startswith(start) and text.endswith(");\n")
        return json.loads(text[len(start) : -3])

    def account(self, id: str) -> dict[str, Any]:
        """The document of an account, by the names of its parts."""
        accounts, starts = self.given("accounts"), self.given("site")["shards"]["accounts"]
        place = [row[0] for row in accounts].index(id)
        shard = max(number for number, start in enumerate(starts) if start <= place)
        found = self.given(f"a{shard}")[place - starts[shard]]
        names = ("rest", "lines", "people", "events", "weeks", "history", "told", "moves")
        made = dict(zip(names, found, strict=True))
        brief = accounts[place][2]
        return {**made, "brief": brief, "history": self._weekly("account", brief, made["history"])}

    def person(self, account: str, id: str) -> dict[str, Any]:
        """The document of a person of an account, by the names of its parts."""
        found = next(row for row in self.account(account)["people"] if row[0] == id)
        made = dict(zip(("id", "name", "brief", "rest", "lines", "history", "told", "moves"), found, strict=True))
        return {**made, "history": self._weekly("lead", made["brief"], made["history"])}

    def _weekly(self, level: str, brief: list[Any], steps: list[list[Any]] | None) -> list[list[Any]] | None:
        """By week the place of the stage and the scores, out of the weeks where anything changed."""
        about = self.given("site")
        if about["past"] is None:
            return None
        stages = [stage["name"] for stage in about["levels"][level]["stages"]]
        now = [stages.index(brief[0]) if brief[0] else -1, *brief[2]]
        known = {number: row for number, *row in steps or [[0, *now]]}
        weeks = range(min(known), len(about["past"]["at"]))
        return [known[max(number for number in known if number <= week)] for week in weeks]
