"""Selections in the model: signals written out, windows, sequences."""

from __future__ import annotations

from typing import Any

import pytest

from scoreline.engine import model as m

from .shapes import DAY, PAGE, PAGES, condition, number, selection, text

# --- signals --------------------------------------------------------------------------------------------------------


def test_a_signal_is_written_out_with_its_arguments(read: Any) -> None:
    wanted = m.And((PAGES, m.TextTest("like", PAGE, (text("pricing"),))))
    assert condition(read, "visited('pricing')") == m.Happened(selection(wanted))


def test_event_types_joined_by_a_signal_are_one_test(read: Any) -> None:
    outcome = read("signal any_of = page_view or webinar or page_view\nscore s for lead:\n    any_of => +1\n")
    (found,) = outcome.only(m.Score).items
    assert found.condition.selection.test == m.OfType(("page_view", "webinar"))
    assert found.condition.selection.signals == ("any_of",)
    assert found.condition.selection.label == "any_of"


def test_signals_of_signals_keep_their_own_filters(read: Any) -> None:
    rules = "signal both = visited('a') or webinar\nsignal some(x) = both where event.age < x\nscore s for lead:\n"
    (found,) = read(rules + "    some(5) => +1\n").only(m.Score).items
    visited = m.And((PAGES, m.TextTest("like", PAGE, (text("a"),))))
    either = m.Or((visited, m.OfType(("webinar",))))
    age = m.Compare("<", m.EventAttr("age", kind="number"), number(5.0))
    assert found.condition.selection.test == m.And((either, age))


def test_filters_inside_the_brackets_see_the_event(read: Any) -> None:
    found = condition(read, "visited('a' where seconds > 20 and contact.age > 3)")
    assert isinstance(found, m.Happened)
    seconds = m.Compare(">", m.Prop("seconds", kind="number"), number(20.0))
    age = m.Compare(">", m.Field("contact", "age", kind="number"), number(3.0))
    visited = m.TextTest("like", PAGE, (text("a"),))
    assert found.selection.test == m.And((PAGES, visited, seconds, age))


def test_a_selection_of_the_account_in_a_lead_rule(read: Any) -> None:
    found = condition(read, "account.visited('a') by at least 2 contacts")
    assert isinstance(found, m.Happened)
    assert found.selection.scope == "account"
    assert found.often == m.Often(">=", number(2.0), "contacts")
    assert condition(read, "visited", "account") == m.Happened(selection(PAGES, "account"))


def test_inside_a_roll_up_a_selection_is_the_leads_own(read: Any) -> None:
    found = read("measure x for account = count(leads where visited)\n").only(m.Measure)
    assert found.value == m.LeadAggregate("count", None, m.LeadSet(m.Happened(selection(PAGES))), kind="number")


# --- windows and sequences ------------------------------------------------------------------------------------------

RENEWAL = m.Field("account", "renewal", kind="date")
EMPLOYEES = m.Field("account", "employees", kind="number")


def instant(us: int) -> m.Const:
    return m.Const(us, kind="timestamp")


@pytest.mark.parametrize(
    ("window", "wanted"),
    [
        ("within 30 days", m.AgeWindow(None, m.Length(number(30.0), DAY))),
        ("within 2 weeks", m.AgeWindow(None, m.Length(number(2.0), 7 * DAY))),
        ("within 1 month", m.AgeWindow(None, m.Length(number(1.0), 30 * DAY))),
        ("within 1 year", m.AgeWindow(None, m.Length(number(1.0), 365 * DAY))),
        ("within 0.5 hours", m.AgeWindow(None, m.Length(number(0.5), DAY // 24))),
        ("more than 60 days ago", m.AgeWindow(m.Length(number(60.0), DAY), None)),
        ("between 30 and 60 days ago", m.AgeWindow(m.Length(number(30.0), DAY), m.Length(number(60.0), DAY))),
        # Europe/Berlin is one hour ahead of UTC in winter; a date is its first instant there
        ("since 2026-01-01", m.InstantWindow(instant(1_767_225_600_000_000 - DAY // 24), None)),
        ("before 2026-01-01T07:00Z", m.InstantWindow(None, instant(1_767_225_600_000_000 + 7 * DAY // 24))),
        ("since account.renewal", m.InstantWindow(RENEWAL, None)),
        ("within account.employees days", m.AgeWindow(None, m.Length(EMPLOYEES, DAY))),
        ("today", m.CalendarWindow("day", 0)),
        ("last quarter", m.CalendarWindow("quarter", -1)),
        (
            "between 2026-01-01 and 2026-01-02",
            m.InstantWindow(instant(1_767_225_600_000_000 - DAY // 24), instant(1_767_312_000_000_000 - DAY // 24)),
        ),
    ],
)
def test_windows(read: Any, window: str, wanted: m.Expr) -> None:
    assert condition(read, f"visited {window}") == m.Happened(selection(m.And((PAGES, wanted))))


@pytest.mark.parametrize(
    ("piece", "relation", "days", "same"),
    [
        ("within 7 days after webinar", "after", 7.0, False),
        ("within 7 days before webinar", "before", 7.0, False),
        ("ever after webinar", "after", None, False),
        ("without webinar within 7 days", "without", 7.0, False),
        ("without webinar", "without", None, False),
        ("within 7 days after webinar by the same contact", "after", 7.0, True),
    ],
)
def test_sequences(read: Any, piece: str, relation: Any, days: float | None, same: bool) -> None:
    length = m.Length(number(days), DAY) if days is not None else None
    near = m.Near(relation, selection(m.OfType(("webinar",)), "account"), length, same)
    assert condition(read, f"visited {piece}", "account") == m.Happened(selection(m.And((PAGES, near)), "account"))


def test_in_a_lead_rule_the_other_side_is_the_leads_own_unless_written_otherwise(read: Any) -> None:
    def scopes(text: str) -> tuple[str, str]:
        found = condition(read, text)
        assert isinstance(found, m.Happened) and isinstance(found.selection.test, m.And)
        near = found.selection.test.items[-1]
        assert isinstance(near, m.Near)
        return found.selection.scope, near.anchor.scope

    assert scopes("visited ever after webinar") == ("lead", "lead")
    assert scopes("visited ever after account.webinar") == ("lead", "account")
    assert scopes("account.visited ever after webinar") == ("account", "lead")


def test_what_is_ignored_looks_at_one_contact(read: Any) -> None:
    (found,) = read("ignore page_view within 5 seconds after webinar where seconds < 1\n").model.ignored
    assert isinstance(found, m.IgnoreEvents) and isinstance(found.test, m.And)
    types, seconds, near = found.test.items
    assert types == PAGES and isinstance(seconds, m.Compare)
    assert near == m.Near("after", selection(m.OfType(("webinar",))), m.Length(number(5.0), 1_000_000), True)
