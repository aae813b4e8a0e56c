"""Selections in full: windows from fields and the calendar, sessions, which, how often where, and the own past; worked
out by hand, on both engines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import scoreline

from .both import rows, scored, written

AS_OF = "2026-03-29T12:00:00Z"
"""A Sunday; in Berlin the clocks went forward in the night before, at 01:00Z."""
MANIFEST = """\
scoreline: 1
name: test
timezone: {zone}
files: [rules.rules]
{more}
schema:
  contact: {{points: number, seen: timestamp}}
  account: {{cycle: number, renewal: date, signed: timestamp}}
  events:
    visit: {{page: text, seconds: number}}
    ping: {{}}
    demo: {{}}
    tagged: {{session: text}}
"""


def results(
    folder: Path, rules: str, data: Any, as_of: str = AS_OF, zone: str = "Europe/Berlin", more: str = ""
) -> Any:
    return scored(written(folder, rules, MANIFEST.format(zone=zone, more=more)), data, as_of)


def visit(at: str, contact: str | None = "ann", type: str = "visit", **more: Any) -> dict[str, Any]:
    """An event; `at` may be how long before the instant, in minutes."""
    return {
        "id": more.pop("id", f"{type} {contact} {at}"),
        "type": type,
        "timestamp": at,
        "contact_id": contact,
        **more,
    }


def ago(days: float = 0, minutes: float = 0, **more: Any) -> dict[str, Any]:
    """An event so long before the instant."""
    return visit(f"{days} days {minutes} minutes ago", **more) | {"timestamp": _instant(days, minutes)}


def _instant(days: float, minutes: float) -> str:
    from datetime import datetime, timedelta

    then = datetime.fromisoformat(AS_OF.replace("Z", "+00:00")) - timedelta(days=days, minutes=minutes)
    return then.isoformat().replace("+00:00", "Z")


# --- windows --------------------------------------------------------------------------------------------------------

CALENDAR = ["today", "last day", "this week", "last week", "this month", "last month", "this quarter", "last quarter"]


@pytest.mark.parametrize(
    ("at", "held"),
    [
        ("2026-03-28T23:00:00Z", {"today", "this week", "this month", "this quarter"}),
        ("2026-03-28T22:59:59.999999Z", {"last day", "this week", "this month", "this quarter"}),
        ("2026-03-27T22:59:59Z", {"this week", "this month", "this quarter"}),
        ("2026-03-22T23:00:00Z", {"this week", "this month", "this quarter"}),
        ("2026-03-22T22:59:59Z", {"last week", "this month", "this quarter"}),
        ("2026-02-28T22:59:59Z", {"last month", "this quarter"}),
        ("2026-01-31T23:00:00Z", {"last month", "this quarter"}),
        ("2025-12-31T22:59:59Z", {"last quarter"}),
        ("2025-09-30T22:00:00Z", {"last quarter"}),
        ("2025-09-30T21:59:59Z", set()),
    ],
)
def test_calendar_windows_by_the_local_clock(tmp_path: Path, at: str, held: set[str]) -> None:
    rules = "".join(f"measure w{i} for lead = count(visit {window})\n" for i, window in enumerate(CALENDAR))
    [found] = results(tmp_path, rules, {"events": [visit(at)]}).leads
    assert {window for i, window in enumerate(CALENDAR) if found[f"w{i}"] == 1} == held


def test_a_day_of_23_hours(tmp_path: Path) -> None:
    """On Monday yesterday is the Sunday on which the clocks changed: from 23:00Z to 22:00Z."""
    inside = [visit("2026-03-28T23:00:00Z"), visit("2026-03-29T21:59:59.999999Z")]
    outside = [visit("2026-03-28T22:59:59.999999Z"), visit("2026-03-29T22:00:00Z")]
    rules = "measure yesterday for lead = count(visit last day)\nmeasure now for lead = count(visit today)\n"
    found = results(tmp_path, rules, {"events": [*inside, *outside]}, "2026-03-30T08:00:00Z")
    assert rows(found, "yesterday", "now") == {"ann": (2.0, 1.0)}


LENGTHS = """\
measure inside for lead = count(visit within account.cycle days)
measure older for lead = count(visit more than account.cycle days ago)
measure amid for lead = count(visit between account.cycle and 20 days ago)
measure silent for lead = count(visit without demo within account.cycle days)
measure half for lead = count(visit within (account.cycle / 2) days)
measure few for lead = count(newest account.cycle visit)
"""


def test_lengths_that_are_fields(tmp_path: Path) -> None:
    """Visits 5 and 10 days ago; a cycle of 10 days, one that is missing, one below 0, one with decimals."""
    accounts = [{"id": "ten", "cycle": 10}, {"id": "none"}, {"id": "below", "cycle": -1}, {"id": "five", "cycle": 5.5}]
    contacts = [{"id": f"of_{item['id']}", "account_id": item["id"]} for item in accounts]
    events = [ago(days, contact=item["id"]) for item in contacts for days in (5, 10)]
    found = results(tmp_path, LENGTHS, {"accounts": accounts, "contacts": contacts, "events": events})
    assert rows(found, "inside", "older", "amid", "silent", "half", "few") == {
        "of_ten": (1.0, 1.0, 1.0, 1.0, 0.0, 2.0),
        "of_none": (0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        "of_below": (0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        "of_five": (1.0, 1.0, 1.0, 1.0, 0.0, 2.0),
    }


def test_a_length_is_that_of_whoever_selects(tmp_path: Path) -> None:
    """Both leads look at the same events of their account, each as far back as its own number says."""
    contacts = [{"id": "ann", "account_id": "acme", "points": 7}, {"id": "bob", "account_id": "acme", "points": 20}]
    events = [ago(5, contact="bob"), ago(10, contact="ann"), ago(15, contact=None, account_id="acme")]
    rules = """\
measure reach for lead = contact.points - 4
measure of_account for lead = count(account.visit within contact.points days)
measure of_reach for lead = count(account.visit within reach days)
measure total for account = count(leads where visit within points days)
"""
    found = results(tmp_path, rules, {"contacts": contacts, "events": events})
    assert rows(found, "of_account", "of_reach") == {"ann": (1.0, 0.0), "bob": (3.0, 3.0)}
    assert rows(found, "total") == {"acme": 1.0}


def test_windows_that_begin_or_end_at_a_field(tmp_path: Path) -> None:
    """A date is its first instant on the local clock: 2026-03-29 begins at 23:00Z the day before."""
    accounts = [{"id": "a", "renewal": "2026-03-29", "signed": "2026-03-29T10:00:00Z"}, {"id": "b"}]
    contacts = [{"id": "ann", "account_id": "a"}, {"id": "bob", "account_id": "b"}]
    times = ["2026-03-28T22:59:59.999999Z", "2026-03-28T23:00:00Z", "2026-03-29T10:00:00Z"]
    events = [visit(at, contact) for contact in ("ann", "bob") for at in times]
    rules = """\
measure since_date for lead = count(visit since account.renewal)
measure before_date for lead = count(visit before account.renewal)
measure since_time for lead = count(visit since account.signed)
measure amid for lead = count(visit between account.renewal and account.signed)
measure turned for lead = count(visit between account.signed and account.renewal)
"""
    found = results(tmp_path, rules, {"accounts": accounts, "contacts": contacts, "events": events})
    names = ("since_date", "before_date", "since_time", "amid", "turned")
    assert rows(found, *names) == {"ann": (2.0, 1.0, 1.0, 1.0, 0.0), "bob": (0.0, 0.0, 0.0, 0.0, 0.0)}


def test_a_date_whose_midnight_the_clocks_skip(tmp_path: Path) -> None:
    """In Santiago 2025-09-07 began at 01:00, which is 04:00Z; a written date means the same instant."""
    data = {
        "accounts": [{"id": "a", "renewal": "2025-09-07"}],
        "contacts": [{"id": "ann", "account_id": "a"}],
        "events": [visit("2025-09-07T03:59:59Z"), visit("2025-09-07T04:00:00Z")],
    }
    rules = (
        "measure f for lead = count(visit since account.renewal)\nmeasure w for lead = count(visit since 2025-09-07)\n"
    )
    assert rows(results(tmp_path, rules, data, zone="America/Santiago"), "f", "w") == {"ann": (1.0, 1.0)}


# --- sessions -------------------------------------------------------------------------------------------------------

SESSIONS = """\
measure sessions for lead = distinct(session of visit)
measure two for lead = visit across at least 2 sessions
measure busy for lead = visit at least 2 times in one session
score s for lead:
    paid: each session of visit => +10
    one: each visit at most 1 per session => +1
"""
CLICKS = [ago(1, 100), ago(1, 80, type="ping"), ago(1, 60), ago(1, 30)]
"""Visits 40 and 30 minutes apart, and between the first two something that no rule names."""


@pytest.mark.parametrize(
    ("rules", "more", "expected"),
    [
        ("", "", (2.0, True, True, 22.0)),
        ("ignore ping\n", "", (3.0, True, False, 33.0)),
        ("ignore ping\n", "session_gap: 1 hour", (1.0, False, True, 11.0)),
        ("", "session_gap: 31 minutes", (1.0, False, True, 11.0)),
    ],
)
def test_sessions_are_runs_of_all_that_is_left(
    tmp_path: Path, rules: str, more: str, expected: tuple[object, ...]
) -> None:
    """A pause of exactly the gap begins a new session; what is ignored keeps none going."""
    found = results(tmp_path, rules + SESSIONS, {"events": CLICKS}, more=more)
    assert rows(found, "sessions", "two", "busy", "s") == {"ann": expected}


def test_a_session_belongs_to_one_contact(tmp_path: Path) -> None:
    """Two contacts and the account itself at the same time; what the data call one session is two of two contacts."""
    contacts = [{"id": "ann", "account_id": "acme"}, {"id": "bob", "account_id": "acme"}]
    together = [ago(1, contact=who, account_id="acme") for who in ("ann", "bob", None)]
    tagged = [
        ago(days, contact=who, type="tagged", session=name, account_id="acme")
        for days, who, name in [(2, "ann", "s1"), (3, "ann", "s1"), (2, "bob", "s1"), (4, "bob", "S1")]
    ]
    later = [ago(0, 5, contact="ann", type="tagged"), ago(0, 10, contact="ann", type="tagged")]
    rules = """\
measure visits for account = distinct(session of visit)
measure tags for account = distinct(session of tagged)
measure mine for lead = distinct(session of tagged)
measure named for lead = count(tagged(where session == 's1'))
score s for account:
    each session of tagged => +1
"""
    found = results(tmp_path, rules, {"contacts": contacts, "events": [*together, *tagged, *later]})
    assert rows(found, "visits", "tags", "s") == {"acme": (3.0, 4.0, 4.0)}
    assert rows(found, "mine", "named") == {"ann": (2.0, 2.0), "bob": (2.0, 2.0)}


# --- which, and how often where ---------------------------------------------------------------------------------------


def test_newest_and_earliest(tmp_path: Path) -> None:
    """Of equal times the smaller id is the newer and the earlier one: by text, '10' before '9'."""
    events = [ago(3, id="10", page="a"), ago(3, id="9", page="b"), ago(5, id="x", page="c"), ago(5, id="w", page="d")]
    rules = """\
measure newest_page for lead = newest(page of newest visit)
measure earliest_page for lead = newest(page of earliest visit)
measure three for lead = count(newest 3 visit)
measure third for lead = earliest(page of newest 3 visit)
measure many for lead = count(newest 10 visit)
measure none for lead = count(newest 2 visit within 1 day)
measure often for lead = newest 3 visit on at least 2 days
measure windowed for lead = newest 2 visit more than 4 days ago at least 2 times
score s for lead:
    each newest 3 visit => +1
    ages: earliest visit => +8 halves every 5 days
    anchored: visit ever after newest visit => +100
"""
    found = results(tmp_path, rules, {"events": events})
    names = ("newest_page", "earliest_page", "three", "third", "many", "none", "often", "windowed", "s")
    assert rows(found, *names) == {"ann": ("a", "d", 3.0, "d", 4.0, 0.0, True, True, 107.0)}


def test_in_one_and_in_any(tmp_path: Path) -> None:
    """Three visits within an hour around midnight in Berlin, one of them of another page; one more 9 days later."""
    at = ["2026-03-18T22:30:00Z", "2026-03-18T22:59:59Z", "2026-03-18T23:10:00Z", "2026-03-27T12:00:00Z"]
    events = [visit(when, id=f"e{i}", page=page) for i, (when, page) in enumerate(zip(at, "aAba", strict=True))]
    rules = """\
measure day for lead = visit at least 3 times in one day
measure pair for lead = visit at least 2 times in one day
measure week for lead = visit at least 3 times in one week
measure month for lead = visit at least 4 times in one month
measure page for lead = visit at least 3 times in one page
measure hour for lead = visit at least 3 times in any 1 hour
measure short for lead = visit at least 3 times in any 40 minutes
measure edge for lead = visit at least 3 times in any 2401 seconds
measure nothing for lead = visit at least 1 time in any account.cycle days
measure single for lead = visit exactly 1 times in one page
measure days for lead = visit on at least 2 days in any 1 hour
"""
    [found] = results(tmp_path, rules, {"events": events}).leads
    held = {name for name in found if found[name] is True}
    assert held == {"pair", "week", "month", "page", "hour", "edge", "single", "days"}


def test_a_line_ages_by_its_newest_portion(tmp_path: Path) -> None:
    """Two visits 10 days ago, one 2 days ago: the day and the stretch that have two are 10 days old."""
    events = [ago(10), ago(10, 30), ago(2)]
    rules = """\
score s for lead:
    any_stretch: visit at least 2 times in any 1 hour => +8 halves every 10 days
    one_day: visit at least 2 times in one day => +16 halves every 10 days
    all: visit at least 2 times => +64 halves every 2 days
    stale: visit at least 2 times in any 1 hour => disqualify 'a' for 5 days
    fresh: visit at least 1 time in any 1 hour => disqualify 'b' for 5 days
"""
    found = results(tmp_path, rules, {"events": events})
    assert rows(found, "s", "disqualified") == {"ann": (4.0 + 8.0 + 32.0, "b")}


def test_groups_that_must_have_some_group_of_their_own(tmp_path: Path) -> None:
    """Page a twice within a minute, page b twice but a day apart: how often counts within each page."""
    events = [ago(1, page="a"), ago(1, 1, page="a"), ago(2, page="b"), ago(3, page="b")]
    rules = """\
score s for lead:
    each page of visit at least 2 times in any 1 hour => +1
    each page of visit at least 2 times in one session => +10
    each page of visit on at least 2 days in any 2 days => +100
    each day with visit at least 2 times in one page => +1000
"""
    assert rows(results(tmp_path, rules, {"events": events}), "s") == {"ann": 1111.0}


# --- numbers --------------------------------------------------------------------------------------------------------


def test_against_the_own_past(tmp_path: Path) -> None:
    """The newest day is left out: then 2, 0, 1 and 0 visits a day. Empty periods count, also for who never came."""
    events = [ago(0.5), ago(1), ago(1.5), ago(3.2), ago(5.0), ago(9, contact="bob")]
    functions = ("sum", "avg", "max", "min", "median", "stddev")
    rules = "".join(f"measure {name}_ for lead = {name}(count of visit per day over 4 days)\n" for name in functions)
    rules += "measure odd for lead = median(count of visit per day over 3 days)\n"
    rules += "measure week for lead = sum(count of visit per day over 1 week)\n"
    rules += "measure field for lead = max(count of visit per day over contact.points days)\n"
    found = results(tmp_path, rules, {"events": events})
    names = (*(f"{name}_" for name in functions), "odd", "week", "field")
    assert rows(found, *names) == {
        "ann": (3.0, 0.75, 2.0, 0.0, 0.5, 11**0.5 / 4, 1.0, 4.0, None),
        "bob": (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, None),
    }


def test_a_stretch_without_a_length_holds_nothing(tmp_path: Path) -> None:
    """Missing, negative and no time at all: not even two events of one instant lie in such a stretch."""
    lengths: dict[str, dict[str, object]] = {
        "ann": {"points": 1},
        "bob": {},
        "cay": {"points": -3},
        "dan": {"points": 0},
    }
    people = [{"id": name, **fields} for name, fields in lengths.items()]
    rules = """\
measure twice for lead = visit at least 2 times in any contact.points days
measure one_day for lead = visit on at least 1 days in any contact.points days
"""
    events = [ago(3, contact=name, page=page) | {"id": name + page} for name in lengths for page in "ab"]
    found = results(tmp_path, rules, {"contacts": people, "events": events})
    none = dict.fromkeys(("bob", "cay", "dan"), (False, False))
    assert rows(found, "twice", "one_day") == {"ann": (True, True), **none}


def test_more_periods_than_there_is_time(tmp_path: Path) -> None:
    """Up to 10,000 years, which are 315,360,000,000 seconds; more is like a missing number. Of 3 seconds with one visit
    each in n: the root of n × 3 − 9, by n."""
    most = 315_360_000_000
    sizes = {"ann": most, "bob": most + 1, "cay": 10**18, "dan": 1e300}
    people = [{"id": name, "points": size} for name, size in sizes.items()]
    events = [ago(days, contact=name) for name in sizes for days in (1, 2, 3)]
    rules = "".join(
        f"measure {name}_ for lead = {name}(count of visit per second over contact.points seconds)\n"
        for name in ("sum", "avg", "median", "stddev")
    )
    found = results(tmp_path, rules, {"contacts": people, "events": events})
    assert rows(found, "sum_", "avg_", "median_", "stddev_") == {
        "ann": (3.0, 3 / most, 0.0, (most * 3 - 9) ** 0.5 / most),
        **dict.fromkeys(("bob", "cay", "dan"), (0.0, None, None, None)),
    }


def test_most_common(tmp_path: Path) -> None:
    """`a` and `b` come twice each without case: the smaller one, in its smallest spelling; of nothing: missing."""
    events = [ago(i, page=page) for i, page in enumerate(["b", "a", "B", "A", "c"])] + [
        ago(1, 5),
        ago(1, contact="bob"),
    ]
    rules = """\
measure page for lead = most_common(page of visit)
measure recent for lead = most_common(page of visit within 1 day)
measure number for lead = most_common(seconds + 1 of visit(where page is known))
"""
    numbers = [event | {"seconds": 5 if event.get("page") == "c" else 7} for event in events]
    found = results(tmp_path, rules, {"events": numbers})
    assert rows(found, "page", "recent", "number") == {"ann": ("A", "b", 8.0), "bob": (None, None, None)}


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "code", "at"),
    [
        ("(newest 3 visit) within 3 days", "T121", "newest 3"),
        ("visit at least 3 times in one hour", "T121", "hour"),
        ("visit at least 3 times in one color", "T105", "color"),
        ("visit within account.renewal days", "T110", "account.renewal"),
        ("visit since account.cycle", "T110", "account.cycle"),
        ("visit at least 3 times in any 0 days", "T120", "0 days"),
        ("newest 0 visit", "T120", "0"),
        ("max(count of visit per week over 10 days) > 3", "T120", "10 days"),
        ("max(count of visit per week over 10001 years) > 3", "T120", "10001 years"),
    ],
)
def test_what_makes_no_sense(tmp_path: Path, condition: str, code: str, at: str) -> None:
    line = f"    {condition} => +1"
    folder = written(tmp_path, f"score s for lead:\n{line}\n", MANIFEST.format(zone="UTC", more=""))
    with pytest.raises(scoreline.RulesetError) as refused:
        scoreline.load(folder)
    [found] = [item for item in refused.value.diagnostics if item.is_error]
    assert found.code == code
    assert line[found.span.column - 1 : found.span.end_column - 1] == at


def test_ignore_looks_before_there_are_sessions(tmp_path: Path) -> None:
    folder = written(tmp_path, "ignore visit where session == 'x'\n", MANIFEST.format(zone="UTC", more=""))
    with pytest.raises(scoreline.RulesetError) as refused:
        scoreline.load(folder)
    assert [item.code for item in refused.value.diagnostics if item.is_error] == ["G107"]


# --- how it is explained ----------------------------------------------------------------------------------------------


def test_what_an_explanation_says(tmp_path: Path) -> None:
    """A length that is a field is named with its value, a session is called one, the best portion is told."""
    rules = """\
score s for lead:
    recent: visit within account.cycle days => +1
    dense: visit at least 3 times in one day => +1
    each session of visit => +1
"""
    accounts, contacts = [{"id": "acme", "cycle": 4}], [{"id": "ann", "account_id": "acme"}]
    data = {"accounts": accounts, "contacts": contacts, "events": [ago(5), ago(5, 1), ago(9)]}
    ruleset = scoreline.load(written(tmp_path, rules, MANIFEST.format(zone="UTC", more="")))
    text = str(ruleset.explain("ann", data, as_of=AS_OF))
    assert "needs='one such event (account.cycle is 4)'" in text
    assert "has='2 times at best', needs='at least 3 times'" in text
    assert "'a session'" in text


def test_stretches_of_the_account_that_are_as_long_as_each_lead_says(tmp_path: Path) -> None:
    """Two visits, four days apart: one stretch of ann's five days, not of bob's three."""
    rules = "score s for lead:\n    account.visit at least 2 times in any contact.points days => +2\n"
    contacts = [{"id": "ann", "account_id": "acme", "points": 5}, {"id": "bob", "account_id": "acme", "points": 3}]
    visits = [{"id": day, "type": "visit", "timestamp": f"2026-02-{day}", "contact_id": "ann"} for day in (20, 24)]
    results = scored(written(tmp_path, rules), {"contacts": contacts, "events": visits})
    assert rows(results, "s") == {"ann": 2, "bob": 0}
