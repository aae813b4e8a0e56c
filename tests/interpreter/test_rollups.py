"""Leads of an account: sets, aggregates, coverage, each lead, and standing among all."""

from __future__ import annotations

from typing import Any

import pytest

from scoreline.engine.model import (
    Bound,
    Coverage,
    Disqualification,
    Each,
    Expr,
    LeadAggregate,
    LeadSet,
    Line,
    Measure,
    Points,
    Standing,
    Table,
    TableEntry,
)
from scoreline.engine.records import Account, Contact

from .build import ago, const, contact, event, events, happened, is_, over, population, result, run, score, visit

PEOPLE = [
    Contact("10", "acme", {"role": "buyer", "age": 30.0}),
    Contact("9", "acme", {"role": "Buyer", "age": 30.0}),
    Contact("eve", "acme", {"role": "user", "age": 50.0}),
    Contact("fay", "acme"),
    Contact("out", "acme", {"role": "champion", "age": 70.0, "student": True}),
    Contact("alone", None, {"role": "user", "age": 99.0}),
]
OUT = Disqualification("lead", "students", "student", contact("student", "bool"))
AGE = contact("age", "number")
ROLE = contact("role")


def measured(expr: Expr, *more: Any, records: Any = (), id: str = "acme") -> Any:
    value = Measure("account", "value", expr)
    return run(OUT, *more, value, data=population(*PEOPLE, *records)).measure(id)


def leads(function: str, what: Expr | None = None, where: Expr | None = None, **more: Any) -> LeadAggregate:
    return LeadAggregate(function, what, LeadSet(where, **more), kind="number")


def top(count: float | Expr, end: Any = "top", by: Expr = AGE) -> dict[str, Any]:
    return {"end": end, "count": count if isinstance(count, Expr) else const(count), "by": by}


OLD = is_(AGE, ">", 30)


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (leads("count"), 4),
        (leads("count", where=OLD), 1),
        (leads("count", AGE), 3),
        (leads("sum", AGE), 110),
        (leads("avg", AGE), 1100000 / 30000.0),
        (leads("median", AGE), 30),
        (leads("max", AGE), 50),
        (leads("distinct", ROLE), 2),
        (leads("sum", AGE, is_(ROLE, "==", "nobody")), 0),
        (leads("avg", AGE, is_(ROLE, "==", "nobody")), None),
        (leads("share", OLD), 0.25),
        (leads("any", OLD), True),
        (leads("all", OLD), False),
        (leads("all", is_(ROLE, "!=", "nobody")), True),
        (leads("sum", AGE, **top(2)), 80),
        (leads("count", **top(9)), 3),
        (leads("min", contact("id"), **top(2)), "10"),
        (leads("max", contact("id"), **top(2, "bottom")), "9"),
        (leads("max", contact("id"), **top(1, "bottom")), "10"),
        (leads("count", **top(contact("n", "number"))), 0),
    ],
)
def test_of_the_leads_that_are_not_disqualified(expr: Expr, expected: Any) -> None:
    """Of the two leads of 30, '10' comes before '9': ids are texts."""
    assert measured(expr) == expected


@pytest.mark.parametrize(("function", "expected"), [("count", 0), ("share", None), ("any", False), ("all", False)])
def test_of_no_leads(function: str, expected: Any) -> None:
    expr = leads(function, None if function == "count" else OLD)
    assert measured(expr, records=[Account("empty")], id="empty") == expected


def test_a_selection_inside_is_each_leads_own() -> None:
    visited = leads("count", where=happened(events("visit")))
    assert (
        measured(
            visited, records=[visit("a", ago(1), "10"), visit("b", ago(1), "10"), visit("c", ago(1), None, "acme")]
        )
        == 1
    )


def test_a_disqualified_leads_events_count_for_no_account() -> None:
    count = over("count", events("visit", scope="account"))
    records = [visit("a", ago(1), "10"), visit("b", ago(1), "out"), visit("c", ago(1), None, "acme")]
    assert measured(count, records=records) == 2


def test_coverage_is_the_share_of_the_listed_values() -> None:
    roles = ("buyer", "champion", "BUYER", "user", None)
    assert measured(Coverage(ROLE, LeadSet(), roles, kind="number")) == 2 / 3
    weights = Table("w", (TableEntry(("buyer",), 3.0), TableEntry(("champion",), 2.00004)), None)
    assert measured(Coverage(ROLE, LeadSet(), roles, weights, kind="number")) == 30000 / 50000
    assert measured(Coverage(ROLE, LeadSet(), ("user",), weights, kind="number")) is None
    assert measured(Coverage(ROLE, LeadSet(is_(ROLE, "==", "x")), roles, kind="number")) == 0


def test_scores_of_leads_are_read_as_they_are_clamped() -> None:
    fit = score(Line("age", Points(AGE), condition=const(True)), name="fit", high=45.0)
    assert measured(leads("max", result("fit")), fit) == 45
    assert measured(leads("sum", result("fit"), **top(2, by=result("fit"))), fit) == 75


def test_each_lead_gives_its_points() -> None:
    line = Line("people", Points(AGE), each=Each("lead", leads=LeadSet()), bounds=(Bound("max", const(100)),))
    ran = run(OUT, score(line, level="account"), data=population(*PEOPLE))
    assert ran.entries("acme") == [("people", "line", 110), ("people", "cap", -10)]
    assert ran.contributions("acme")[0].events is None


# --- standing ---


def standing(function: Any, per: Expr | None = None) -> dict[str, Any]:
    value = Measure("lead", "value", Standing(function, AGE, per, kind="number"))
    ran = run(OUT, value, data=population(*PEOPLE))
    return {id: lead.measures["value"] for id, lead in ran.leads.items()}


def test_rank_and_percentile_are_among_those_with_a_value() -> None:
    assert standing("rank") == {"10": 3, "9": 3, "alone": 1, "eve": 2, "fay": None, "out": None}
    assert standing("percentile") == {"10": 0, "9": 0, "alone": 75, "eve": 50, "fay": None, "out": None}


def test_standing_within_a_segment() -> None:
    assert standing("rank", ROLE) == {"10": 1, "9": 1, "alone": 1, "eve": 2, "fay": None, "out": None}


def test_a_lead_reads_its_account() -> None:
    size = Measure("account", "size", leads("count"))
    read = Measure("lead", "value", result("size", "account", "measure"))
    ran = run(OUT, size, read, data=population(*PEOPLE, event("e", "visit", ago(1), "new")))
    assert {id: lead.measures["value"] for id, lead in ran.leads.items()} == {
        "10": 4,
        "9": 4,
        "alone": None,
        "eve": 4,
        "fay": 4,
        "new": None,
        "out": 4,
    }
