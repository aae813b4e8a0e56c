"""Instants, time zones and calendar periods, all in whole microseconds since 1970-01-01 UTC.

Nothing here looks at a clock. A zone is one table of offsets, made once, which the readers and every engine use;
no engine's own zone functions are called, so that none of them can differ.
"""

from __future__ import annotations

import re
import zoneinfo
from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Literal

from ..grammar.late_methods import dataclass

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

ONE_DAY = timedelta(days=1)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK_EPOCH = _EPOCH.replace(tzinfo=None)
_EPOCH_DAY = date(1970, 1, 1).toordinal()

FIRST = -(_EPOCH_DAY - 1) * DAY
"""The first instant that there is: 0001-01-01T00:00:00Z."""
LAST = (date(9999, 12, 31).toordinal() + 1 - _EPOCH_DAY) * DAY - 1
"""The last instant that there is: 9999-12-31T23:59:59.999999Z."""

Period = Literal["day", "week", "month", "quarter", "year"]

# Offsets are looked for from 1850 to 2100; before and after, the first and the last one hold.
_TABLE_FROM = datetime(1850, 1, 1, tzinfo=UTC)
_TABLE_TO = datetime(2100, 1, 1, tzinfo=UTC)
# No zone has ever changed its offset and changed it back in less than 6.9 days (Brazil in 2000, Gaza in Ramadan).
_STEP = timedelta(days=6)
_MICROSECOND = timedelta(microseconds=1)


class UnknownZone(ValueError):
    """There is no time zone of that name."""


@dataclass(frozen=True)
class Zone:
    """A time zone as a table: from each instant on, the offset of the local clock from UTC.

    >>> berlin = Zone.named("Europe/Berlin")
    >>> format_instant(berlin.to_utc(parse_wall("2026-07-01T12:00")))
    '2026-07-01T10:00:00Z'
    """

    name: str
    transitions: tuple[tuple[int, int], ...] = ((FIRST, 0),)

    @staticmethod
    def named(name: str) -> Zone:
        """The zone of that name in the IANA database; raises UnknownZone."""
        zone = _KNOWN.get(name)
        if zone is None:
            zone = _KNOWN[name] = _zone(name)
        return zone

    def known_as(self, name: str) -> None:
        """Whoever names it so need not make its table, which takes as long as a ruleset takes to be recalled."""
        _KNOWN[name] = self

    @cached_property
    def walls(self) -> tuple[tuple[int, int], ...]:
        """The same table by the local clock: from each local time on, the offset by which it is read.

        An ambiguous time is the earlier instant, and one that a change skipped is read with the offset before the
        change: both keep the old offset until the clock has passed the change by either offset.
        """
        first, *changes = self.transitions
        before = [first[1], *(offset for _, offset in changes)]
        rest = ((at + max(old, new), new) for (at, new), old in zip(changes, before, strict=False))
        return ((FIRST + first[1], first[1]), *rest)

    def offset_at(self, us: int) -> int:
        """The offset in microseconds at an instant."""
        return _step(self.transitions, self._instants, us)

    def to_local(self, us: int) -> int:
        """What the local clock shows at an instant, counted as if it were UTC."""
        return us + self.offset_at(us)

    def to_utc(self, wall: int) -> int:
        """The instant of a local time."""
        return wall - _step(self.walls, self._wall_times, wall)

    @cached_property
    def _instants(self) -> list[int]:
        return [at for at, _ in self.transitions]

    @cached_property
    def _wall_times(self) -> list[int]:
        return [wall for wall, _ in self.walls]


UTC_ZONE = Zone("UTC")
_KNOWN: dict[str, Zone] = {}


def _step(table: tuple[tuple[int, int], ...], starts: list[int], at: int) -> int:
    return table[max(bisect_right(starts, at) - 1, 0)][1]


def _zone(name: str) -> Zone:
    if name in ("UTC", "Etc/UTC", "Z"):
        return UTC_ZONE
    try:
        source = zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(name) from error
    return Zone(name, tuple(_transitions(source)))


def _transitions(source: zoneinfo.ZoneInfo) -> list[tuple[int, int]]:
    """All changes of offset, found by walking in steps and halving the step in which one lies.

    Instants are written as `fromutc` wants them: the clock of UTC with the zone beside it.
    """
    local, last = source.fromutc, _TABLE_TO.replace(tzinfo=source)
    before = _TABLE_FROM.replace(tzinfo=source)
    offset = local(before) - before
    found = [(FIRST, offset // _MICROSECOND)]
    while before < last:
        after = before + _STEP
        new = local(after) - after
        if new != offset:
            found.append((_change(local, before, after), new // _MICROSECOND))
        before, offset = after, new
    return found


def _change(local: Callable[[datetime], datetime], low: datetime, high: datetime) -> int:
    """The first second in (low, high] with the offset that `high` has."""
    new = local(high) - high
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // timedelta(seconds=2) * timedelta(seconds=1)
        low, high = (low, middle) if local(middle) - middle == new else (middle, high)
    return (high.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND


# ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────

_INSTANT = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)"
    r"(?:[Tt ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?"
    r"(?P<zone>[Zz]| ?UTC| ?[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)


def parse_instant(text: str, zone: Zone, end_of_day: bool = False) -> int | None:
    """The instant that a text names in ISO 8601; None where it names none.

    A date alone is its first instant in the zone, or its last microsecond with `end_of_day`. A time without an
    offset is a local time of the zone. Digits finer than microseconds are cut off.

    >>> format_instant(parse_instant("2026-03-01", Zone.named("Europe/Berlin"), end_of_day=True))
    '2026-03-01T22:59:59.999999Z'
    >>> parse_instant("2026-02-30", UTC_ZONE) is None
    True
    """
    match = _INSTANT.fullmatch(text)
    if match is None:
        return None
    day = _day_start(match["date"])
    if day is None:
        return None
    if match["hour"] is None:
        return zone.to_utc(day + DAY) - 1 if end_of_day else zone.to_utc(day)
    clock = _clock(match)
    if clock is None:
        return None
    if match["zone"] is None:
        return zone.to_utc(day + clock)
    offset = _written_offset(match["zone"].strip())
    return None if offset is None else day + clock - offset


def parse_wall(text: str) -> int:
    """A local time as micros of its own clock: `parse_instant` without any zone. Raises ValueError."""
    wall = parse_instant(text, UTC_ZONE)
    if wall is None:
        raise ValueError(text)
    return wall


def parse_date(text: str) -> date | None:
    """The date that a text names: `YYYY-MM-DD`, also with a midnight without zone behind it, as tables write dates.

    >>> parse_date("2026-03-01 00:00:00")
    datetime.date(2026, 3, 1)
    """
    match = _DATE.fullmatch(text)
    day = None if match is None else _day_start(match[1])
    return None if day is None else date.fromordinal(day // DAY + _EPOCH_DAY)


_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:[Tt ]00:00(?::00(?:[.,]0+)?)?)?", re.ASCII)


def _day_start(text: str) -> int | None:
    try:
        return (date.fromisoformat(text).toordinal() - _EPOCH_DAY) * DAY
    except ValueError:
        return None


def _clock(match: re.Match[str]) -> int | None:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    fraction = int((match["fraction"] or "")[:6].ljust(6, "0"))
    return hour * HOUR + minute * MINUTE + second * SECOND + fraction


def _written_offset(text: str) -> int | None:
    if text[0] not in "+-":
        return 0
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    if hours > 23 or minutes > 59:
        return None
    size = hours * HOUR + minutes * MINUTE
    return -size if text[0] == "-" else size


def format_instant(us: int) -> str:
    """An instant as text in UTC, with a fraction only where there is one; what a zone pushes out of the years 1 to
    9999 is shown as the first or the last instant there is.

    >>> format_instant(0), format_instant(1_500_000)
    ('1970-01-01T00:00:00Z', '1970-01-01T00:00:01.500000Z')
    """
    return (_CLOCK_EPOCH + timedelta(microseconds=min(max(us, FIRST), LAST))).isoformat() + "Z"


# ── the calendar ─────────────────────────────────────────────────────────────────────────────────────────────────


def local_time(us: int, zone: Zone) -> str:
    """An instant as ISO text on the clock of the zone, with its offset.

    >>> local_time(0, Zone.named("Europe/Berlin"))
    '1970-01-01T01:00:00+01:00'
    """
    offset = zone.offset_at(us)
    wall = format_instant(min(us + offset, LAST)).removesuffix("Z")
    sign = "-" if offset < 0 else "+"
    hours, minutes = divmod(abs(offset) // MINUTE, 60)
    return f"{wall}{sign}{hours:02}:{minutes:02}"


def said_instant(us: int, zone: Zone) -> str:
    """An instant as people say it, on the clock of the zone: the end of a day by its date, any other with its time.

    >>> said_instant(86_399_999_999, Zone.named("UTC"))
    '1970-01-01 (UTC)'
    >>> said_instant(0, Zone.named("Europe/Berlin"))
    '1970-01-01T01:00:00+01:00 (Europe/Berlin)'
    """
    day = local_date(us, zone)
    return f"{day.isoformat() if us == day_end(day, zone) else local_time(us, zone)} ({zone.name})"


def local_date(us: int, zone: Zone) -> date:
    """The calendar date on the zone's clock at an instant."""
    ordinal = zone.to_local(us) // DAY + _EPOCH_DAY
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))


def day_number(day: date) -> int:
    """A day as plans count them, from 1970 on."""
    return day.toordinal() - _EPOCH_DAY


def day_of(number: int) -> date:
    """The day of a number.

    >>> day_of(day_number(date(2026, 5, 20)))
    datetime.date(2026, 5, 20)
    """
    return date.fromordinal(number + _EPOCH_DAY)


def day_start(day: date, zone: Zone) -> int:
    """The first instant of a calendar date."""
    return zone.to_utc((day.toordinal() - _EPOCH_DAY) * DAY)


def day_end(day: date, zone: Zone) -> int:
    """The last microsecond of a calendar date."""
    return zone.to_utc((day.toordinal() + 1 - _EPOCH_DAY) * DAY) - 1


def period_start(day: date, period: Period) -> date:
    """The first date of the calendar period that holds a date; weeks begin on Monday.

    >>> period_start(date(2026, 5, 20), "quarter")
    datetime.date(2026, 4, 1)
    """
    if period == "day":
        return day
    if period == "week":
        return date.fromordinal(max(day.toordinal() - day.weekday(), 1))
    if period == "month":
        return day.replace(day=1)
    if period == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day.replace(month=1, day=1)


def period_bounds(as_of: int, zone: Zone, period: Period, back: int = 0) -> tuple[int, int]:
    """The instants [from, to) of the calendar period that holds `as_of`, or of the one `back` periods before it.

    >>> [format_instant(us) for us in period_bounds(0, UTC_ZONE, "quarter", back=1)]
    ['1969-10-01T00:00:00Z', '1970-01-01T00:00:00Z']
    """
    start = period_start(local_date(as_of, zone), period)
    for _ in range(back):
        if start.toordinal() == 1:
            return FIRST, FIRST
        start = period_start(date.fromordinal(start.toordinal() - 1), period)
    end = _next_start(start, period)
    return max(day_start(start, zone), FIRST), LAST + 1 if end is None else day_start(end, zone)


def _next_start(start: date, period: Period) -> date | None:
    """The first date of the period after the one that begins at `start`; None past the last year."""
    longest = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}[period]
    ordinal = start.toordinal() + longest
    return None if ordinal > date.max.toordinal() else period_start(date.fromordinal(ordinal), period)


def age_in(us: int, as_of: int, unit: int = DAY) -> int:
    """How many whole units lie between an instant and `as_of`, rounded down.

    >>> age_in(0, 3 * DAY - 1), age_in(0, 3 * DAY), age_in(0, 5 * HOUR, HOUR)
    (2, 3, 5)
    """
    return (as_of - us) // unit
