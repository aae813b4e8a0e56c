"""Data for the benchmarks: one year of events, skewed as real ones are: few people do much, most do little.

    python -m benchmarks.data M           writes build/benchmarks/M/{accounts,contacts,events}.parquet
    python -m benchmarks.data M ndjson    …and the same in build/benchmarks/M-ndjson

Sizes: S 100 thousand events, 10 thousand contacts, 500 accounts; M 20 times, L 200 times as much; XS to try things.
"""

from __future__ import annotations

import sys
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


def accounts(size: Size, chance: np.random.Generator) -> pl.DataFrame:
    number = np.arange(size.accounts)
    return pl.DataFrame(
        {
            "id": pl.Series(number).cast(pl.String).str.zfill(7).str.replace("^", "a"),
            "industry": np.array(["software", "finance", "retail", "energy", "media"])[
                chance.integers(0, 5, size.accounts)
            ],
            "employees": np.round(np.exp(chance.normal(5.5, 1.6, size.accounts))).astype(np.float64),
            "region": np.array(["EMEA", "AMER", "APAC"])[chance.integers(0, 3, size.accounts)],
            "target": chance.random(size.accounts) < 0.2,
        }
    )


def contacts(size: Size, chance: np.random.Generator) -> pl.DataFrame:
    number = np.arange(size.contacts)
    domains = np.array(["gmail.com", "corp.example", "yahoo.com", "firm.example"])
    return pl.DataFrame(
        {
            "id": pl.Series(number).cast(pl.String).str.zfill(8).str.replace("^", "c"),
            "account_id": pl.Series(skewed(chance, size.contacts, size.accounts))
            .cast(pl.String)
            .str.zfill(7)
            .str.replace("^", "a"),
            "role": np.array(ROLES)[chance.choice(5, size.contacts, p=(0.06, 0.12, 0.1, 0.12, 0.6))],
            "seniority": np.array(["c_level", "vp", "director", "manager", "staff"])[
                chance.integers(0, 5, size.contacts)
            ],
            "email": pl.Series(number).cast(pl.String)
            + "@"
            + pl.Series(domains[chance.choice(4, size.contacts, p=(0.08, 0.5, 0.02, 0.4))]),
            "title": np.array(["CFO", "Head of Data", "Student", "Engineer", "VP Sales"])[
                chance.integers(0, 5, size.contacts)
            ],
        }
    )


def events(size: Size, chance: np.random.Generator) -> pl.DataFrame:
    count = size.events
    kind = chance.choice(len(TYPES), count, p=SHARES)
    of = {name: kind == number for number, name in enumerate(TYPES)}
    pages = np.array([*PAGES, *(f"docs/{number}" for number in range(DOCS))])
    page = np.where(
        chance.random(count) < 0.3, chance.integers(0, len(PAGES), count), len(PAGES) + skewed(chance, count, DOCS)
    )
    contact = pl.Series(skewed(chance, count, size.contacts)).cast(pl.String).str.zfill(8).str.replace("^", "c")
    account = pl.Series(skewed(chance, count, size.accounts)).cast(pl.String).str.zfill(7).str.replace("^", "a")
    number = pl.Series(np.arange(count))
    return pl.DataFrame(
        {
            "id": number.cast(pl.String).str.zfill(9).str.replace("^", "e"),
            "type": np.array(TYPES)[kind],
            "timestamp": pl.Series(AS_OF - (YEAR * chance.random(count)).astype(np.int64)).cast(
                pl.Datetime("us", "UTC")
            ),
            "contact_id": pl.select(pl.when(pl.Series(of["intent"])).then(None).otherwise(contact)).to_series(),
            "account_id": pl.select(pl.when(pl.Series(of["intent"])).then(account).otherwise(None)).to_series(),
            "page": only(of["page_view"], pages[page]),
            "seconds": only(of["page_view"], np.round(chance.exponential(40, count))),
            "campaign": only(
                of["email_open"] | of["email_click"],
                np.array([f"mail-{n}" for n in range(60)])[chance.integers(0, 60, count)],
            ),
            "asset": only(of["download"], np.array(ASSETS)[chance.integers(0, len(ASSETS), count)]),
            "form_name": only(of["form_submit"], np.array(FORMS)[chance.integers(0, len(FORMS), count)]),
            "title": only(of["webinar"], np.array(TITLES)[chance.integers(0, len(TITLES), count)]),
            "minutes": only(of["webinar"] | of["meeting"], np.round(chance.random(count) * 60)),
            "topic": only(of["intent"], np.array(TOPICS)[chance.integers(0, len(TOPICS), count)]),
            "score": only(of["intent"], np.round(chance.random(count) * 100)),
        }
    )


def only(where: Values, values: Values) -> pl.Series:
    """The values where the condition holds; elsewhere nothing is known."""
    return pl.select(pl.when(pl.Series(where)).then(pl.Series(values)).otherwise(None)).to_series()


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
