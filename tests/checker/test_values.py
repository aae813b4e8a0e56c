"""Values and conditions in the model: params, lists, tables, comparisons."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from scoreline.engine import model as m

from .shapes import DAY, PAGES, condition, line, number, selection, text

# --- params, lists, tables ------------------------------------------------------------------------------------------


def test_a_param_has_the_value_of_the_run_and_keeps_its_name(read: Any) -> None:
    rules = "param top = 65 in 40..90\nscore s for lead:\n    contact.age >= top => +top max top\n"
    outcome = read(rules, params={"top": 70})
    (found,) = outcome.only(m.Score).items
    top = found.condition.right
    assert (top.value, top.param) == (70.0, "top")
    assert found.effect.value.param == "top" and found.bounds[0].value.param == "top"
    assert outcome.model.params == {"top": 70.0}


def test_points_that_a_param_takes_away(read: Any) -> None:
    found = line(read, "visited => -toll", before="param toll = 5\n")
    assert isinstance(found.effect, m.Points) and isinstance(found.effect.value, m.Arith)
    assert found.effect.value.right == m.Const(5.0, kind="number")
    assert line(read, "visited => -5").effect == m.Points(number(-5.0))
    zero = line(read, "visited => -0").effect
    assert isinstance(zero, m.Points) and str(zero.value.value) == "0.0"  # type: ignore[attr-defined]


def test_lists_written_out_and_from_files(read: Any) -> None:
    rules = (
        "list names = ['Acme', 'acme ', 'Initech']\nlist sizes = [1, 2, 1]\nlist days = [2026-01-01]\n"
        "list domains = file 'l.csv'\nlist counts = file 'l.csv' column n\nlist codes = file 'l.csv' column code\n"
        "list from = file 'l.csv' column day\nscore s for lead:\n"
        "    contact.title in names => +1\n    contact.age in sizes => +1\n    contact.created in days => +1\n"
        "    contact.title in domains => +1\n    contact.age in counts => +1\n    contact.title in counts => +1\n"
        "    contact.title in codes => +1\n    contact.created in from => +1\n"
    )
    files = {"l.csv": "domain,n,code,day\n acme.com ,1,007,2026-01-01\nACME.com,2.50,008,2026-02-01\n\n,,009,\n"}
    found = [item.condition.values for item in read(rules, files=files).only(m.Score).items]
    assert found == [
        ("Acme", "Initech"),
        (1.0, 2.0),
        (date(2026, 1, 1),),
        ("acme.com",),
        (1.0, 2.5),
        ("1", "2.50"),
        ("007", "008", "009"),
        (date(2026, 1, 1), date(2026, 2, 1)),
    ]


def test_ids_compare_exactly_and_lists_keep_their_spellings_for_them(read: Any) -> None:
    rules = "list ids = ['A1', 'a1']\nscore s for lead:\n    contact.id in ids => +1\n    contact.id == 'A1' => +1\n"
    first, second = read(rules).only(m.Score).items
    assert (first.condition.values, first.condition.exact) == (("A1", "a1"), True)
    assert second.condition.exact
    assert condition(read, "contact.title == 'A1'").exact is False  # type: ignore[attr-defined]
    inside = condition(read, "visited(where contact == 'A1')")
    assert inside.selection.test.items[-1].exact  # type: ignore[attr-defined]


def test_tables_written_out_and_from_files(read: Any) -> None:
    rules = (
        "param most = 9\ntable roles = {champion: 2, 'Head of IT': -1.5} default 1\n"
        "table sizes = {1..10: 5, 11..: most, 0: 1}\ntable words = {1: 'one'}\n"
        "table pairs = file 'p.csv' key region, size value points\n"
        "score s for lead:\n"
        "    always => +roles(contact.title) + sizes(contact.age) + pairs(account.region, contact.age)\n"
    )
    files = {"p.csv": "size,region,points\n51..75,EMEA,3\n..50,APAC,4.5\n7,EMEA,-1\n"}
    outcome = read(rules, files=files)
    tables = {
        item.table.name: item.table
        for item in outcome.only(m.Score).items[0].effect.value.walk()
        if hasattr(item, "table")
    }
    roles, sizes, pairs = tables["roles"], tables["sizes"], tables["pairs"]
    assert [(entry.keys, entry.value) for entry in roles.entries] == [(("champion",), 2.0), (("Head of IT",), -1.5)]
    assert (roles.default, sizes.default) == (1.0, None)
    assert [entry.keys for entry in sizes.entries] == [((1.0, 10.0),), ((11.0, None),), (0.0,)]
    assert sizes.entries[1].value == 9.0
    assert [(entry.keys, entry.value) for entry in pairs.entries] == [
        (("EMEA", (51.0, 75.0)), 3.0),
        (("APAC", (None, 50.0)), 4.5),
        (("EMEA", 7.0), -1.0),
    ]


# --- conditions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("contact.role is missing", m.Missing(m.Field("contact", "role", kind="text"))),
        ("contact.role is known", m.Not(m.Missing(m.Field("contact", "role", kind="text")))),
        ("contact.age in 1..5", m.InRange(m.Field("contact", "age", kind="number"), number(1.0), number(5.0))),
        ("contact.age not in ..5", m.Not(m.InRange(m.Field("contact", "age", kind="number"), None, number(5.0)))),
        (
            "'CRM' in account.technologies",
            m.TextTest("contains", m.Field("account", "technologies", kind="list"), (text("CRM"),)),
        ),
        (
            "contact.title mentions ['cfo', 'chief']",
            m.TextTest("mentions", m.Field("contact", "title", kind="text"), (text("cfo"), text("chief"))),
        ),
        (
            "account.technologies contains all ['a', 'b']",
            m.TextTest("contains", m.Field("account", "technologies", kind="list"), (text("a"), text("b")), True),
        ),
        ("contact.title matches /x/i", m.Matches(m.Field("contact", "title", kind="text"), "x", True)),
        (
            "at least 1 of (contact.subscribed, account.target)",
            m.SomeOf(
                ">=",
                number(1.0),
                (m.Field("contact", "subscribed", kind="bool"), m.Field("account", "target", kind="bool")),
            ),
        ),
        (
            "days since contact.created > 3",
            m.Compare(
                ">",
                m.Function("days_since", (m.Field("contact", "created", kind="date"),), kind="number"),
                number(3.0),
            ),
        ),
        (
            "days since visited > 3",
            m.Compare(">", m.EventAggregate("days_since", None, selection(PAGES), kind="number"), number(3.0)),
        ),
        (
            "count(account.technologies) > 3",
            m.Compare(
                ">",
                m.Function("count", (m.Field("account", "technologies", kind="list"),), kind="number"),
                number(3.0),
            ),
        ),
        (
            "visited fewer than 3 times",
            m.Happened(selection(PAGES), m.Often("<", number(3.0), "times")),
        ),
        (
            "visited across at least 3 weeks",
            m.Happened(selection(PAGES), m.Often(">=", number(3.0), "weeks")),
        ),
    ],
)
def test_conditions(read: Any, written: str, wanted: m.Expr) -> None:
    assert condition(read, written) == wanted


def test_a_date_beside_a_timestamp_is_its_first_instant(read: Any) -> None:
    found = condition(read, "contact.seen >= 2026-01-01")
    assert isinstance(found, m.Compare)
    assert found.right == m.Const(1_767_225_600_000_000 - DAY // 24, kind="timestamp")
    assert condition(read, "contact.created >= 2026-01-01").right == m.Const(date(2026, 1, 1), kind="date")  # type: ignore[attr-defined]


def test_grades_and_stages_at_least_as_good(read: Any) -> None:
    rules = """
score fit for lead 0..100:
    always => +5
grade rating for lead:
    fit: A >= 75, B >= 50, C
    fit: 1 >= 75, 2
stages for lead:
    MQL: fit >= 50
    SQL: fit >= 70
    SAL: fit >= 80
score s for lead:
    rating at least b2 => +1
    stage at least sql => +1
"""
    better, further = read(rules).only(m.Score, "s").items
    assert better.condition.values == ("A1", "A2", "B1", "B2")
    assert further.condition.values == ("SQL", "SAL")


def test_weights_may_stand_on_either_side(read: Any) -> None:
    found = condition(read, "weighted(contact.age * 0.4, 0.6 * account.employees) > 1")
    age, size = m.Field("contact", "age", kind="number"), m.Field("account", "employees", kind="number")
    assert found.left == m.Weighted(((age, number(0.4)), (size, number(0.6))), kind="number")  # type: ignore[attr-defined]
