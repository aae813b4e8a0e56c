"""Golden pairs for each lint: rules in which it finds something, and rules in which it must be silent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from scoreline.engine.lints.allowances import WITH_DATA
from scoreline.grammar.codes import CODES
from scoreline.grammar.source import Source

from .compiled import findings

CASES = sorted(Path(__file__).with_name("cases").glob("L*.yaml"))


def _cases(kind: str) -> list[Any]:
    return [
        pytest.param(path.stem, case, id=f"{path.stem}-{case['name'].replace(' ', '-')}")
        for path in CASES
        for case in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)[kind]
    ]


def _underlined(rules: str, span: Any) -> str:
    line = Source("rules.rules", rules).line(span.line)
    return line[span.column - 1 : span.end_column - 1] if span.end_line == span.line else line[span.column - 1 :]


@pytest.mark.parametrize(("code", "case"), _cases("found"))
def test_it_finds(code: str, case: dict[str, Any]) -> None:
    found = [item for item in findings(case["rules"]) if item.code == code]
    assert [item.message for item in found] == case["messages"]
    if "at" in case:
        assert [_underlined(case["rules"], item.span) for item in found] == case["at"]
    if "label" in case:
        assert found[0].label == case["label"]
    if "hint" in case:
        assert found[0].hint == case["hint"]
    assert all(item.severity == CODES[code].severity for item in found)


@pytest.mark.parametrize(("code", "case"), _cases("silent"))
def test_it_is_silent(code: str, case: dict[str, Any]) -> None:
    assert [item.message for item in findings(case["rules"]) if item.code == code] == []


def test_every_lint_has_pairs() -> None:
    elsewhere = {
        "L304",
        "L402",
        "L403",
        "L504",
        "L505",
        "L506",
        "L701",
    }  # tests of their own, as have those that need data (L6…)
    wanted = {code for code in CODES if code.startswith("L") and not code.startswith(WITH_DATA)}
    assert {path.stem for path in CASES} | elsewhere == wanted
