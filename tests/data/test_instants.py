"""Instants and zones: ISO 8601 in, decision 51 between local time and instants, calendar periods."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from scoreline.engine.data import sql, texts
from scoreline.engine.instants import (
    DAY,
    HOUR,
    LAST,
    MINUTE,
    SECOND,
    UTC_ZONE,
    UnknownZone,
    Zone,
    age_in,
    day_end,
    day_start,
    format_instant,
    local_date,
    parse_date,
    parse_instant,
    parse_wall,
    period_bounds,
)

BERLIN = Zone.named("Europe/Berlin")

READINGS = [
    ("2026-03-01", "2026-02-28T23:00:00Z"),
    ("2026-03-01T12:00", "2026-03-01T11:00:00Z"),
    ("2026-03-01 12:00:30", "2026-03-01T11:00:30Z"),
    ("2026-03-01t12:00:30z", "2026-03-01T12:00:30Z"),
    ("2026-03-01 12:00:30 UTC", "2026-03-01T12:00:30Z"),
    ("2026-03-01T12:00:30+02:00", "2026-03-01T10:00:30Z"),
    ("2026-03-01T12:00:30-0530", "2026-03-01T17:30:30Z"),
    ("2026-03-01T12:00:30+02", "2026-03-01T10:00:30Z"),
    ("2026-03-01T12:00:30.5Z", "2026-03-01T12:00:30.500000Z"),
    ("2026-03-01T12:00:30,1234567Z", "2026-03-01T12:00:30.123456Z"),
    ("2026-07-01T12:00", "2026-07-01T10:00:00Z"),
    ("2026-10-25T02:30", "2026-10-25T00:30:00Z"),  # happens twice: the earlier one
    ("2026-03-29T02:30", "2026-03-29T01:30:00Z"),  # skipped: read with the offset before the change
    ("1880-01-01", "1879-12-31T23:06:32Z"),  # local mean time
]

NOTHING = [
    *("", "soon", "2026", "2026-3-1", "2026-02-30", "2026-13-01", "0000-01-01", "2026-03-01T", "2026-03-01T1:00"),
    *("2026-03-01T24:00", "2026-03-01T12:60", "2026-03-01T12:00:60", "2026-03-01T12:00+24:00", "2026-03-01Z"),
    *("20260301", "12026-03-01", "2026-03-01T12:00:00+1:00", "2026-03-01_12:00", "1772366400", "٢٠٢٦-03-01"),
]


@pytest.mark.parametrize(("text", "instant"), READINGS)
def test_what_texts_name(text: str, instant: str) -> None:
    found = parse_instant(text, BERLIN)
    assert found is not None
    assert format_instant(found) == instant


@pytest.mark.parametrize("text", NOTHING)
def test_what_names_nothing(text: str) -> None:
    assert parse_instant(text, BERLIN) is None


def test_a_date_as_an_end_is_its_last_microsecond() -> None:
    end = parse_instant("2026-03-29", BERLIN, end_of_day=True)  # a day of 23 hours
    start = parse_instant("2026-03-29", BERLIN)
    assert end is not None and start is not None
    assert end - start == 23 * HOUR - 1
    assert parse_instant("2026-03-29T10:00Z", BERLIN, end_of_day=True) == parse_instant("2026-03-29T10:00Z", BERLIN)


def test_the_ends_of_time_do_not_raise() -> None:
    last = parse_instant("9999-12-31T23:59:59-12:00", UTC_ZONE)
    assert last is not None
    assert format_instant(last) == format_instant(LAST)
    assert local_date(last, Zone.named("Pacific/Kiritimati")) == date.max
    first = parse_instant("0001-01-01", BERLIN)
    assert first is not None
    assert format_instant(first) == "0001-01-01T00:00:00Z"
    assert period_bounds(last, UTC_ZONE, "year")[1] == LAST + 1


def test_an_unknown_zone_is_named() -> None:
    for name in ("Europe/Atlantis", "", "../etc/passwd", "Europe"):
        with pytest.raises(UnknownZone):
            Zone.named(name)


ZONES = sorted(zoneinfo.available_timezones() - {"localtime"})


@pytest.mark.parametrize("name", ZONES[::12])
def test_zones_agree_with_the_database(name: str) -> None:
    """At each change of offset, and around it, in both directions."""
    zone, reference = Zone.named(name), zoneinfo.ZoneInfo(name)
    for at, _ in zone.transitions[1:]:
        for seconds in (-7200, -3600, -1800, -1, 0, 1, 1800, 3600, 7200):
            us = at + seconds * SECOND
            assert zone.to_local(us) - us == _offset(_utc(us).astimezone(reference))
            wall = zone.to_local(us)
            assert wall - zone.to_utc(wall) == _offset(_utc(wall).replace(tzinfo=reference, fold=0))


def test_no_change_of_offset_is_missed() -> None:
    """Brazil changed for a week in 2000, Gaza does in some years for Ramadan."""
    for name in ("America/Noronha", "Asia/Gaza", "Africa/Tunis"):
        zone, reference = Zone.named(name), zoneinfo.ZoneInfo(name)
        for day in range(-30_000, 40_000):
            us = day * DAY
            assert zone.offset_at(us) == _offset(_utc(us).astimezone(reference)), (name, day)


def _utc(us: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)


def _offset(at: datetime) -> int:
    offset = at.utcoffset()
    assert offset is not None
    return offset // timedelta(microseconds=1)


def test_periods() -> None:
    as_of = parse_wall("2026-03-31T22:30")  # in Berlin it is already April
    april = (day_start(date(2026, 4, 1), BERLIN), day_start(date(2026, 5, 1), BERLIN))
    assert period_bounds(as_of, BERLIN, "month") == april
    assert period_bounds(as_of, UTC_ZONE, "month") == (parse_wall("2026-03-01"), parse_wall("2026-04-01"))
    assert period_bounds(as_of, UTC_ZONE, "month", 1) == (parse_wall("2026-02-01"), parse_wall("2026-03-01"))
    assert period_bounds(as_of, UTC_ZONE, "week") == (parse_wall("2026-03-30"), parse_wall("2026-04-06"))
    assert period_bounds(as_of, UTC_ZONE, "quarter", 1) == (parse_wall("2025-10-01"), parse_wall("2026-01-01"))
    assert period_bounds(as_of, UTC_ZONE, "year") == (parse_wall("2026-01-01"), parse_wall("2027-01-01"))
    assert day_end(date(2026, 3, 31), UTC_ZONE) == parse_wall("2026-04-01") - 1


def test_ages_are_whole_units() -> None:
    assert [age_in(0, n * HOUR, DAY) for n in (0, 23, 24, 47, 48)] == [0, 0, 1, 1, 2]
    assert age_in(0, 90 * MINUTE, HOUR) == 1
    assert age_in(1, 0) == -1


# ── the same readings in SQL ─────────────────────────────────────────────────────────────────────────────────────

TWO = st.sampled_from(["00", "01", "02", "03", "12", "23", "24", "29", "30", "31", "59", "60"])
YEARS = st.sampled_from(["0000", "0001", "1893", "1970", "2026", "2099", "9999"])
DATES = st.builds("{}-{}-{}".format, YEARS, TWO, TWO)
CLOCKS = st.builds(
    "{}{}:{}{}{}".format,
    st.sampled_from(["T", " ", "t", "_"]),
    TWO,
    TWO,
    st.one_of(st.just(""), st.builds(":{}".format, TWO)),
    st.sampled_from(["", ".5", ",123456", ".1234567", "."]),
)
ZONED = st.sampled_from(["", "", "Z", "z", " UTC", "+01:00", "-0530", "+02", " +0200", "-23:59", "+24:00", "+1:00"])
WRITTEN = st.one_of(st.builds("{}{}{}".format, DATES, CLOCKS, ZONED), DATES)


SOME, ZONES = st.lists(WRITTEN, min_size=1, max_size=50), st.sampled_from(["UTC", "Europe/Berlin", "Asia/Gaza"])


@settings(deadline=None, max_examples=30)
@given(SOME, ZONES)
def test_sql_reads_the_same(written: list[str], name: str) -> None:
    zone = Zone.named(name)
    parameters: list[object] = []
    given_ = exp.select(sql.value_list(written, "TEXT", parameters).as_("text"))
    text = sql.column("text")
    texts.share_zone(CONNECTION, zone)
    query = sql.select(texts.as_instant(text, zone), texts.as_date(text), source=given_)
    found = sql.rows(CONNECTION, query, parameters)
    assert found == [(parse_instant(each, zone), parse_date(each)) for each in written]


@pytest.mark.soak
def test_sql_reads_the_same_for_long() -> None:
    long = settings(deadline=None, max_examples=3000)
    long(given(SOME, ZONES)(test_sql_reads_the_same.hypothesis.inner_test))()


def test_sql_reads_the_table_of_readings() -> None:
    written = [text for text, _ in READINGS] + NOTHING
    parameters: list[object] = []
    given_ = exp.select(sql.value_list(written, "TEXT", parameters).as_("text"))
    texts.share_zone(CONNECTION, BERLIN)
    query = sql.select(texts.as_instant(sql.column("text"), BERLIN), source=given_)
    found = [value for (value,) in sql.rows(CONNECTION, query, parameters)]
    assert found == [parse_instant(text, BERLIN) for text in written]


CONNECTION = duckdb.connect()
