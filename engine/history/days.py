"""The instants at which a history is asked for: the ends of local days."""

from __future__ import annotations

from datetime import date, timedelta

from ..instants import Zone, day_end


def days(zone: Zone, first: date, last: date, every: int = 1) -> list[int]:
    """The last microsecond of each local day from `first` to `last`, or of every so many of them.

    >>> from ..instants import format_instant
    >>> [format_instant(at) for at in days(Zone.named("UTC"), date(2026, 2, 27), date(2026, 3, 2), every=2)]
    ['2026-02-27T23:59:59.999999Z', '2026-03-01T23:59:59.999999Z']
    """
    return [day_end(first + timedelta(days=n), zone) for n in range(0, (last - first).days + 1, every)]
