"""Any ruleset that can be written keeps its meaning and its comments when it is formatted."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoreline.grammar.formatting import comments_of, formatted
from scoreline.grammar.nodes import File
from scoreline.grammar.parser import parse
from scoreline.grammar.source import Source

from .rough import Rough
from .test_parity import Dice


def read(text: str) -> File:
    file, wrong = parse(Source("a.rules", text))
    assert wrong == [], (wrong[0].message, wrong[0].span, text)
    return file


def check(seed: int) -> None:
    """A random ruleset is made rough and formatted: rules and comments are the same, and formatted again its text."""
    plain, rough = Dice(seed).ruleset(), Rough(seed)
    text = rough.file(plain)
    file = read(text)
    assert file == read(plain)
    once, wrong = formatted(Source("a.rules", text))
    assert once is not None and wrong == []
    again = read(once)
    assert again == file
    assert comments_of(again) == comments_of(file) == Counter(rough.comments)
    assert formatted(Source("a.rules", once)) == (once, [])


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 1 << 30))
def test_any_ruleset_keeps_its_meaning_and_its_comments(seed: int) -> None:
    check(seed)


@pytest.mark.soak
def test_a_thousand_rulesets_keep_their_meaning_and_their_comments() -> None:
    for seed in range(1000):
        check(seed)
