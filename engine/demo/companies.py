"""Made-up companies and the people in them."""

from __future__ import annotations

from dataclasses import field

from ...grammar.late_methods import dataclass
from .catalogue import (
    COMPANY_ENDINGS,
    COMPANY_WORDS,
    COMPETITORS,
    FIRST_NAMES,
    FREE_MAIL,
    INDUSTRIES,
    LAST_NAMES,
    OURSELVES,
    REGIONS,
    TECHNOLOGIES,
)
from .chance import Chance
from .sources import titles

_INDUSTRY_FIT = {
    **dict.fromkeys(("software", "financial services", "manufacturing", "logistics"), 1.0),
    **dict.fromkeys(("retail", "healthcare", "energy", "telecommunications"), 0.5),
}
_GOOD_TECHNOLOGIES = frozenset(TECHNOLOGIES[:8])


@dataclass(frozen=True)
class Person:
    """Somebody whom marketing knows, with what the CRM knows and what is true."""

    id: str
    record: dict[str, object]
    role: str
    seniority: str
    eagerness: float


@dataclass(frozen=True)
class Company:
    """An account: what the CRM knows of it, and what is true: how ready it is to buy, and how much it stirs at all."""

    id: str
    domain: str
    record: dict[str, object]
    readiness: float
    stir: float
    scans_mail: bool
    people: list[Person] = field(default_factory=list)


def make_company(number: int, chance: Chance) -> Company:
    """One account with its people. Few companies are large, and few have most of the people (Zipf's law)."""
    industry = INDUSTRIES.pick(chance)
    region = REGIONS.pick(chance)
    name = f"{chance.pick(COMPANY_WORDS)}-{chance.pick(COMPANY_ENDINGS[industry])}-{number}"
    domain = chance.pick(COMPETITORS) if chance.happens(0.01) else f"{name}.example"
    employees = int(chance.skewed(40, 60_000) if chance.happens(0.5) else chance.skewed(300, 250_000))
    technologies = [tool for tool in TECHNOLOGIES if chance.happens(0.18)]
    fit = _fit(industry, employees, region, technologies)
    need = chance.middling()
    company = Company(
        id=name,
        domain=domain,
        record={
            "id": name,
            "domain": domain,
            "target": fit > 0.45 and chance.happens(0.75),
            "industry": None if chance.happens(0.08) else industry,
            "employees": None if chance.happens(0.12) else employees,
            "revenue": None if chance.happens(0.35) else round(employees * chance.between(0.08, 0.4), 1),
            "region": None if chance.happens(0.04) else region,
            "technologies": None if chance.happens(0.3) else technologies,
        },
        readiness=0.4 * fit + 0.6 * need,
        stir=chance.skewed(0.4, 10.0),
        scans_mail=chance.happens(0.25),
    )
    company.people.extend(_make_person(company, index, chance) for index in range(_head_count(employees, chance)))
    return company


def _fit(industry: str, employees: int, region: str, technologies: list[str]) -> float:
    """How well a company fits in truth, from 0 to 1."""
    size = 1.0 if employees >= 5000 else 0.8 if employees >= 500 else 0.4 if employees >= 100 else 0.1
    tools = min(1.0, len(_GOOD_TECHNOLOGIES.intersection(technologies)) / 2)
    home = {"EMEA": 1.0, "AMER": 0.6}.get(region, 0.2)
    return 0.35 * _INDUSTRY_FIT.get(industry, 0.0) + 0.35 * size + 0.15 * home + 0.15 * tools


def _head_count(employees: int, chance: Chance) -> int:
    if chance.happens(0.12):
        return 0
    return int(min(employees, chance.skewed(2.5, 30) + (3 if employees >= 500 else 0)))


def _make_person(company: Company, index: int, chance: Chance) -> Person:
    title = titles().pick(chance)
    first, last = chance.pick(FIRST_NAMES), chance.pick(LAST_NAMES)
    person = f"{company.id}-p{index + 1}"
    return Person(
        id=person,
        record={
            "id": person,
            "account_id": None if chance.happens(0.02) else company.id,
            "title": _as_written(title.text, chance),
            "email": _address(company, first, last, title.role, index, chance),
            "role": title.role if title.role != "student" and chance.happens(0.1) else None,
            "seniority": title.seniority if chance.happens(0.15) else None,
        },
        role=title.role,
        seniority=title.seniority,
        eagerness=chance.middling(),
    )


def _as_written(title: str, chance: Chance) -> str | None:
    """A title as it comes out of forms and imports: missing, shouted, with blanks around it."""
    luck = chance.draw()
    if luck < 0.08:
        return None
    if luck < 0.12:
        return title.upper()
    if luck < 0.16:
        return title.lower()
    return f" {title} " if luck < 0.19 else title


def _address(company: Company, first: str, last: str, role: str, index: int, chance: Chance) -> str | None:
    luck = chance.draw()
    name = f"{first}.{last}".lower()
    if role == "student":
        return f"{name}@student.north-university.edu.example"
    if luck < 0.03:
        return None
    if luck < 0.08:
        return f"{name}.{company.id}.{index}@{FREE_MAIL}"
    if luck < 0.09:
        return f"info@{company.domain}"
    if luck < 0.093:
        return f"{name}@{OURSELVES}"
    return f"{name}@{company.domain}"
