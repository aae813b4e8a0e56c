"""Every code has a page, every page a code; and messages point to codes that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scoreline.grammar.codes import CODES

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "codes"
FAMILIES = "STGLPRDX"


def test_codes_and_pages_are_the_same() -> None:
    pages = {page.stem for page in PAGES.glob("*.md")} - {"README"}
    assert pages == set(CODES)


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_code_is_of_a_family_and_has_a_readable_name(code: str) -> None:
    assert re.fullmatch(rf"[{FAMILIES}]\d{{3}}", code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", CODES[code].name)
    assert CODES[code].summary and not CODES[code].summary.endswith(".")


def test_names_of_codes_are_unique() -> None:
    names = [code.name for code in CODES.values()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_page_says_what_to_avoid_and_what_to_prefer(code: str) -> None:
    page = PAGES / f"{code}.md"
    if not page.exists():
        pytest.fail(f"docs/codes/{code}.md is missing")
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# {code} {CODES[code].name}\n")
    assert "\n## Avoid\n" in text and "\n## Prefer\n" in text


def test_every_code_is_given_by_some_module() -> None:
    source = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("grammar", "engine", "cli")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "codes.py"
    )
    assert [code for code in sorted(CODES) if f'"{code}"' not in source] == []
