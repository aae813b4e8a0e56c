"""Lints about the manifest, about comments and blocks, and about what the checker does not let through yet."""

from __future__ import annotations

import pytest

from scoreline.engine.lints.allowances import apply_allowances
from scoreline.engine.lints.catalogue import lint, with_levels
from scoreline.engine.model import (
    Block,
    Compare,
    Const,
    Field,
    Happened,
    Line,
    Measure,
    Model,
    Often,
    OfType,
    Points,
    Prop,
    Result,
    Score,
    Selection,
    SetTo,
    Stage,
    Stages,
    Standing,
)
from scoreline.engine.schema import Schema
from scoreline.grammar.diagnostics import Diagnostic, finding
from scoreline.grammar.parser import parse
from scoreline.grammar.source import Source, Span

from .compiled import MANIFEST, findings


def const(value: float) -> Const:
    return Const(value, kind="number")


def line(name: str, points: float, least: float) -> Line:
    employees = Field("account", "employees", kind="number")
    return Line(name, Points(const(points)), Compare(">=", employees, const(least)))


def lint_of(*definitions: Score | Measure | Stages) -> list[tuple[str, str]]:
    return [(item.code, item.message) for item in lint(Model("x", "1", "UTC", Schema(), definitions))]


# --- default decay ------------------------------------------------------------------

BLOCK = """
score engagement for lead:
    halves every 30 days
    one: visited('pricing') => +10
    two: visited('pricing') and attended => +20
    fit: account.target => +5
    when contact.role == 'user':
        few: downloaded at most 5 times => +20
"""


def test_a_line_that_the_default_decay_does_not_reach() -> None:
    found = [item for item in findings(BLOCK) if item.code == "L304"]
    assert [item.message for item in found] == [
        "the default decay does not reach line `two`",
        "the default decay does not reach line `few`",
    ]
    assert found[0].related[0].span.line == 3


# --- the schema ---------------------------------------------------------------------


def test_fields_and_properties_that_nothing_reads() -> None:
    found = findings("score s for lead:\n    a: contact.title mentions 'cfo' and visited('x') => +5\n")
    unused = {item.message: (item.code, item.severity) for item in found if item.span.path == "ruleset.yaml"}
    assert unused["nothing uses the field of contacts `country`"] == ("L402", "warning")
    assert unused["nothing uses the property `page_view.seconds`"] == ("L403", "info")
    assert "nothing uses the field of contacts `title`" not in unused
    assert "nothing uses the property `page_view.page`" not in unused


def test_fields_by_which_pages_call_people_are_used_without_being_named() -> None:
    rules = "score s for lead:\n    a: contact.title mentions 'cfo' => +5\n"
    named = MANIFEST.replace("    country: text", "    country: text\n    name: text")
    for manifest, used, unused in ((MANIFEST, "email", "phone"), (named, "name", "email")):
        found = {item.message: item.hint for item in findings(rules, manifest)}
        assert f"nothing uses the field of contacts `{used}`" not in found
        assert "`# allow L402 the outcome`" in str(found[f"nothing uses the field of contacts `{unused}`"])
        assert "`# allow L402 shown`" in str(found[f"nothing uses the field of contacts `{unused}`"])


def test_a_property_that_tells_sessions_is_used_without_being_named() -> None:
    manifest = MANIFEST.replace("seconds: number", "seconds: number, session: text")
    assert manifest != MANIFEST
    found = {item.message for item in findings("visited across at least 2 sessions => +5\n", manifest)}
    assert "nothing uses the property `page_view.seconds`" in found
    assert "nothing uses the property `page_view.session`" not in found


def test_a_comment_in_the_manifest_allows_an_unused_field() -> None:
    manifest = MANIFEST.replace("    country: text", "    country: text  # allow L402 used by the CRM")
    rules = "score s for lead:\n    a: contact.title mentions 'cfo' => +5\n"
    messages = [item.message for item in findings(rules, manifest)]
    assert "nothing uses the field of contacts `country`" not in messages
    assert "nothing uses the field of contacts `created`" in messages


# --- allowances and severities --------------------------------------------------------

SHORT = "a: contact.title contains 'cto' => +5"


def codes(rules: str) -> list[tuple[str, int]]:
    return [(item.code, item.span.line) for item in findings(rules) if item.span.path == "rules.rules"]


def test_a_comment_behind_a_line_or_before_it_allows_a_lint_there() -> None:
    assert codes(f"score s for lead:\n    {SHORT}\n") == [("L303", 2)]
    assert codes(f"score s for lead:\n    {SHORT}  # allow L303 no directors here\n") == []
    assert codes(f"score s for lead:\n    # allow L303, L201 no directors here\n    {SHORT}\n") == [("L505", 3)]


def test_an_allowance_reaches_one_line_only() -> None:
    rules = f"score s for lead:\n    {SHORT}  # allow L303 as meant\n    b: contact.title contains 'vp' => +5\n"
    assert codes(rules) == [("L303", 3)]
    assert codes(f"score s for lead: # allow L303 not here\n    {SHORT}\n") == [("L505", 1), ("L303", 2)]


def test_an_allowance_says_why() -> None:
    assert codes(f"score s for lead:\n    {SHORT}  # allow L303\n") == [("L506", 2)]
    assert codes(f"score s for lead:\n    {SHORT}  # allow L201, L303\n") == [("L505", 2), ("L506", 2)]


def test_an_allowance_of_a_statement_over_several_lines() -> None:
    rules = "# allow L404 shown to sales\nmeasure m for lead =\n    count(visited)\n"
    assert codes(rules) == []


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("L303", "nothing here is a `L303`"),
        ("T101", "`T101` is no lint and cannot be allowed"),
        ("L999", "there is no code `L999` to allow"),
    ],
)
def test_an_allowance_that_allows_nothing_is_a_finding(code: str, message: str) -> None:
    found = findings(f"score s for lead:\n    a: contact.title mentions 'cfo' => +5  # allow {code} because\n")
    assert [item.message for item in found if item.code == "L505"] == [message]


def test_an_error_cannot_be_allowed() -> None:
    file, _ = parse(Source("x.rules", "param a = 1  # allow T101\n"))
    assert file is not None
    error = finding("T101", "there is nothing", Span("x.rules", 1, 1, 1, 5))
    assert error in apply_allowances([error], [file])


def test_severities_from_the_manifest() -> None:
    found = [finding("L303", "x"), finding("L501", "y"), finding("L404", "z")]
    changed = with_levels(found, {"L303": "error", "L501": "off"})
    assert [(item.code, item.severity) for item in changed] == [("L303", "error"), ("L404", "info")]


def test_findings_come_in_order_of_place() -> None:
    rules = f"score s for lead:\n    {SHORT}\n    contact.country != 'DE' => +0\n"
    found: list[Diagnostic] = findings(rules)
    assert found == sorted(found, key=Diagnostic.sort_key)


# --- blocks of which one line decides ---------------------------------------------------


def test_a_line_of_best_of_that_never_wins() -> None:
    block = Block("best", (line("large", 10, 5000), line("any", 20, 1), line("huge", 30, 9000)))
    assert lint_of(Score("lead", "fit", (block,))) == [
        ("L106", "line `large` is never the best: another one holds too and gives as much or more")
    ]


def test_best_of_gives_at_most_its_largest() -> None:
    block = Block("best", (line("a", 10, 5000), line("b", 20, 1)))
    stage = Stages("lead", (Stage("MQL", Compare(">=", Result("lead", "score", "fit", kind="number"), const(25))),))
    assert [code for code, _ in lint_of(Score("lead", "fit", (block,)), stage)].count("L101") == 1


def test_set_can_reach_what_the_lines_cannot() -> None:
    put = Line("b", SetTo(const(90)), line("b", 0, 1).condition)
    stage = Stages("lead", (Stage("MQL", Compare(">=", Result("lead", "score", "fit", kind="number"), const(85))),))
    assert "L101" not in [code for code, _ in lint_of(Score("lead", "fit", (line("a", 10, 5000), put)), stage)]


def test_a_day_with_at_most_two_has_at_least_one() -> None:
    visits = Selection("lead", OfType(("page_view",)), label="visited")
    often = Often("<=", const(2), "times", group=Prop("day", kind="date"))
    rule = Line("a", Points(const(5)), Happened(visits, often))
    assert lint_of(Score("lead", "s", (rule,))) == []


def test_rank_is_told() -> None:
    rank = Standing("rank", Result("lead", "score", "fit", kind="number"), None, kind="number")
    found = lint_of(Score("lead", "fit", (line("a", 10, 1),)), Measure("lead", "place", rank))
    assert ("L504", "`rank(fit)` compares with everybody") in found
