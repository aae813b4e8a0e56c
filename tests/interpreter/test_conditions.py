"""Logic and comparison: two-valued, false where a value is missing, texts without case."""

from __future__ import annotations

from datetime import date

import pytest

from scoreline.engine.model import (
    And,
    Cases,
    Compare,
    Conditional,
    Const,
    Default,
    Expr,
    InRange,
    InSet,
    Lookup,
    Matches,
    Missing,
    Not,
    Or,
    SomeOf,
    Table,
    TableEntry,
    TextTest,
    Weighted,
)
from scoreline.engine.records import Account, Contact

from .build import ALWAYS, account, const, contact, evaluate, is_

ANN = Contact(
    "ann",
    "acme",
    {
        "title": "VP Head of R&D, we're",
        "age": 40.0,
        "tools": ("Salesforce", "Öl"),
        "agreed": False,
        "born": date(1985, 1, 1),
    },
)
ACME = Account("acme", {"employees": 800.0})
TITLE = contact("title")
AGE = contact("age", "number")
TOOLS = contact("tools", "list")
NOTHING = contact("nothing")
NEVER = const(False)


def holds(expr: Expr) -> bool:
    value = evaluate(expr, ANN, ACME)
    assert isinstance(value, bool)
    return value


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (is_(TITLE, "==", "vp HEAD of r&d, WE'RE"), True),
        (is_(TITLE, "<", "vq"), True),
        (is_(AGE, ">=", 40), True),
        (is_(AGE, "!=", 40), False),
        (is_(contact("born", "date"), "<", date(1985, 1, 2)), True),
        (is_(contact("agreed", "bool"), "==", False), True),
        (is_(account("employees", "number"), ">", 799.5), True),
    ],
)
def test_comparisons_of_known_values(expr: Expr, expected: bool) -> None:
    assert holds(expr) is expected


@pytest.mark.parametrize(
    ("op", "one_missing", "both_missing"),
    [("==", False, False), ("!=", True, False), ("<", False, False), (">=", False, False)],
)
def test_a_missing_side_makes_a_comparison_false_but_for_unequal(
    op: str, one_missing: bool, both_missing: bool
) -> None:
    assert holds(is_(NOTHING, op, "x")) is one_missing
    assert holds(is_(NOTHING, op, contact("nor_this"))) is both_missing


def test_ids_compare_exactly() -> None:
    assert holds(Compare("==", contact("id"), const("ann"), exact=True))
    assert not holds(Compare("==", contact("id"), const("Ann"), exact=True))
    assert holds(Compare("==", contact("account_id"), const("acme"), exact=True))


def test_logic_is_two_valued() -> None:
    missing = contact("opted_in", "bool")
    assert holds(Not(missing))
    assert not holds(is_(missing, "==", False))
    assert holds(And((ALWAYS, Not(NEVER))))
    assert not holds(And((ALWAYS, missing)))
    assert holds(Or((missing, ALWAYS)))
    assert not holds(Or((missing, NEVER)))
    assert holds(Missing(missing)) and not holds(Missing(AGE))


@pytest.mark.parametrize(
    ("op", "count", "expected"), [(">=", 2, True), (">=", 2.5, False), ("<=", 1, False), ("==", 2, True)]
)
def test_some_of(op: str, count: float, expected: bool) -> None:
    assert holds(SomeOf(op, const(count), (ALWAYS, NEVER, ALWAYS))) is expected  # type: ignore[arg-type]


def test_some_of_a_missing_count_is_false() -> None:
    assert not holds(SomeOf("<=", contact("n", "number"), (NEVER,)))


def test_membership() -> None:
    assert holds(InSet(TITLE, ("x", "VP head of R&D, we're")))
    assert not holds(InSet(NOTHING, ("x", None)))
    assert holds(Not(InSet(NOTHING, ("x",))))
    assert holds(InSet(AGE, (40.0,)))
    assert not holds(InSet(contact("id"), ("Ann",), exact=True))


def test_ranges_include_both_ends_and_may_be_open() -> None:
    assert holds(InRange(AGE, const(40), const(40)))
    assert holds(InRange(AGE, None, const(40)))
    assert holds(InRange(AGE, const(39.5), None))
    assert not holds(InRange(AGE, const(40.5), None))
    assert not holds(InRange(AGE, contact("n", "number"), None))
    assert not holds(InRange(contact("n", "number"), None, None))


def text(op: str, item: Expr, *sought: str, every: bool = False) -> bool:
    return holds(TextTest(op, item, tuple(map(const, sought)), every))  # type: ignore[arg-type]


def test_texts_are_searched_without_case() -> None:
    assert text("contains", TITLE, "HEAD OF")
    assert text("contains", TITLE, "nope", "vp")
    assert not text("contains", TITLE, "nope", "vp", every=True)
    assert text("contains", TITLE, "head", "vp", every=True)
    assert text("starts with", TITLE, "vp h") and not text("starts with", TITLE, "head")
    assert text("ends with", TITLE, "WE'RE")
    assert not text("contains", NOTHING, "x")


def test_a_list_contains_whole_values() -> None:
    assert text("contains", TOOLS, "salesforce")
    assert text("contains", TOOLS, "ÖL")
    assert not text("contains", TOOLS, "sales")
    assert text("contains", TOOLS, "öl", "salesforce", every=True)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("vp*", True),
        ("*R&D*", True),
        ("head*", False),
        ("?p*", True),
        ("VP\\*", False),
        ("*we're", True),
        ("*.*", False),
        ("*\\&d*", True),
    ],
)
def test_like_matches_the_whole_text(pattern: str, expected: bool) -> None:
    assert text("like", TITLE, pattern) is expected


def test_like_takes_lines_umlauts_and_escapes() -> None:
    page = Contact("ann", None, {"page": "Über\nuns*\\"})
    item = contact("page")
    for pattern in ("über*", "?ber?uns\\*\\\\", "*\\"):
        assert evaluate(TextTest("like", item, (const(pattern),)), page), pattern


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("head of", True),
        ("head  of", True),
        ("hea", False),
        ("r d", True),
        ("of head", False),
        ("we're", True),
        ("&", False),
    ],
)
def test_mentions_whole_words_in_a_row(phrase: str, expected: bool) -> None:
    assert text("mentions", TITLE, phrase) is expected


def test_matches_is_exact_unless_it_says_otherwise() -> None:
    assert holds(Matches(TITLE, r"\bVP\b", False))
    assert not holds(Matches(TITLE, r"\bvp\b", False))
    assert holds(Matches(TITLE, r"\bvp\b", True))
    assert not holds(Matches(NOTHING, ".*", False))


def test_cases_default_and_conditional() -> None:
    first = Cases(((NEVER, const(1)), (ALWAYS, const(2)), (ALWAYS, const(3))), kind="number")
    assert evaluate(first, ANN) == 2
    assert evaluate(Cases(((NEVER, const(1)),), const(9), kind="number"), ANN) == 9
    assert evaluate(Cases(((NEVER, const(1)),), kind="number"), ANN) is None
    assert evaluate(Default(NOTHING, const("x")), ANN) == "x"
    assert evaluate(Default(AGE, const(1)), ANN) == 40
    assert evaluate(Conditional(const(1), NEVER, None), ANN) is None
    assert evaluate(Conditional(const(1), NEVER, const(2)), ANN) == 2


def test_weighted_gives_the_weight_of_missing_inputs_to_the_others() -> None:
    terms = ((const(80), const(0.4)), (contact("n", "number"), const(0.2)), (const(50), const(0.4)))
    assert evaluate(Weighted(terms, kind="number"), ANN) == (80 * 0.4 + 50 * 0.4) / (0.4 + 0.4)
    assert evaluate(Weighted(terms[1:2], kind="number"), ANN) is None


def test_tables_take_the_first_entry_that_matches() -> None:
    roles = Table("roles", (TableEntry(("VP",), 12.0), TableEntry(("vp",), 1.0), TableEntry((40.0,), 5.0)), 0.0)
    assert evaluate(Lookup(roles, (const("vP"),)), ANN) == 12
    assert evaluate(Lookup(roles, (AGE,)), ANN) == 5
    assert evaluate(Lookup(roles, (NOTHING,)), ANN) == 0
    sizes = Table("sizes", (TableEntry(((1.0, 50.0),), 1.0), TableEntry(((50.0, None),), 2.0)), None)
    assert [evaluate(Lookup(sizes, (const(n),)), ANN) for n in (0.5, 1, 50, 51)] == [None, 1, 1, 2]
    two = Table("two", (TableEntry(("vp", (None, 10.0)), "few"), TableEntry(("vp", (10.5, None)), "many")), "else")
    assert [evaluate(Lookup(two, (const("VP"), const(n))), ANN) for n in (10, 10.2, 11)] == ["few", "else", "many"]


def test_a_param_is_a_constant() -> None:
    assert evaluate(Const(3.0, param="n", kind="number"), ANN) == 3
