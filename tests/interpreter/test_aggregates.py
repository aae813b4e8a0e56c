"""Numbers of events."""

from __future__ import annotations

import math
from typing import Any

import pytest

from scoreline.engine.model import Arith, EventAggregate, Expr, Lookup, PeriodAggregate, Table, TableEntry

from .build import ANN, AS_OF, DAY, VISIT, ago, attr, const, evaluate, event, events, over, prop, visit

MINUTES = prop("minutes", "number")
PAGE = prop("page")
VISITS = [
    visit("a", ago(9), page="Docs", minutes=1.5),
    visit("b", ago(5), page="docs", minutes=4.0),
    visit("c", ago(5), page="Pricing", minutes=2.25),
    visit("d", ago(3)),
]


@pytest.mark.parametrize(
    ("function", "what", "expected"),
    [
        ("count", None, 4),
        ("count", MINUTES, 3),
        ("sum", MINUTES, 7.75),
        ("avg", MINUTES, 77500 / 30000.0),
        ("median", MINUTES, 2.25),
        ("min", MINUTES, 1.5),
        ("max", MINUTES, 4),
        ("distinct", PAGE, 2),
        ("newest", PAGE, "docs"),
        ("earliest", PAGE, "Docs"),
        ("most_common", PAGE, "Docs"),
        ("days_since", None, 3),
        ("distinct", attr("date", "date"), 3),
    ],
)
def test_of_events(function: str, what: Expr | None, expected: Any) -> None:
    """`newest` takes the smaller id of the two newest visits with a page; `Docs` is the smallest spelling."""
    assert evaluate(over(function, VISIT, what), ANN, *VISITS) == expected


@pytest.mark.parametrize(
    ("function", "what", "expected"),
    [
        ("count", None, 0),
        ("sum", MINUTES, 0),
        ("distinct", PAGE, 0),
        ("avg", MINUTES, None),
        ("median", MINUTES, None),
        ("max", MINUTES, None),
        ("newest", PAGE, None),
        ("most_common", PAGE, None),
        ("days_since", None, None),
    ],
)
def test_of_nothing(function: str, what: Expr | None, expected: Any) -> None:
    assert evaluate(over(function, VISIT, what), ANN) == expected


def test_values_are_rounded_to_points_before_they_are_summed() -> None:
    records = [visit(str(index), ago(index), minutes=0.00005) for index in range(3)]
    assert evaluate(over("sum", VISIT, MINUTES), ANN, *records) == 0.0003
    assert evaluate(over("median", VISIT, MINUTES), ANN, *records[:2]) == 0.0001
    huge = [visit("x", ago(1), minutes=1e12), visit("y", ago(1), minutes=2.0)]
    assert evaluate(over("sum", VISIT, MINUTES), ANN, *huge) == 2


def test_most_common_takes_the_smaller_of_equal_ones() -> None:
    records = [visit("a", ago(1), page="b"), visit("b", ago(1), page="A"), visit("c", ago(1), page="C")]
    assert evaluate(over("most_common", VISIT, PAGE), ANN, *records) == "A"
    assert evaluate(over("min", VISIT, PAGE), ANN, *records) == "A"
    assert evaluate(over("max", VISIT, PAGE), ANN, *records) == "C"


def test_ids_are_counted_as_they_are() -> None:
    visits = events("visit", scope="account")
    records = [ANN, visit("a", ago(1)), visit("b", ago(1), "Ann", "acme"), visit("c", ago(1), None, "acme")]
    distinct = over("distinct", visits, attr("contact", "text"))
    assert evaluate(distinct, *records, id="acme", level="account") == 2


def test_an_expression_per_event() -> None:
    weights = Table("weight", (TableEntry(("docs",), 2.0),), 10.0)
    weighted = Arith("*", MINUTES, Lookup(weights, (PAGE,), kind="number"), kind="number")
    assert evaluate(EventAggregate("sum", weighted, VISIT, kind="number"), ANN, *VISITS) == 2 * 5.5 + 10 * 2.25


def per_week(function: str, weeks: float, *ages: float) -> Any:
    expr = PeriodAggregate(function, VISIT, 7 * DAY, const(weeks), kind="number")
    return evaluate(expr, ANN, *[visit(str(index), ago(age)) for index, age in enumerate(ages)])


def test_against_its_own_past() -> None:
    """Three full weeks before the newest: 2 visits, none, 1 visit. That of today and that of week 5 do not count."""
    ages = (0, 6.99, 7, 13.9, 21, 28)
    assert per_week("sum", 3, *ages) == 3
    assert per_week("avg", 3, *ages) == 1
    assert per_week("max", 3, *ages) == 2
    assert per_week("min", 3, *ages) == 0
    assert per_week("median", 3, *ages) == 1
    assert per_week("median", 4, *ages) == 1
    assert per_week("median", 5, *ages) == 1
    assert per_week("stddev", 3, *ages) == math.sqrt(3 * 5 - 9) / 3
    assert per_week("median", 1e5, *ages) == 0
    assert per_week("median", 1e9, *ages) is None  # longer than there is time (decision 130)
    assert per_week("avg", 0.5, *ages) is None
    assert per_week("sum", 0, *ages) == 0


def test_an_event_of_another_type_counts_nowhere() -> None:
    assert evaluate(over("count", VISIT), ANN, event("x", "call", AS_OF)) == 0
