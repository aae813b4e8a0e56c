"""Which events a selection has: windows, sequences, which, how often."""

from __future__ import annotations

from datetime import date

import pytest

from scoreline.engine.model import (
    AgeWindow,
    CalendarWindow,
    Compare,
    Const,
    Expr,
    InstantWindow,
    Length,
    Not,
    OfType,
    Or,
    Selection,
    TextTest,
)
from scoreline.engine.records import Account, Contact, Event

from .build import (
    ANN,
    AS_OF,
    DAY,
    VISIT,
    account,
    ago,
    attr,
    const,
    contact,
    days,
    evaluate,
    event,
    events,
    happened,
    instant,
    is_,
    near,
    picked,
    prop,
    result,
    score,
    visit,
    within,
)

BOB = Contact("bob", "acme")
ACME = Account("acme", {"cycle": 3.0})


# --- windows ---


def at(days_ago: float) -> Expr:
    return Const(ago(days_ago), kind="timestamp")


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (within(30), ["29.9", "now"]),
        (AgeWindow(days(30), days(60)), ["30"]),
        (AgeWindow(days(30), None), ["60", "30"]),
        (within(account("cycle", "number")), ["now"]),
        (within(contact("unknown", "number")), []),
        (within(-1), []),
        (AgeWindow(days(-1), None), []),
        (within(1e15), ["60", "30", "29.9", "now"]),
        (within(1e300), []),
        (AgeWindow(None, Length(const(0.5), 1)), ["now"]),
        (InstantWindow(at(30), None), ["30", "29.9", "now"]),
        (InstantWindow(None, at(30)), ["60"]),
        (InstantWindow(at(60), at(30)), ["60"]),
    ],
)
def test_windows_are_half_open(window: Expr, expected: list[str]) -> None:
    records = [visit("60", ago(60)), visit("30", ago(30)), visit("29.9", ago(29.9)), visit("now", AS_OF)]
    assert picked(events("visit", where=(window,)), ANN, ACME, *records) == expected


def test_calendar_windows_are_those_of_the_rulesets_timezone() -> None:
    """In Berlin, as_of is Sunday, 1 March, 01:00: the month is an hour old."""
    records = [
        visit("dec", instant("2025-12-31T22:59:59")),
        visit("jan", instant("2025-12-31T23:00:00")),
        visit("feb", instant("2026-02-28T22:59:59")),
        visit("mar", instant("2026-02-28T23:00:00")),
    ]

    def inside(unit: str, offset: int) -> list[str]:
        window = CalendarWindow(unit, offset)  # type: ignore[arg-type]
        return picked(events("visit", where=(window,)), ANN, *records, timezone="Europe/Berlin")

    assert inside("month", 0) == inside("day", 0) == ["mar"]
    assert inside("month", -1) == ["feb"]
    assert inside("week", 0) == ["feb", "mar"]
    assert inside("quarter", -1) == ["dec"]
    assert inside("year", 0) == ["jan", "feb", "mar"]


def test_properties_count_only_as_the_kind_that_is_asked_for() -> None:
    records = [visit("a", ago(1), page="pricing"), event("b", "visit", ago(1), page=3.0), visit("c", ago(1))]
    assert picked(events("visit", where=(is_(prop("page"), "==", "PRICING"),)), ANN, *records) == ["a"]
    assert picked(events("visit", where=(is_(prop("page", "number"), ">", 2),)), ANN, *records) == ["b"]


def test_attributes_of_events() -> None:
    """23:30 UTC on Saturday is Sunday in Berlin."""
    late = visit("late", instant("2026-02-28T23:30:00"))
    expected = {
        attr("age"): 0.0,
        attr("hour"): 0.0,
        attr("weekday"): 7.0,
        attr("month"): 3.0,
        attr("date", "date"): date(2026, 3, 1),
        attr("week", "date"): date(2026, 2, 23),
        attr("contact", "text"): "ann",
        attr("id", "text"): "late",
        attr("type", "text"): "visit",
    }
    for attribute, value in expected.items():
        test = Compare("==", attribute, const(value), exact=True)
        assert picked(events("visit", where=(test,)), ANN, late, timezone="Europe/Berlin") == ["late"], attribute


def test_fields_in_a_filter_are_those_of_the_events_contact_and_account() -> None:
    of_buyers = events("visit", where=(is_(contact("role"), "==", "buyer"),), scope="account")
    records = [ANN, BOB, visit("a", ago(1)), visit("b", ago(1), "bob"), visit("c", ago(1), None, "acme")]
    assert picked(of_buyers, *records, id="acme", level="account") == ["a"]
    elsewhere = events("visit", where=(is_(account("id"), "==", "other"),))
    assert picked(elsewhere, ANN, visit("a", ago(1)), visit("b", ago(1), account="other")) == ["b"]


def test_results_in_a_filter_are_those_of_the_lead_or_account_that_selects() -> None:
    fit = score(name="fit", level="account", low=40.0)
    above = events("visit", where=(is_(prop("n", "number"), "<", result("fit", "account")),))
    assert picked(above, ANN, ACME, visit("a", ago(1), n=39.0), visit("b", ago(1), n=40.0), rules=(fit,)) == ["a"]


# --- whose events ---


def test_an_account_has_its_own_events_and_its_contacts() -> None:
    records = [
        ANN,
        BOB,
        Contact("eve", "other"),
        visit("a", ago(4)),
        visit("b", ago(3), "bob"),
        visit("own", ago(2), None, "acme"),
        visit("moved", ago(1), "ann", "other"),
        visit("sent", ago(1), "eve", "acme"),
    ]
    of_account = events("visit", scope="account")
    assert picked(of_account, *records, id="acme", level="account") == ["a", "b", "own", "sent"]
    assert picked(of_account, *records, id="other", level="account") == ["moved"]
    assert picked(of_account, *records, id="bob") == ["a", "b", "own", "sent"]
    assert picked(VISIT, *records, id="ann") == ["a", "moved"]


def test_a_lead_without_account_has_no_events_of_an_account() -> None:
    assert picked(events("visit", scope="account"), Contact("ann"), visit("a", ago(1))) == []


def test_types_in_branches() -> None:
    either = Selection("lead", Or((OfType(("visit",)), OfType(("click", "open")))))
    records = [visit("a", ago(3)), event("b", "click", ago(2)), event("c", "call", ago(1))]
    assert picked(either, ANN, *records) == ["a", "b"]
    any_type = Selection("lead", Not(OfType(("visit",))))
    assert picked(any_type, ANN, *records) == ["b", "c"]


# --- sequences ---

CALL = events("call")


@pytest.mark.parametrize(
    ("relation", "length", "expected"),
    [
        ("after", 2, ["same", "later"]),
        ("after", 2.5, ["same", "later", "late"]),
        ("after", None, ["same", "later", "late"]),
        ("before", 2, ["early", "same"]),
        ("before", None, ["early", "same"]),
        ("before", 0, []),
        ("without", 2, ["earliest", "later", "late"]),
        ("without", None, ["later", "late"]),
        ("without", -1, []),
    ],
)
def test_sequences(relation: str, length: float | None, expected: list[str]) -> None:
    """The only call was ten days ago; visits lie 3 days and 1 day before it, with it, 1 and 2 days after it."""
    records = [
        event("call", "call", ago(10)),
        visit("earliest", ago(13)),
        visit("early", ago(11)),
        visit("same", ago(10)),
        visit("later", ago(9)),
        visit("late", ago(8)),
    ]
    test = near(relation, CALL, length)
    found = picked(events("visit", where=(test,)), ANN, *records)
    assert found == (["earliest", *expected] if (relation, length) == ("before", None) else expected)


def test_without_waits_until_the_time_is_over() -> None:
    missed = events("visit", where=(near("without", CALL, 2),))
    records = [visit("over", ago(2)), visit("open", ago(1.9))]
    assert picked(missed, ANN, *records) == ["over"]


def test_an_event_is_never_its_own_anchor() -> None:
    again = events("visit", where=(near("after", VISIT, 7),))
    assert picked(again, ANN, visit("only", ago(5))) == []
    assert picked(again, ANN, visit("first", ago(5)), visit("twin", ago(5))) == ["first", "twin"]
    assert picked(again, ANN, visit("first", ago(6)), visit("second", ago(5))) == ["second"]


def test_in_an_account_any_event_may_be_the_anchor_unless_it_must_be_the_same_contacts() -> None:
    call = events("call", scope="account")
    records = [
        ANN,
        BOB,
        event("call", "call", ago(3), "bob"),
        event("again", "call", ago(1), "bob"),
        visit("a", ago(2)),
        visit("b", ago(2), "bob"),
        visit("own", ago(2), None, "acme"),
    ]
    anyone = events("visit", where=(near("after", call, 7),), scope="account")
    assert picked(anyone, *records, id="acme", level="account") == ["a", "b", "own"]
    same = events("visit", where=(near("after", call, 7, same_contact=True),), scope="account")
    assert picked(same, *records, id="acme", level="account") == ["b"]
    never = events("visit", where=(near("without", call, None, same_contact=True),), scope="account")
    assert picked(never, *records, id="acme", level="account") == ["a", "own"]


def test_in_a_lead_rule_the_anchor_may_be_the_accounts() -> None:
    records = [ANN, BOB, event("call", "call", ago(3), "bob"), visit("a", ago(2))]
    assert picked(events("visit", where=(near("after", CALL, 7),)), *records) == []
    assert picked(events("visit", where=(near("after", events("call", scope="account"), 7),)), *records) == ["a"]


def test_an_account_selection_in_a_lead_rule_may_depend_on_the_lead() -> None:
    """`account.visited within 7 days after called`: the call is the lead's own."""
    joint = events("visit", where=(near("after", CALL, 7),), scope="account")
    records = [ANN, BOB, event("call", "call", ago(3), "bob"), visit("a", ago(2))]
    assert picked(joint, *records, id="ann") == []
    assert picked(joint, *records, id="bob") == ["a"]


# --- which ---


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (("newest", None), ["b"]),
        (("newest", const(2)), ["b", "c"]),
        (("newest", const(2.9)), ["b", "c"]),
        (("earliest", None), ["a"]),
        (("earliest", const(2)), ["a", "b"]),
        (("newest", const(0.9)), []),
        (("newest", contact("n", "number")), []),
        (("newest", const(9)), ["a", "b", "c", "d"]),
    ],
)
def test_ties_in_newest_and_earliest_go_to_the_smaller_id(which: object, expected: list[str]) -> None:
    records = [visit(id, ago(1)) for id in "dcb"] + [visit("a", ago(2))]
    assert picked(events("visit", which=which), ANN, *records) == expected


# --- how often ---

WEEK = [
    visit("mon", instant("2026-02-16T10:00"), page="Pricing"),
    visit("mon2", instant("2026-02-16T11:00"), page="pricing"),
    visit("tue", instant("2026-02-17T10:00"), "bob", page="docs"),
    visit("next", instant("2026-02-23T09:00"), None, "acme"),
]
OF_ACCOUNT = events("visit", scope="account")


def often(op: str, count: float | Expr, unit: str = "times", **more: object) -> bool:
    condition = happened(OF_ACCOUNT, op, count, unit, **more)
    value = evaluate(condition, ANN, BOB, *WEEK, id="acme", level="account")
    assert isinstance(value, bool)
    return value


@pytest.mark.parametrize(
    ("unit", "count"), [("times", 4), ("days", 3), ("weeks", 2), ("months", 1), ("contacts", 2), ("sessions", 4)]
)
def test_what_is_counted(unit: str, count: int) -> None:
    assert often("==", count, unit)
    assert often(">=", count, unit) and not often(">", count, unit)
    assert often("<=", count, unit) and not often("<", count, unit)


def test_a_count_may_have_decimals_and_a_missing_one_is_false() -> None:
    assert often(">=", 3.5) and not often(">=", 4.5)
    assert not often("<=", contact("n", "number"))


def test_no_events_are_at_most_any_number() -> None:
    assert evaluate(happened(VISIT, "<=", 3), ANN) is True
    assert evaluate(happened(VISIT), ANN) is False


def test_in_one_group() -> None:
    assert often(">=", 2, group=attr("date", "date")) and not often(">=", 3, group=attr("date", "date"))
    assert often(">=", 3, group=attr("week", "date"))
    assert often(">=", 2, group=prop("page")) and not often(">=", 3, group=prop("page"))
    assert often("<=", 1, group=prop("page"))
    assert often(">=", 2, "contacts", group=attr("week", "date"))


def test_a_group_by_month_is_a_month_of_one_year() -> None:
    records = [visit("a", instant("2025-02-10T10:00")), visit("b", instant("2026-02-10T10:00"))]
    condition = happened(VISIT, ">=", 2, group=attr("month"))
    assert evaluate(condition, ANN, *records) is False


def test_in_any_stretch_of_time() -> None:
    """The visits of the 16th and the one of the 23rd lie 6 days and 23 hours apart."""
    assert often(">=", 4, stretch=days(7))
    assert not often(">=", 4, stretch=days(6 + 23 / 24))
    assert often(">=", 2, stretch=Length(const(3601), 1_000_000))
    assert not often(">=", 2, stretch=Length(const(3600), 1_000_000))
    assert not often(">=", 1, stretch=days(-1))
    assert not often(">=", 1, stretch=days(0))


def test_sessions_end_with_a_gap_and_belong_to_one_contact() -> None:
    minute = DAY // 1440
    start = ago(1)
    records = [
        visit("a", start),
        event("open", "open", start + 20 * minute),
        visit("b", start + 49 * minute),
        visit("c", start + 79 * minute),
        visit("bob's", start, "bob"),
    ]
    assert evaluate(happened(VISIT, "==", 2, "sessions"), ANN, *records) is True
    assert evaluate(happened(OF_ACCOUNT, "==", 3, "sessions"), ANN, BOB, *records, id="acme", level="account") is True
    named = [visit("a", start, session="s1"), visit("b", ago(2), session="s1"), visit("c", ago(3), "bob", session="s1")]
    assert evaluate(happened(VISIT, "==", 1, "sessions"), ANN, *named) is True
    assert evaluate(happened(OF_ACCOUNT, "==", 2, "sessions"), ANN, BOB, *named, id="acme", level="account") is True


def test_events_after_as_of_do_not_exist_and_one_at_as_of_does() -> None:
    late = Event("late", "visit", ago(3), "ann", received_at=AS_OF + 1)
    known = Event("known", "visit", ago(3), "ann", received_at=AS_OF)
    assert picked(VISIT, ANN, visit("now", AS_OF), visit("soon", AS_OF + 1), late, known) == ["known", "now"]


def test_texts_in_filters_ignore_case() -> None:
    docs = events("visit", where=(TextTest("like", prop("page"), (const("DOCS/*"),)),))
    assert picked(docs, ANN, visit("a", ago(1), page="docs/start"), visit("b", ago(1), page="pricing")) == ["a"]
