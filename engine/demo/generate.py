"""Writes the files: accounts, contacts, events, and what is true behind them."""

from __future__ import annotations

import csv
import datetime
import json
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from ...grammar.late_methods import dataclass
from .chance import Chance
from .companies import Company, make_company
from .diary import DAY, Diary, date_of
from .journeys import Purchase, Span, live

ABOUT = """\
# Made-up data

Written by Scoreline's generator for the `abm` ruleset (seed {seed}, up to {until}). Companies, people
and what they do are made up; no address here can belong to anybody. Two things to know:

- The topics and scores of `intent` events are real: they come from Bombora's public sample of one week in
  2015 (MIT licence), but the generator assigned them to made-up accounts and moved them to other dates.
  Their ids begin with `bombora-`.
- `truth.csv` is what no ruleset may read: the readiness behind each account, when it was in the market,
  and how that ended. Use it to see whether scores tell what will happen.

On purpose, as in real life: missing values, titles in two languages and any case, machines that open mails
and read pages, events that arrive late or twice, people without a company, companies without people,
students, competitors, and ourselves.
"""


@dataclass(frozen=True)
class Totals:
    """How much was written; `events` counts lines, duplicates among them."""

    accounts: int
    contacts: int
    events: int


class _Files:
    """The files of one data set, all open at once: nothing is kept in memory beyond one account."""

    def __init__(self, out: Path, stack: ExitStack) -> None:
        def create(name: str) -> IO[str]:
            return stack.enter_context((out / name).open("w", encoding="utf-8", newline="\n"))

        self.accounts = create("accounts.ndjson")
        self.contacts = create("contacts.ndjson")
        self.events = create("events.ndjson")
        self.truth = csv.writer(create("truth.csv"), lineterminator="\n")
        self.truth.writerow(["account_id", "readiness", "in_market_from", "in_market_until", "outcome"])

    def write(self, company: Company, purchase: Purchase | None, diary: Diary) -> None:
        self.accounts.write(_line(company.record))
        self.contacts.writelines(_line(person.record) for person in company.people)
        self.events.writelines(diary.lines)
        readiness = purchase.readiness if purchase else company.readiness
        when = (date_of(purchase.opens), date_of(purchase.closes), purchase.outcome) if purchase else ("", "", "")
        self.truth.writerow([company.id, f"{readiness:.4f}", *when])


def _line(record: dict[str, object]) -> str:
    return json.dumps({key: value for key, value in record.items() if value is not None}, ensure_ascii=False) + "\n"


def generate(out: Path, *, until: datetime.datetime, accounts: int = 500, seed: int = 7, days: int = 365) -> Totals:
    """Writes made-up data for the `abm` ruleset into a folder: accounts, contacts, events (NDJSON), and the truth.

    The same arguments give the same bytes, on every machine and version of Python; the first n accounts are the
    same whatever `accounts` is. `until` is the instant of the newest event (it needs a time zone), `days` about how
    far the data reach back. An account has about 250 events; memory does not grow with their number.
    """
    if until.tzinfo is None:
        raise ValueError("`until` needs a time zone")
    end = int(until.timestamp())
    span = Span(end // DAY - days + 1, end // DAY)
    out.mkdir(parents=True, exist_ok=True)
    people = events = 0
    with ExitStack() as stack:
        files = _Files(out, stack)
        for number in range(1, accounts + 1):
            chance = Chance(f"{seed}/{number}")
            company = make_company(number, chance)
            diary = Diary(company.id, end, chance)
            files.write(company, live(company, span, diary, chance), diary)
            people += len(company.people)
            events += len(diary.lines)
    (out / "ABOUT.md").write_text(ABOUT.format(seed=seed, until=until.isoformat()), encoding="utf-8")
    return Totals(accounts, people, events)
