"""`--summary FILE` and `validate --sarif FILE`: what a CI server shows beside a run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scoreline.cli.reports import Report
from scoreline.cli.step_summary import MOST_SHOWN, append, findings_page
from scoreline.grammar.code_pages import code_page
from scoreline.grammar.diagnostics import finding
from scoreline.grammar.source import Span

Call = Callable[..., Any]


def changed(folder: Path, old: str, new: str) -> None:
    rules = folder / "people.rules"
    text = rules.read_text(encoding="utf-8")
    assert old in text
    rules.write_text(text.replace(old, new), encoding="utf-8")


def test_findings_stand_in_a_table_below_what_was_there(scoreline: Call, starter: Path, tmp_path: Path) -> None:
    summary, sarif = tmp_path / "summary.md", tmp_path / "new" / "findings.sarif"
    summary.write_text("before\n", encoding="utf-8")
    changed(starter, "visited('pricing*')", "visted('pricing*')")
    done = scoreline("validate", starter, "--summary", summary, "--sarif", sarif, "--format", "concise")
    assert done.code == 1
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("before\n## Findings in ") and "**1 error" in text
    row = next(line for line in text.splitlines() if line.startswith("| error | T103"))
    assert "people.rules:" in row and "did you mean" in row
    (rule,) = json.loads(sarif.read_text(encoding="utf-8"))["runs"][0]["tool"]["driver"]["rules"]
    assert rule["help"]["markdown"] == code_page("T103") and "## Prefer" in rule["help"]["text"]
    assert rule["fullDescription"]["text"].startswith("Events are selected by a name")


def test_scenarios_that_fail_are_folded_with_what_came(scoreline: Call, starter: Path, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    assert scoreline("test", starter, "--summary", summary).code == 0
    changed(starter, '+10 "Looked', '+30 "Looked')
    assert scoreline("test", starter, "--summary", summary).code == 1
    first, second = summary.read_text(encoding="utf-8").split("## Scenarios of ")[1:]
    assert "8 passed**" in first and "<details>" not in first
    assert "7 passed, 1 failed**" in second
    assert "<summary><code>tests/first.yaml:4</code>" in second and "- came `30`" in second


def test_a_comparison_is_the_same_markdown(scoreline: Call, starter: Path, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    done = scoreline("diff", starter, starter, "--set", "ready_for_sales=90", "-f", "markdown", "--summary", summary)
    assert done.code == 0 and "`60` → `90`" in done.out
    assert summary.read_text(encoding="utf-8") == done.out + "\n"


def test_nothing_from_rules_is_markup_and_many_findings_are_counted(tmp_path: Path) -> None:
    evil = finding("T103", "no `a|b` <img src=x> [x](y) @all", Span("a|b.rules", 1, 1, 1, 2))
    summary = tmp_path / "summary.md"
    append(summary, findings_page("x", Report((evil,) * (MOST_SHOWN + 3))))
    text = summary.read_text(encoding="utf-8")
    assert "<img" not in text.replace("\\<img", "") and "\\[x\\]" in text and "\\@all" in text
    assert text.count("| error |") == MOST_SHOWN and "… and 3 more." in text


def test_what_is_wrong_in_data_stands_at_their_file(
    scoreline: Call, starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with (starter / "data" / "events.ndjson").open("a", encoding="utf-8") as out:
        out.write('{"id": 1\n')
    done = scoreline("validate", "starter", "--data", "starter/data", "--format", "github")
    assert "::warning title=D204 records-rejected,file=starter/data/events.ndjson,line=" in done.out
