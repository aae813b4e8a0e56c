"""The pages of the syntax codes tell the truth: what they avoid gives the code, what they prefer is read."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

from scoreline.grammar.parser import parse
from scoreline.grammar.source import Source

WITHOUT = ("S130", "S137")  # files that are too large, and mistakes of ours
PAGES = sorted((Path(__file__).parents[2] / "docs" / "codes").glob("S*.md"))


def block(page: Path, heading: str) -> str:
    section = page.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [row for row in section.split("\n") if row.startswith("    ") or not row]
    return dedent("\n".join(rows)).strip("\n")


def codes(text: str) -> list[str]:
    return [found.code for found in parse(Source("page.rules", text))[1] if re.match("S", found.code)]


@pytest.mark.parametrize("page", [page for page in PAGES if page.stem not in WITHOUT], ids=lambda page: page.stem)
def test_what_is_avoided_gives_the_code(page: Path) -> None:
    assert set(codes(block(page, "Avoid"))) == {page.stem}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_preferred_is_read(page: Path) -> None:
    assert codes(block(page, "Prefer")) == []
