"""The formatter keeps what rules mean and every comment, and what it gives it gives again."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoreline.grammar import formatting
from scoreline.grammar.formatting import formatted
from scoreline.grammar.source import Source

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(ROOT.glob("rulesets/**/*.rules"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.relative_to(ROOT / "rulesets").as_posix())
def test_what_ships_is_in_form(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert formatted(Source(path.name, text)) == (text, [])


def test_what_cannot_be_read_is_not_formatted() -> None:
    text, wrong = formatted(Source("a.rules", "visited => 20\n"))
    assert text is None
    assert [found.code for found in wrong] == ["S115"]


@pytest.mark.parametrize("printed", ["visited => +20\n", "visited => +2  # why\n", "visited =>\n"])
def test_a_text_that_says_something_else_is_refused(printed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formatting, "print_file", lambda file: printed)
    text, wrong = formatted(Source("a.rules", "visited=>+2 # because\n"))
    assert text is None
    assert [found.code for found in wrong] == ["S137"]
