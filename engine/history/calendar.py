"""At which local days a history is worked out: every day, every so many days, weeks or months."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Literal

from ...grammar.late_methods import dataclass
from ..instants import ONE_DAY, Zone, day_end

MOST = 3_700
"""At so many instants at most: ten years of days."""

_EVERY = re.compile(r"(?:(?P<count>[1-9]\d{0,3})\s*)?(?P<unit>day|week|month)s?", re.ASCII | re.IGNORECASE)
_DAYS = {"day": 1, "week": 7}


@dataclass(frozen=True)
class Every:
    """Every so many days, or the ends of months.

    >>> Every.read("2 weeks"), Every.read("month"), Every.read("2 months") is None
    (Every(count=14, unit='day'), Every(count=1, unit='month'), True)
    """

    count: int = 1
    unit: Literal["day", "month"] = "day"

    @staticmethod
    def read(text: str) -> Every | None:
        """What `day`, `week`, `month` or `10 days` means; None if it is none of these."""
        found = _EVERY.fullmatch(text.strip())
        if found is None:
            return None
        count, unit = int(found["count"] or 1), found["unit"].lower()
        if unit == "month":
            return Every(1, "month") if count == 1 else None
        return Every(count * _DAYS[unit])

    def days(self, first: date, last: date) -> list[date]:
        """The local days from the first to the last, the last one always among them.

        Days are counted back from the last; months are told by their last days.

        >>> [str(day) for day in Every(7).days(date(2026, 2, 10), date(2026, 3, 1))]
        ['2026-02-15', '2026-02-22', '2026-03-01']
        >>> [str(day) for day in Every(1, "month").days(date(2025, 12, 31), date(2026, 3, 1))]
        ['2025-12-31', '2026-01-31', '2026-02-28', '2026-03-01']
        """
        if self.unit == "day":
            back = (last - first).days
            return [last - timedelta(days=days) for days in range(back - back % self.count, -1, -self.count)]
        every = (date.fromordinal(ordinal) for ordinal in range(first.toordinal(), last.toordinal() + 1))
        return [day for day in every if day == last or (day + ONE_DAY).day == 1]

    def longest(self, first: date, last: date) -> int:
        """About how many days these are, at most a few too many."""
        return (last - first).days // (28 if self.unit == "month" else self.count) + 1

    def instants(self, first: date, last: date, zone: Zone) -> list[int]:
        """The last microseconds of these days."""
        return [day_end(day, zone) for day in self.days(first, last)]
