"""Whole words: a text as its words with one blank around each, so that a phrase is found as a plain part of it."""

from __future__ import annotations

import re2

from ..fold import fold

WORD = r"\p{L}\p{Nd}'"
"""What words are made of, in a class of RE2: letters, decimal digits, apostrophes."""

NO_WORDS = "  "
"""What a text without any words becomes; no phrase does."""

_WORDS = re2.compile(f"[{WORD}]+")


def spaced(text: str) -> str:
    """The words of a text, folded, with a blank before and after each.

    >>> spaced("VP, Sales!"), spaced("—")
    (' vp sales ', '  ')
    """
    return f" {' '.join(_WORDS.findall(fold(text)))} "
