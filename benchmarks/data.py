"""Data for the benchmarks: one year of events, skewed as real ones are: few people do much, most do little.

    python -m benchmarks.data M           writes build/benchmarks/M/{accounts,contacts,events}.parquet
    python -m benchmarks.data M ndjson    …and the same in build/benchmarks/M-ndjson

Sizes: S 100 thousand events, 10 thousand contacts, 500 accounts; M 20 times, L 200 times as much; XS to try things.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from .layout import AS_OF, BUILD, COLUMNS

Values = npt.NDArray[Any]

SEED = 20260301
YEAR = 365 * 86_400_000_000
PAGES = ("pricing", "pricing/teams", "security", "compare/rival", "careers", "case-studies/acme")
DOCS = 194
TITLES = ("intro", "deep dive", "roadmap", "customer story", "security hour")
FORMS = ("newsletter", "contact", "demo", "trial", "pricing")
TOPICS = ("crm", "attribution", "analytics", "etl", "bi", "governance")
ASSETS = (*(f"paper/{number}" for number in range(12)), "buyers-guide", "roi-calculator")
ROLES = ("economic_buyer", "technical_buyer", "champion", "influencer", "user")
TYPES = (
    "page_view",
    "email_open",
    "email_click",
    "intent",
    "download",
    "form_submit",
    "webinar",
    "meeting",
    "unsubscribed",
)
SHARES = (0.58, 0.14, 0.08, 0.08, 0.05, 0.03, 0.025, 0.01, 0.005)


@dataclass(frozen=True)
class Size:
    events: int
    contacts: int
    accounts: int


SIZES = {
    "XS": Size(5_000, 500, 40),
    "S": Size(100_000, 10_000, 500),
    "M": Size(2_000_000, 200_000, 10_000),
    "L": Size(20_000_000, 2_000_000, 100_000),
}


def skewed(chance: np.random.Generator, count: int, among: int) -> Values:
    """Numbers below `among`, the small ones far more often: the k-th with a weight of k^(-2/3)."""
    return (among * chance.random(count) ** 3).astype(np.int64)


def ids(letter: str, digits: int, numbers: Values) -> pl.Series:
    return letter + pl.Series(numbers).cast(pl.String).str.zfill(digits)


def named(values: Sequence[str], which: Values) -> pl.Series:
    return pl.Series(values).gather(which)


def only(where: Values, values: pl.Series | Values) -> pl.Series:
    """The values where the condition holds; elsewhere nothing is known."""
    return pl.select(pl.when(pl.Series(where)).then(pl.Series(values)).otherwise(None)).to_series()


def accounts(size: Size, chance: np.random.Generator) -> pl.DataFrame:
    count = size.accounts
    return pl.DataFrame(
        {
            "id": ids("a", 7, np.arange(count)),
            "industry": named(("software", "finance", "retail", "energy", "media"), chance.integers(0, 5, count)),
            "employees": np.round(np.exp(chance.normal(5.5, 1.6, count))).astype(np.float64),
            "region": named(("EMEA", "AMER", "APAC"), chance.integers(0, 3, count)),
            "target": chance.random(count) < 0.2,
        }
    )


def contacts(size: Size, chance: np.random.Generator) -> pl.DataFrame:
    count = size.contacts
    domains = ("@gmail.com", "@corp.example", "@yahoo.com", "@firm.example")
    return pl.DataFrame(
        {
            "id": ids("c", 8, np.arange(count)),
            "account_id": ids("a", 7, skewed(chance, count, size.accounts)),
            "role": named(ROLES, chance.choice(5, count, p=(0.06, 0.12, 0.1, 0.12, 0.6))),
            "seniority": named(("c_level", "vp", "director", "manager", "staff"), chance.integers(0, 5, count)),
            "email": ids("", 1, np.arange(count)) + named(domains, chance.choice(4, count, p=(0.08, 0.5, 0.02, 0.4))),
            "title": named(("CFO", "Head of Data", "Student", "Engineer", "VP Sales"), chance.integers(0, 5, count)),
        }
    )


def events(size: Size, chance: np.random.Generator) -> pl.DataFrame:
    count = size.events
    kind = chance.choice(len(TYPES), count, p=SHARES)
    of = {name: kind == number for number, name in enumerate(TYPES)}
    few = chance.random(count) < 0.3
    page = np.where(few, chance.integers(0, len(PAGES), count), len(PAGES) + skewed(chance, count, DOCS))
    contact = ids("c", 8, skewed(chance, count, size.contacts))
    account = ids("a", 7, skewed(chance, count, size.accounts))
    at = pl.Series(AS_OF - (YEAR * chance.random(count)).astype(np.int64)).cast(pl.Datetime("us", "UTC"))
    mails = of["email_open"] | of["email_click"]
    return pl.DataFrame(
        {
            "id": ids("e", 9, np.arange(count)),
            "type": named(TYPES, kind),
            "timestamp": at,
            "contact_id": only(~of["intent"], contact),
            "account_id": only(of["intent"], account),
            "page": only(of["page_view"], named((*PAGES, *(f"docs/{number}" for number in range(DOCS))), page)),
            "seconds": only(of["page_view"], np.round(chance.exponential(40, count))),
            "campaign": only(mails, named([f"mail-{number}" for number in range(60)], chance.integers(0, 60, count))),
            "asset": only(of["download"], named(ASSETS, chance.integers(0, len(ASSETS), count))),
            "form_name": only(of["form_submit"], named(FORMS, chance.integers(0, len(FORMS), count))),
            "title": only(of["webinar"], named(TITLES, chance.integers(0, len(TITLES), count))),
            "minutes": only(of["webinar"] | of["meeting"], np.round(chance.random(count) * 60)),
            "topic": only(of["intent"], named(TOPICS, chance.integers(0, len(TOPICS), count))),
            "score": only(of["intent"], np.round(chance.random(count) * 100)),
        }
    )


def make(name: str, folder: Path = BUILD, ndjson: bool = False) -> Path:
    """Writes the data of a size, if they are not there yet; gives their folder."""
    target = folder / name
    if not (target / "events.parquet").exists():
        write(SIZES[name], target)
    if not ndjson:
        return target
    other = folder / f"{name}-ndjson"
    if not (other / "events.ndjson").exists():
        other.mkdir(parents=True, exist_ok=True)
        for kind in COLUMNS:
            pl.read_parquet(target / f"{kind}.parquet").write_ndjson(other / f"{kind}.ndjson")
    return other


def write(size: Size, target: Path) -> None:
    """The three tables as Parquet; the events last, so that a folder that has them is complete."""
    chance = np.random.default_rng(SEED)
    target.mkdir(parents=True, exist_ok=True)
    accounts(size, chance).write_parquet(target / "accounts.parquet")
    contacts(size, chance).write_parquet(target / "contacts.parquet")
    events(size, chance).write_parquet(target / "events.parquet", row_group_size=122_880)


if __name__ == "__main__":
    print(make(sys.argv[1], ndjson="ndjson" in sys.argv[2:]))
