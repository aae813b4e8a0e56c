"""`test` runs the scenarios, says what went wrong, and fails when something did."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

Call = Callable[..., Any]


def test_the_starter_passes_and_is_covered(scoreline: Call, starter: Path) -> None:
    done = scoreline("test", starter, "--coverage", "--fail-under", "100")
    assert done.code == 0, done.out
    assert "tests/first.yaml\n  ✓ a budget holder looks at prices" in done.out
    assert "8 scenarios: 8 passed" in done.out and "(100 %)" in done.out


@pytest.fixture
def changed(starter: Path) -> Path:
    """A rule that gives less than its scenarios say."""
    rules = starter / "people.rules"
    text = rules.read_text(encoding="utf-8")
    assert "pricing: visited('pricing*') within 30 days => +10" in text
    rules.write_text(text.replace("within 30 days => +10", "within 30 days => +9", 1), encoding="utf-8")
    return starter


def test_a_failure_says_what_was_expected_and_what_came(scoreline: Call, changed: Path) -> None:
    done = scoreline("test", changed)
    assert done.code == 1
    assert "✗ a budget holder looks at prices" in done.out
    assert "lead ann: engagement\n        expected  10\n        came      9\n" in done.out
    assert "+9  pricing · 1 event" in done.out
    assert "1 failed" in done.out


def test_k_chooses_by_name_or_file(scoreline: Call, changed: Path) -> None:
    assert "1 scenario: 1 passed" in scoreline("test", changed, "-k", "FREE MAIL").out
    assert scoreline("test", changed, "-k", "tests/first").code == 1
    done = scoreline("test", changed, "-k", "nobody")
    assert done.code == 1 and "no scenario that matches `nobody`" in done.err


def test_too_little_coverage_fails(scoreline: Call, starter: Path) -> None:
    done = scoreline("test", starter, "-k", "free mail", "--fail-under", "50")
    assert done.code == 1
    assert "people.rules:18    demo (engagement)" in done.out


def test_a_line_and_a_stage_that_did_not_come_about_say_what_stood_in_the_way(scoreline: Call, changed: Path) -> None:
    path = changed / "people.rules"
    path.write_text(path.read_text(encoding="utf-8").replace("within 30 days => +9", "within 1 day => +9", 1), "utf-8")
    done = scoreline("test", changed, "--junit", changed / "report.xml")
    line = "visited('pricing*') within 1 day — last 2026-02-26, 3"
    stage = "✗ interested: engagement >= 10 — 0, it takes 10 or more (10 more)"
    assert line in done.out and stage in done.out
    failure = ElementTree.parse(changed / "report.xml").getroot()[0][0][0]
    assert line in (failure.text or "") and stage in (failure.text or "")


def test_a_later_stage_than_expected_says_why_it_holds(scoreline: Call, starter: Path) -> None:
    path = starter / "tests" / "first.yaml"
    written = path.read_text(encoding="utf-8")
    path.write_text(
        written.replace("breadth: 15, interest: 10}, stage: MQA", "breadth: 15, interest: 10}, stage: MEA"), "utf-8"
    )
    out = scoreline("test", starter).out
    assert "expected  MEA" in out and "came      MQA" in out
    assert "✓ MEA: " in out and "✓ MQA: readiness >= ready_for_sales" in out


def test_outcomes_of_conditions_that_no_scenario_has_seen(scoreline: Call, starter: Path) -> None:
    done = scoreline("test", starter, "--fail-under-outcomes", "98")
    assert done.code == 0
    assert "49 of 50 outcomes of 25 conditions seen (98 %)" in done.out
    assert "companies.rules:15  never held: opened_opportunity (SQA)" in done.out
    assert scoreline("test", starter, "--fail-under-outcomes", "99").code == 1


def test_the_junit_report_is_written(scoreline: Call, changed: Path, tmp_path: Path) -> None:
    assert scoreline("test", changed, "--junit", tmp_path / "report.xml").code == 1
    root = ElementTree.parse(tmp_path / "report.xml").getroot()
    assert root[0].attrib["tests"] == "8" and root[0].attrib["failures"] == "1"


def test_a_ruleset_without_scenarios_does_not_pass(scoreline: Call, starter: Path) -> None:
    (starter / "tests" / "first.yaml").unlink()
    done = scoreline("test", starter)
    assert done.code == 1 and "X104" in done.err


def test_a_mistake_in_a_scenario_is_shown_in_place(scoreline: Call, starter: Path) -> None:
    path = starter / "tests" / "first.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("not_lines: [often", "not_lines: [oftn", 1), encoding="utf-8"
    )
    done = scoreline("test", starter)
    assert done.code == 1
    assert "X102" in done.err and "tests/first.yaml:14" in done.err and "did you mean `often`?" in done.err


def test_params_can_be_set(scoreline: Call, starter: Path) -> None:
    assert scoreline("test", starter, "--set", "ready_for_sales=90").code == 1
