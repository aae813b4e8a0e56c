"""The examples on the pages of our codes are true: what is to be avoided gives the code, what is preferred gives none.

The examples stand in a ruleset with the schema `pages.yaml` and the standard vocabulary.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scoreline.grammar.codes import CODES

from .compiled import compiled, compiled_alone

PAGES = Path(__file__).parents[2] / "docs" / "codes"
SCHEMA = Path(__file__).with_name("pages.yaml").read_text(encoding="utf-8")
OURS = [code for code in CODES if code[0] == "T" or code in [f"G10{number}" for number in range(1, 8)]]
NO_RULES = {"T108"}  # examples of the command line
SEEN = {"contact": {"role": "text"}, "account": {}, "events": {}}


def example(code: str, title: str) -> str:
    """The indented block below a heading."""
    text = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    part = text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    found = re.search(r"(?:^    .*\n|^\n(?=    ))+", part, re.MULTILINE)
    assert found, f"{code}: no example to {title.lower()}"
    return re.sub(r"^    ", "", found[0], flags=re.MULTILINE).strip("\n") + "\n"


def codes(code: str, title: str, folder: Path) -> set[str]:
    rules = example(code, title)
    is_alone = code == "T107"
    result = compiled_alone(folder, rules, SEEN) if is_alone else compiled(folder, rules, manifest=SCHEMA)
    return {item.code for item in result.findings if not item.code.startswith("L")}


@pytest.mark.parametrize("code", sorted(set(OURS) - NO_RULES))
def test_what_is_to_be_avoided_gives_the_code(code: str, tmp_path: Path) -> None:
    assert codes(code, "Avoid", tmp_path) == {code}


@pytest.mark.parametrize("code", sorted(set(OURS) - NO_RULES))
def test_what_is_preferred_is_sound(code: str, tmp_path: Path) -> None:
    assert codes(code, "Prefer", tmp_path) == set()
