"""Short ways through tests of texts give what the long ones do."""

from __future__ import annotations

import re
from typing import Any

import re2
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scoreline.engine.interpreter.texts import like, words

LETTERS = "ab*?\\.'é0_-\n"


def by_pattern(pattern: str) -> Any:
    """A glob as a pattern, letter by letter."""
    parts = re.findall(r"(?s)\\.|.", pattern)
    meant = {"*": ".*", "?": "."}
    return re2.compile("(?s)" + "".join(meant.get(part) or re2.escape(part[-1]) for part in parts))


@settings(deadline=None)
@given(st.text(LETTERS, max_size=6), st.text(LETTERS, max_size=6))
@example("", "*")
@example("a", "**")
@example("a*", "a\\*")
@example("aXb", "a*b")
@example("*", "\\*")
def test_globs(text: str, pattern: str) -> None:
    assert like(text, pattern) is (by_pattern(pattern).fullmatch(text) is not None)


@settings(deadline=None)
@given(st.text(max_size=20))
@example("head of r&d, we're №5")
def test_words(text: str) -> None:
    assert words(text) == tuple(match.group() for match in re2.finditer(r"[\p{L}\p{Nd}']+", text))
