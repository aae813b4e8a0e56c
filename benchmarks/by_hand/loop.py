"""The lead rules of benchmarks/rules as a Python programmer writes them: one loop over the raw events."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

DAY = 86_400_000_000
ROLES = {"economic_buyer": 40, "technical_buyer": 30, "champion": 30, "influencer": 15}
SENIORITIES = {"c_level": 15, "vp": 12, "director": 6}
CLICKS = [int(0.5 + 15_000 * 2 ** (-age / 30)) for age in range(90)]
PAPERS = [int(0.5 + 30_000 * 2 ** (-age / 45)) for age in range(180)]
WEBINARS = [int(0.5 + 60_000 * 2 ** (-age / 45)) for age in range(180)]
MEETINGS = [int(0.5 + 100_000 * 2 ** (-age / 60)) for age in range(365)]
FORMS = {
    name: [int(0.5 + points * 10_000 * (120 - age) / 120) for age in range(120)]
    for name, points in (("demo", 30), ("trial", 25), ("contact", 15))
}


@dataclass(slots=True)
class Facts:
    """What is kept of one contact's events: once-only points by line, newest forms, days, counts and sums."""

    once: dict[str, int] = field(default_factory=dict)
    forms: dict[str, int] = field(default_factory=dict)
    days: set[int] = field(default_factory=set)
    pricing_90: bool = False
    pricing: int = 0
    docs: int = 0
    careers: int = 0
    opens: int = 0
    now: int = 0
    before: int = 0
    clicks: int = 0
    papers: int = 0
    webinars: int = 0
    meetings: int = 0


def score(data: Path, as_of: int) -> dict[str, tuple[int, int]]:
    """Fit and engagement of every contact as whole 1/10000."""
    found: dict[str, Facts] = {}
    names = ("contact_id", "type", "timestamp", "page", "seconds", "asset", "form_name", "minutes")
    events = pl.scan_parquet(data / "events.parquet").select(names).with_columns(pl.col("timestamp").dt.epoch("us"))
    for contact, *event in events.collect().iter_rows():
        if contact is None:
            continue
        facts = found.get(contact)
        if facts is None:
            facts = found[contact] = Facts()
        take(facts, as_of, *event)
    staff = dict(pl.read_parquet(data / "accounts.parquet").select("id", "employees").iter_rows())
    nothing = Facts()
    people = pl.read_parquet(data / "contacts.parquet").select(
        *("id", "account_id", "role", "seniority", "email", "title")
    )
    return {
        person: (
            fit(role, seniority, staff.get(account), email, title),
            engagement(found.get(person, nothing), role),
        )
        for person, account, role, seniority, email, title in people.iter_rows()
    }


def take(
    facts: Facts,
    as_of: int,
    kind: str,
    at: int,
    page: str | None,
    seconds: float | None,
    asset: str | None,
    form: str | None,
    minutes: float | None,
) -> None:
    """One event more."""
    age = (as_of - at) // DAY
    if age < 0:
        return
    if age < 60 and kind not in ("email_open", "unsubscribed", "intent"):
        if age < 30:
            facts.now += 1
        else:
            facts.before += 1
    if kind == "page_view":
        if age < 90:
            see(facts, age, page or "", seconds or 0)
    elif kind == "email_open":
        facts.opens += age < 60
    elif kind == "email_click":
        if age < 90:
            facts.clicks += CLICKS[age]
            if age < 7:
                facts.once["click_now"] = 3
    elif kind == "download":
        if age < 180:
            facts.papers += PAPERS[age]
            if age < 90 and asset in ("buyers-guide", "roi-calculator"):
                facts.once[asset] = 8
    elif kind == "webinar":
        if age < 180 and minutes is not None and minutes >= 10:
            facts.webinars += WEBINARS[age]
            if age < 90 and minutes >= 40:
                facts.once["stayed"] = 4
    elif kind == "meeting":
        if age < 365:
            facts.meetings += MEETINGS[age]
            if age < 60 and minutes is not None and minutes >= 30:
                facts.once["long_meeting"] = 5
    elif kind == "form_submit":
        if form == "newsletter":
            facts.once["newsletter"] = 2
        elif form in FORMS and age < 120:
            facts.forms[form] = min(age, facts.forms.get(form, age))
    elif kind == "unsubscribed" and age < 365:
        facts.once["unsubscribed"] = -15


def see(facts: Facts, age: int, page: str, seconds: float) -> None:
    """A page view of the last 90 days."""
    once = facts.once
    if age < 30:
        facts.days.add(age)
        if age < 7:
            once["came_lately"] = 3
        if seconds >= 120:
            once["long_look"] = 3
    if page == "pricing":
        facts.pricing_90 = True
        facts.pricing += age < 14
        if age < 30:
            once["pricing"] = 10
    elif page.startswith("docs/"):
        facts.docs += age < 30
    elif page == "careers":
        facts.careers += age < 30
    elif page.startswith("case-studies/"):
        once["case_studies"] = 4
    elif age < 60:
        if page == "pricing/teams":
            once["pricing_teams"] = 5
        elif page == "security":
            once["security"] = 4
        elif page.startswith("compare/"):
            once["compare"] = 5


def fit(role: str, seniority: str, staff: float | None, email: str, title: str) -> int:
    points = ROLES.get(role, 0) + SENIORITIES.get(seniority, 0)
    if staff is not None:
        points += 20 if staff >= 1000 else 10 if 200 <= staff <= 999 else -20 if staff < 20 else 0
    if email.endswith(("@gmail.com", "@yahoo.com")):
        points -= 20
    if "student" in title.lower():
        points -= 30
    return max(0, min(100, points)) * 10_000


def engagement(facts: Facts, role: str) -> int:
    points = sum(facts.once.values()) + min(len(facts.days), 10)
    points += 20 * (role == "economic_buyer" and facts.pricing_90) + 15 * (facts.pricing >= 3)
    points += 5 * (facts.docs >= 5) - 10 * (facts.careers >= 2) + 2 * (facts.opens >= 3)
    points += 5 * (facts.now > 1.5 * facts.before)
    units = points * 10_000 + min(facts.clicks, 60_000) + min(facts.papers, 120_000)
    units += min(facts.webinars, 120_000) + min(facts.meetings, 250_000)
    units += sum(FORMS[form][age] for form, age in facts.forms.items())
    if not facts.now and not facts.before:
        units = (abs(units) + 1) // 2 * (1 if units > 0 else -1)
    return max(0, min(1_000_000, units))
