"""A ruleset with twenty different mistakes: twenty findings, each once, each with its way out.

After a change that is meant: `python -m tests.checker.test_twenty` writes the golden text anew. Read it then.
"""

from __future__ import annotations

from pathlib import Path

import click

from scoreline.cli.render_text import render
from scoreline.cli.reports import Report
from scoreline.engine.compiling import compile_at

FOLDER = Path(__file__).with_name("twenty")
GOLDEN = FOLDER / "findings.text"


def rendered() -> str:
    """What `scoreline validate` prints, without colours."""
    _, findings, sources = compile_at(FOLDER)
    return click.unstyle(render(Report(tuple(findings), sources))) + "\n"


def test_twenty_mistakes_are_twenty_messages() -> None:
    ruleset, findings, _ = compile_at(FOLDER)
    assert ruleset is None
    assert len(findings) == 20
    assert len({item.code for item in findings}) == 20
    assert all(item.is_error and item.hint and item.span.line for item in findings)


def test_they_read_as_agreed() -> None:
    assert rendered() == GOLDEN.read_text(encoding="utf-8")


if __name__ == "__main__":
    GOLDEN.write_text(rendered(), encoding="utf-8")
