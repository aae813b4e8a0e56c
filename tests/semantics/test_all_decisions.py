"""No decision of docs/semantics.md is without a case, and no case speaks of a decision that is not there."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

from .deciding import DECIDED
from .reading import pages

ROOT = Path(__file__).parents[2]
#: Decisions whose cases stand elsewhere.
EXCEPTIONS = dict.fromkeys((94, 121, *range(132, 137)), "tests/language/test_memory.py")


def decisions() -> dict[int, str]:
    """The numbered decisions, and how they begin."""
    text = (ROOT / "docs" / "semantics.md").read_text(encoding="utf-8")
    return {int(number): start for number, start in re.findall(r"^(\d+)\. (.{1,60})", text, re.MULTILINE)}


def cases() -> dict[int, list[str]]:
    """The cases by the number of the decision: those on pages, and the tests in Python."""
    for path in Path(__file__).parent.glob("test_*.py"):
        importlib.import_module(f".{path.stem}", __package__)
    found = {number: list(names) for number, names in DECIDED.items()}
    for page in pages():
        for each in page.decisions:
            for number in each.numbers:
                found.setdefault(number, []).append(f"{page.name}.md: {each.title}")
    return found


def test_every_decision_has_a_case() -> None:
    without = {number: start for number, start in decisions().items() if number not in cases()}
    assert without.keys() == EXCEPTIONS.keys(), f"without a case: {without}"


def test_every_case_is_about_a_decision() -> None:
    assert set(cases()) <= set(decisions())


def test_the_decisions_are_numbered_without_gaps() -> None:
    assert list(decisions()) == list(range(1, len(decisions()) + 1))
