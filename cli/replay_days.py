"""`--from`, `--to` and `--every`: at which days a replay looks. The clock is read here."""

from __future__ import annotations

import datetime
import time
from typing import TYPE_CHECKING

from . import loading
from .console import say
from .failures import fail

if TYPE_CHECKING:
    from ..engine.data import Dataset
    from ..engine.history.calendar import Every
    from ..engine.ruleset import Ruleset

WAYS = "write `2026-03-01`, `latest` (the newest event's day), `today` or `yesterday`"


def every_of(text: str) -> Every:
    """What `--every` means."""
    from ..engine.history.calendar import Every

    found = Every.read(text)
    if found is None:
        fail(f"`--every {text}` is no length of days", "write `day`, `week`, `month` or `10 days`")
    return found


def instants(rules: Ruleset, dataset: Dataset, every: Every, first: str | None, last: str | None) -> list[int]:
    """The instants from one day to another; what is not given is said."""
    from ..engine.history.calendar import MOST
    from ..engine.instants import Zone

    end = _last(last, rules, dataset)
    begin = _oldest(rules, dataset, end) if first is None else _day(first, "--from", rules, dataset)
    if begin > end:
        way = "the first day comes first" if last and first else "give both `--from` and `--to`"
        fail(f"the first day, {begin}, is after the last, {end}", way)
    if every.longest(begin, end) > MOST:
        fail(f"from {begin} to {end} there are more than {MOST:,} instants", "choose fewer days, or `--every month`")
    return every.instants(begin, end, Zone.named(rules.model.timezone))


def _last(text: str | None, rules: Ruleset, dataset: Dataset) -> datetime.date:
    from ..engine.instants import Zone, local_date

    if text is not None:
        return _day(text, "--to", rules, dataset)
    return local_date(loading.instant(None, rules, dataset, by_day=True), Zone.named(rules.model.timezone))


def _day(text: str, option: str, rules: Ruleset, dataset: Dataset) -> datetime.date:
    from ..engine.instants import Zone, local_date, parse_date

    zone = Zone.named(rules.model.timezone)
    word = text.strip().lower()
    if word == "latest":
        newest = dataset.newest_event()
        if newest is None:
            fail(f"`{option} latest` needs at least one event", "give a day: `2026-03-01`")
        return local_date(newest, zone)
    if word in ("today", "yesterday"):
        return local_date(time.time_ns() // 1000, zone) - datetime.timedelta(days=word == "yesterday")
    found = parse_date(text.strip())
    if found is None:
        fail(f"`{option} {text}` is no day", WAYS)
    return found


def _oldest(rules: Ruleset, dataset: Dataset, end: datetime.date) -> datetime.date:
    from ..engine.instants import Zone, local_date

    oldest = dataset.oldest_event()
    if rules.model.history_from is not None:
        say(f"from {rules.model.history_from}, the `history_from` of the ruleset")
        return rules.model.history_from
    begin = end if oldest is None else local_date(oldest, Zone.named(rules.model.timezone))
    say(f"from {begin}, the day of the oldest event" if oldest is not None else f"there are no events: only {end}")
    return begin
