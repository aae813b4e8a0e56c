"""Arithmetic and functions: doubles, and missing where there is no answer."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest

from scoreline.engine import functions
from scoreline.engine.interpreter import values
from scoreline.engine.model import Arith, Expr, Function
from scoreline.engine.records import Contact

from .build import AS_OF, DAY, const, contact, evaluate, instant

ANN = Contact(
    "ann", None, {"email": "Ann@ACME.com", "tags": ("a", "b"), "born": date(2026, 2, 1), "seen": AS_OF - 36 * DAY // 24}
)


def call(name: str, *args: Any) -> Any:
    wrapped = tuple(arg if isinstance(arg, Expr) else const(arg) for arg in args)
    return evaluate(Function(name, wrapped, kind="number"), ANN)


def test_the_table_of_signatures_and_the_interpreter_name_the_same_functions() -> None:
    assert values.FUNCTIONS.keys() | {"weighted"} == functions.FUNCTIONS.keys()


@pytest.mark.parametrize(
    ("op", "left", "right", "expected"),
    [
        ("+", 0.1, 0.2, 0.1 + 0.2),
        ("-", 1, 3, -2),
        ("*", -1, 0, 0),
        ("/", 1, 3, 1 / 3),
        ("/", 1, 0, None),
        ("*", 1e200, 1e200, None),
        ("+", 1e308, 1e308, None),
    ],
)
def test_arithmetic(op: Any, left: float, right: float, expected: float | None) -> None:
    value = evaluate(Arith(op, const(left), const(right), kind="number"), ANN)
    assert value == expected
    assert value is None or math.copysign(1, value) == (-1 if value < 0 else 1)


def test_a_missing_input_makes_arithmetic_missing() -> None:
    assert evaluate(Arith("+", contact("n", "number"), const(1), kind="number"), ANN) is None


@pytest.mark.parametrize(
    ("name", "args", "expected"),
    [
        ("abs", (-2.5,), 2.5),
        ("floor", (-2.5,), -3),
        ("ceil", (-0.5,), 0),
        ("round", (2.5,), 3),
        ("round", (-2.5,), -3),
        ("round", (-0.4,), 0),
        ("round", (1.2345, 2), 1.23),
        ("round", (1250, -2), 1300),
        ("round", (1, 400), None),
        ("sqrt", (9,), 3),
        ("sqrt", (-1,), None),
        ("log", (0,), None),
        ("log", (10,), 2.302585093),
        ("min", (3, 2), 2),
        ("max", (3, 2), 3),
    ],
)
def test_functions_of_numbers(name: str, args: tuple[float, ...], expected: float | None) -> None:
    assert call(name, *args) == expected


def test_min_and_max_skip_missing_inputs_and_others_do_not() -> None:
    nothing = contact("n", "number")
    assert call("min", nothing, 4) == 4
    assert call("max", nothing, nothing) is None
    assert call("abs", nothing) is None


def test_functions_of_texts_and_lists() -> None:
    assert call("domain", contact("email")) == "acme.com"
    assert call("domain", "no address") is None
    assert call("domain", "ann@ ") is None
    assert call("lower", "ÄRGER Σ") == "ärger σ"
    assert call("count", contact("tags", "list")) == 2
    assert call("count", contact("none", "list")) is None


def test_days_between_dates_are_calendar_days_and_between_instants_whole_ones() -> None:
    born, seen = contact("born", "date"), contact("seen", "timestamp")
    assert call("days_since", born) == 28
    assert call("days_until", born) == -28
    assert call("days_since", seen) == 1
    assert call("days_until", seen) == -2  # 36 hours ago: rounded down
    assert call("days_since", contact("n", "date")) is None


def test_the_date_of_today_is_the_rulesets() -> None:
    """At 23:30 UTC it is already tomorrow in Berlin."""
    since = Function("days_since", (contact("born", "date"),), kind="number")
    late = instant("2026-03-01T23:30:00")
    assert evaluate(since, ANN, as_of=late) == 28
    assert evaluate(since, ANN, as_of=late, timezone="Europe/Berlin") == 29
