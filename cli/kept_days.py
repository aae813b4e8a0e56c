"""`--since` and `--until`: from which snapshots of a store on, and up to which. The clock is read here."""

from __future__ import annotations

import datetime
import time
from typing import Literal

from .failures import fail

WAYS = "write `yesterday`, `today`, a date such as `2026-03-01`, or an instant: `2026-03-01T09:00Z`"


def bounds(since: str | None, until: str | None, zone_name: str) -> tuple[int | None, int | None]:
    """The first and the last instant that are asked for; the first comes first."""
    first, last = bound(since, zone_name, "since"), bound(until, zone_name, "until")
    if first is not None and last is not None and first > last:
        fail(f"`--since {since}` is after `--until {until}`", "the first day comes first")
    return first, last


def bound(text: str | None, zone_name: str, side: Literal["since", "until"]) -> int | None:
    """The first or last instant that a word means: of a day, its beginning or its end, in the ruleset's time zone."""
    from ..engine.instants import Zone, day_end, day_start, local_date, parse_instant

    if text is None:
        return None
    zone = Zone.named(zone_name)
    word = text.strip().lower()
    if word in ("today", "yesterday"):
        day = local_date(time.time_ns() // 1000, zone) - datetime.timedelta(days=word == "yesterday")
        return day_start(day, zone) if side == "since" else day_end(day, zone)
    found = parse_instant(text.strip(), zone, end_of_day=side == "until")
    if found is None:
        fail(f"`--{side} {text}` is no day", WAYS)
    return found
