"""What each format makes of the same findings, compared with files; `UPDATE_GOLDENS=1 pytest …` writes them anew."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import click
import pytest

from scoreline.cli.reports import FORMATS, Report, ordered, render
from scoreline.grammar.diagnostics import Fix, Related, finding
from scoreline.grammar.source import Source, Span

GOLDENS = Path(__file__).parent / "goldens"

LEAD = Source(
    "lead.rules",
    "score fit for lead 0..100:\n"
    "    contact.rol == 'economic_buyer' and visited('pricing') => +20\n"
    "\tcontact.title contains '営業部長' and x => +5\n"
    "    when account.region == 'EMEA':\n"
    "        requested('demo') => +10\n"
    "    group a:\n        b => +1\n        c => +1\n        d => +1\n        e => +1\n        f => +1\n"
    "    evil '\x1b[2J' => +1\n" + "    # " + "x" * 500 + " here " + "y" * 500 + "\n",
)
MANIFEST = Source("ruleset.yaml", "scoreline: 1\nname: abm\n")
SOURCES = {source.path: source for source in (LEAD, MANIFEST)}

FINDINGS = (
    finding(
        "T101",
        "`contact` has no field `rol`",
        Span("lead.rules", 2, 13, 2, 16),
        label="not declared in ruleset.yaml",
        hint="did you mean `role`?",
        related=(Related(Span("ruleset.yaml", 2, 1, 2, 5), "the fields are declared here"),),
        fix=Fix(Span("lead.rules", 2, 13, 2, 16), "role"),
    ),
    finding("S101", "a tab and wide signs come first", Span("lead.rules", 3, 36, 3, 37), label="just this `x`"),
    finding("G101", "two lines belong together", Span("lead.rules", 4, 5, 5, 33), label="from here to here"),
    finding("G101", "more lines than one wants to see", Span("lead.rules", 6, 5, 11, 16)),
    finding("S101", "the text `\x1b[2J` would clear the screen", Span("lead.rules", 12, 10, 12, 16)),
    finding("S101", "a place far out on a long line", Span("lead.rules", 13, 508, 13, 512), label="here"),
    finding("S101", "something is missing at the end: 100 %, a\nline", Span("lead.rules", 2, 66, 2, 66), label="end"),
    finding("X101", "a file that is not text", Span("tests/first.yaml"), hint="write it as UTF-8"),
    finding("R101", "there is no ruleset `amb`", hint="did you mean `abm`?").with_severity("warning"),
    finding("R101", "a line has no id", Span("lead.rules", 5, 9, 5, 26)).with_severity("info"),
)
REPORT = Report(FINDINGS, SOURCES, "rulesets/ab m")


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_renders_the_findings_as_in_its_file(form: str) -> None:
    rendered = click.unstyle(render(REPORT, form)) + "\n"
    golden = GOLDENS / f"findings.{form}"
    if os.environ.get("UPDATE_GOLDENS"):
        golden.write_text(rendered, encoding="utf-8")
    assert rendered == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", FORMATS)
def test_no_control_character_of_the_rules_reaches_the_terminal(form: str) -> None:
    assert "\x1b[2J" not in click.unstyle(render(REPORT, form))


def test_a_caret_stands_under_what_it_marks() -> None:
    lines = click.unstyle(render(Report(FINDINGS[:1], SOURCES), "text")).splitlines()
    shown = next(number for number, line in enumerate(lines) if "contact.rol" in line)
    start = lines[shown].index("rol ")
    assert lines[shown + 1][start : start + 4] == "^^^ "


def test_sarif_has_what_readers_ask_for() -> None:
    log = json.loads(render(REPORT, "sarif"))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
    first = run["results"][0]["locations"][0]["physicalLocation"]
    assert first["artifactLocation"]["uri"] == "rulesets/ab%20m/lead.rules"
    assert first["region"] == {"startLine": 2, "startColumn": 13, "endLine": 2, "endColumn": 16}


def test_a_report_without_findings_is_still_a_whole_document() -> None:
    empty = Report(())
    assert render(empty, "text") == render(empty, "concise") == render(empty, "github") == ""
    assert json.loads(render(empty, "json")) == {"summary": {"error": 0, "warning": 0, "info": 0}, "diagnostics": []}
    assert json.loads(render(empty, "sarif"))["runs"][0]["results"] == []


def test_what_fails_is_what_was_asked_for() -> None:
    warning = Report((FINDINGS[8],))
    assert not warning.fails("error")
    assert warning.fails("warning") and warning.fails("info")
    assert Report(FINDINGS).summary() == "8 errors, 1 warning, 1 remark"


def test_findings_keep_their_order_but_remarks_come_last() -> None:
    remark, error, warning = FINDINGS[9], FINDINGS[0], FINDINGS[8]
    assert ordered([remark, warning, error]) == (warning, error, remark)


def test_many_remarks_of_a_kind_are_counted() -> None:
    """So that the error among twenty properties that nothing uses is seen; a program gets all of them."""
    remarks = [finding("L403", f"nothing uses {each}", Span("lead.rules", each, 1, each, 2)) for each in range(1, 11)]
    report = Report((finding("S101", "wrong", Span("lead.rules", 2, 1, 2, 2)), *remarks), SOURCES)
    text = click.unstyle(render(report, "text"))
    assert text.count("info[L403") == 4 and "wrong" in text
    assert "7 more of this kind\n --> lead.rules:4, lead.rules:5, lead.rules:6 …" in text
    assert render(report, "concise").count("L403") == 10
    assert click.unstyle(render(Report(tuple(remarks[:4])), "text")).count("nothing uses") == 4


def test_many_warnings_of_a_kind_are_counted_and_no_error_is() -> None:
    places = [Span("lead.rules", line, 1, line, 2) for line in range(1, 41)]
    doubts = [finding("L105", "said twice", place) for place in places]
    text = click.unstyle(render(Report(tuple(doubts), SOURCES), "text"))
    assert text.count("said twice") == 20
    assert text.endswith(
        "warning[L105 same-condition]: 20 more of this kind\n --> lead.rules:21, lead.rules:22, lead.rules:23 …\n"
        "  = hint: `scoreline validate … --format concise` has a line for each"
    )
    assert click.unstyle(render(Report(tuple(doubts[:21]), SOURCES), "text")).count("said twice") == 21
    wrong = [finding("S101", "wrong", place) for place in places]
    assert click.unstyle(render(Report(tuple(wrong), SOURCES), "text")).count("wrong") == 40


@pytest.mark.parametrize("columns", [50, 80, 200])
def test_on_a_terminal_lines_do_not_wrap_over_their_signs(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", Terminal())
    monkeypatch.setenv("COLUMNS", str(columns))
    text = "".join(f"contact.field{number} == {number} and " for number in range(20)) + "contact.wrong == 1 => +3"
    at = text.index("wrong") + 1
    wrong = finding("T102", "`contact` has no field `wrong`", Span("a.rules", 1, at, 1, at + 5))
    drawn = click.unstyle(render(Report((wrong,), {"a.rules": Source("a.rules", text)}), "text")).splitlines()
    line, signs = drawn[3], drawn[4]
    assert len(line) <= columns
    assert line[signs.index("^") : signs.rindex("^") + 1] == "wrong"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True
