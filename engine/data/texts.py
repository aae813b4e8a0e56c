"""What a text says, as SQL: the same readings of dates, instants and lists for every kind of file.

Each function takes a text without outer blanks, or NULL, and gives NULL where the text says nothing of the kind.
`instants.py` has the same readings for Python; a test compares them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

import duckdb
from sqlglot import exp

from ..fold import fold
from ..instants import DAY, FIRST, LAST, MINUTE, UTC_ZONE, Zone, local_date
from .sql import (
    Sql,
    at_most,
    both,
    call,
    case,
    cast,
    each_of,
    either,
    equals,
    is_known,
    minus,
    number,
    one_of,
    text,
    times,
    total,
    try_cast,
)

BLANKS = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""White space: what `str.strip()` removes."""

_DAY = r"\d{4}-\d{2}-\d{2}"
_MINUTES = r"(?:[01]\d|2[0-3]):[0-5]\d"
_CLOCK = rf"{_MINUTES}(?::[0-5]\d(?:[.,]\d+)?)?"
_OFFSET = r"(?:[01]\d|2[0-3])(?::?[0-5]\d)?"
_USUAL = rf"{_DAY}T{_MINUTES}:[0-5]\d(?:\.\d{{1,6}})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)"
_WITH_ZONE = rf"{_DAY}[Tt ]{_CLOCK}(?:[Zz]| ?UTC| ?[+-]{_OFFSET})"
_LOCAL = rf"{_DAY}(?:[Tt ]{_CLOCK})?"
_DATE = rf"{_DAY}(?:[Tt ]00:00(?::00(?:[.,]0+)?)?)?"
USUAL_INSTANT = re.compile(_USUAL, re.ASCII)
"""How nearly all instants are written: with a zone, and seconds."""

NUMBER = r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?"

_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0")


def trimmed(value: Sql) -> Sql:
    """The text without outer blanks; an empty one is missing."""
    blanked = exp.Nullif(this=call("trim", value, text(BLANKS)), expression=text(""))
    return case((is_tidy(value), value), otherwise=blanked)  # `trim` with a set of letters is slow


def is_tidy(value: Sql) -> Sql:
    """Whether a text begins and ends with a printable letter of ASCII: then it has no outer blanks, for certain."""
    return both(starts_well(value), ends_well(value))


def starts_well(value: Sql) -> Sql:
    """Whether a text begins with a printable letter of ASCII; the engine can tell from the statistics of a file."""
    return both(*_printable(value))


def ends_well(value: Sql) -> Sql:
    """Whether a text ends with a printable letter of ASCII."""
    return both(*_printable(exp.Bracket(this=value, expressions=[number(-1)], offset=1)))


def _printable(value: Sql) -> tuple[Sql, Sql]:
    return exp.GTE(this=value, expression=text("!")), exp.LT(this=value, expression=text("\x7f"))


def matches(value: Sql, pattern: str) -> Sql:
    """Whether the whole text has this form."""
    return call("regexp_full_match", value, text(pattern))


def as_member(value: Sql, members: Sequence[str]) -> Sql:
    """The member of an enumeration that a text names in any case, as the schema spells it."""
    folded = call("lower", value)
    low = [member for member in members if fold(member) == member]
    spelled = [(equals(folded, text(fold(member))), text(member)) for member in members if member not in low]
    return case(*([(one_of(folded, low), folded)] if low else []), *spelled)


def as_number(value: Sql) -> Sql:
    """A number as JSON writes it."""
    return case((matches(value, NUMBER), finite(try_cast(value, "DOUBLE"))))


def finite(value: Sql) -> Sql:
    """A double without NaN and infinity, and with one zero: adding nothing makes −0 an ordinary 0."""
    return case((call("isfinite", value), exp.Paren(this=exp.Add(this=value, expression=number(0)))))


def as_bool(value: Sql) -> Sql:
    """`true false yes no 1 0` in any case."""
    low = call("lower", value)
    return case((one_of(low, _TRUE), exp.true()), (one_of(low, _FALSE), exp.false()))


def as_date(value: Sql) -> Sql:
    """A date, also with a midnight without zone behind it."""
    day = try_cast(call("substr", value, number(1), number(10)), "DATE")
    return case((both(matches(value, _DATE), _after_christ(value)), day))


def as_instant(value: Sql, zone: Zone) -> Sql:
    """An instant in microseconds; one without an offset is a local time of the zone."""
    reading = case(
        (matches(value, _USUAL), call("epoch_us", try_cast(value, "TIMESTAMPTZ"))),  # the engine knows it, and is fast
        (matches(value, _WITH_ZONE), minus(_wall(value), _written_offset(value))),
        (matches(value, _LOCAL), from_local(_wall(value), zone)),
    )
    return case((_after_christ(value), reading))


def usual_instant(value: Sql) -> Sql:
    """An instant in microseconds, of a text that is written as most are; NULL of any other."""
    known = both(_after_christ(value), matches(value, _USUAL))
    return case((known, call("epoch_us", try_cast(value, "TIMESTAMPTZ"))))


def since_1970(value: Sql, unit: int) -> Sql:
    """An instant in microseconds, of a number of units since 1970 UTC; the nearest where numbers are that coarse."""
    micros = call("round", times(value, number(unit)))
    return within_range(case((at_most(call("abs", micros), number(LAST)), cast(micros, "BIGINT"))))


def says_instant(value: Sql) -> Sql:
    """Whether a text names an instant, in whatever zone."""
    form = either(matches(value, _WITH_ZONE), matches(value, _LOCAL))
    return both(form, _after_christ(value), is_known(try_cast(call("substr", value, number(1), number(10)), "DATE")))


def within_range(instant: Sql) -> Sql:
    """The instant where it lies in the years 1 to 9999."""
    return case((exp.Between(this=instant, low=number(FIRST), high=number(LAST)), instant))


def share_zone(connection: duckdb.DuckDBPyConnection, zone: Zone) -> None:
    """Give a connection the table of a zone, for `from_local`."""
    connection.execute("SET VARIABLE zone_walls = ?", [zone_walls(zone)]).fetchall()


def zone_walls(zone: Zone) -> Sequence[object]:
    """The table of a zone: a year is the place of its changes in the list."""
    years = _walls_by_year(zone)
    return [years[year] for year in sorted(years)]


def from_local(wall: Sql, zone: Zone) -> Sql:
    """The instant of a local time, by the table of the zone: by its year, then by the changes within that year.

    The connection needs the table: see `share_zone`.
    """
    if len(zone.walls) == 1:
        return minus(wall, number(zone.walls[0][1]))
    years = _walls_by_year(zone)
    first, last = min(years), max(years)

    def instant(local: Sql) -> Sql:
        year = call("date_part", text("year"), call("make_timestamp", local))
        place = minus(call("least", call("greatest", year, number(first)), number(last)), number(first - 1))
        changes = exp.Bracket(this=call("getvariable", text("zone_walls")), expressions=[place], offset=1)
        earlier = each_of(changes, "list_filter", lambda change: at_most(_item(change, 1), local), "change")
        return minus(local, _item(_item(earlier, -1), 2))

    return _item(each_of(exp.array(wall), "list_transform", instant, "wall"), 1)  # a lambda, to work it out once


def _after_christ(value: Sql) -> Sql:
    return exp.GTE(this=value, expression=text("0001"))


def _wall(value: Sql) -> Sql:
    """The date and the clock of a text as microseconds, whatever its offset; a date alone is its first instant."""
    day, clock = (call("substr", value, number(place), number(length)) for place, length in ((1, 10), (12, 5)))
    minutes = call("rtrim", call("concat", day, text(" "), clock))
    seconds = call("rpad", call("regexp_extract", value, text(r"^.{16}:(\d\d)"), number(1)), number(2), text("0"))
    fraction = call("rpad", call("regexp_extract", value, text(r"[.,](\d{1,6})"), number(1)), number(6), text("0"))
    below = cast(call("concat", seconds, fraction), "BIGINT")
    return total(call("epoch_us", try_cast(minutes, "TIMESTAMP")), below)


def _written_offset(value: Sql) -> Sql:
    """The offset at the end of a text with one, in microseconds: `-0530` is −5 hours and −30 minutes."""
    written = call("regexp_extract", value, text(r"[+-]\d\d(?::?\d\d)?$"))
    digits = cast(call("rpad", call("replace", written, text(":"), text("")), number(5), text("0")), "BIGINT")
    minutes = minus(digits, times(number(40), exp.Paren(this=exp.IntDiv(this=digits, expression=number(100)))))
    return times(minutes, number(MINUTE))


def _item(items: Sql, place: int) -> Sql:
    return call("list_extract", items, number(place))


@lru_cache(maxsize=16)
def _walls_by_year(zone: Zone) -> dict[int, list[list[int]]]:
    """For each year from the first change to the last, what holds at its start and the changes in it."""
    by_year = groupby(zone.walls[1:], key=lambda wall: _year(wall[0]))
    changes = {year: [list(wall) for wall in walls] for year, walls in by_year}
    offset = zone.walls[0][1]
    years: dict[int, list[list[int]]] = {}
    for year in range(min(changes, default=1970) - 1, max(changes, default=1970) + 2):
        years[year] = [[FIRST - DAY, offset], *changes.get(year, ())]
        offset = years[year][-1][1]
    return years


def _year(wall: int) -> int:
    return local_date(wall, UTC_ZONE).year
