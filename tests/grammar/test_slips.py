"""Each slip gives its code, its message, a way out, and underlines exactly what is wrong.

`slips/*.yaml` are lists of cases: the `text` of a file, and `finds`, one entry for each finding, with the text
that it underlines.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from scoreline.grammar.codes import CODES
from scoreline.grammar.diagnostics import Diagnostic
from scoreline.grammar.parser import parse
from scoreline.grammar.source import Source, Span

FOLDER = Path(__file__).parent / "slips"


def cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}:{case['text'].strip()[:50]}")
        for path in sorted(FOLDER.glob("*.yaml"))
        for case in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    ]


def underlined(source: Source, span: Span) -> str:
    if span.line == span.end_line:
        return source.line(span.line)[span.column - 1 : span.end_column - 1]
    rows = [source.line(span.line)[span.column - 1 :]]
    rows += [source.line(number) for number in range(span.line + 1, span.end_line)]
    return "\n".join([*rows, source.line(span.end_line)[: span.end_column - 1]])


def shown(source: Source, found: Diagnostic) -> dict[str, Any]:
    entry: dict[str, Any] = {"code": found.code, "message": found.message, "at": underlined(source, found.span)}
    entry |= {"label": found.label} if found.label else {}
    entry |= {"hint": found.hint} if found.hint else {}
    return entry | ({"fix": found.fix.text} if found.fix else {})


@pytest.mark.parametrize("case", cases())
def test_a_slip_is_named_and_the_way_out_is_shown(case: dict[str, Any]) -> None:
    source = Source("a.rules", case["text"])
    _, diagnostics = parse(source)
    assert [shown(source, found) for found in diagnostics] == case["finds"]


@pytest.mark.parametrize("case", cases())
def test_what_a_finding_says_is_said_well(case: dict[str, Any]) -> None:
    for found in parse(Source("a.rules", case["text"]))[1]:
        assert "\n" not in found.message and not found.message.endswith(".")
        assert found.message[:1] == found.message[:1].lower()
        assert len({found.message, found.label, found.hint}) == 3 or not found.label
        assert found.hint


@pytest.mark.parametrize("case", cases())
def test_a_fix_mends_what_it_is_for(case: dict[str, Any]) -> None:
    source = Source("a.rules", case["text"])
    for found in parse(source)[1]:
        if found.fix is not None:
            mended = parse(Source("a.rules", with_fix(source, found.fix.span, found.fix.text)))[1]
            assert (found.code, found.message) not in [
                (again.code, again.message) for again in mended if again.span == found.span
            ]


def with_fix(source: Source, span: Span, text: str) -> str:
    rows = list(source.lines)
    start, end = rows[span.line - 1][: span.column - 1], rows[span.end_line - 1][span.end_column - 1 :]
    rows[span.line - 1 : span.end_line] = [start + text + end]
    return "\n".join(rows)


def test_every_syntax_code_has_a_case() -> None:
    used = {entry["code"] for case in cases() for entry in case.values[0]["finds"]}
    unused = {code for code in CODES if code.startswith("S")} - used
    assert unused <= {"S130", "S137"}  # what is too large is in test_limits.py, what cannot be formatted its own
