"""Tests of texts: globs, whole words, regular expressions in linear time. Each distinct text is tested once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from ..fold import fold

_PLAIN_WORD = re.compile(r"[A-Za-z0-9']+")


def contains(text: str | tuple[str, ...], sought: str) -> bool:
    """Whether a text has the other in it, or a list has it among its values."""
    return sought in text


@lru_cache(maxsize=65536)
def like(text: str, pattern: str) -> bool:
    """Whether the glob matches the whole text: `*` any characters, `?` one, a backslash makes the next plain."""
    return _glob(pattern)(text)


@lru_cache(maxsize=65536)
def mentions(text: str, phrase: str) -> bool:
    """Whether the words of the phrase stand in the text one after the other; a phrase without words never does."""
    found, wanted = words(text), words(phrase)
    starts = range(len(found) - len(wanted) + 1) if wanted else ()
    return any(found[start : start + len(wanted)] == wanted for start in starts)


@lru_cache(maxsize=65536)
def matches(text: str, pattern: str, ignore_case: bool) -> bool:
    """Whether the regular expression is found anywhere in the text as it is."""
    return _regex(pattern, ignore_case).search(text) is not None


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The runs of letters, digits and apostrophes.

    >>> words("head of r&d, we're")
    ('head', 'of', 'r', 'd', "we're")
    """
    if text.isascii():
        return tuple(_PLAIN_WORD.findall(text))
    return tuple(match.group() for match in _word().finditer(text))


@lru_cache(maxsize=1)
def _word() -> Any:
    import re2  # takes time to load, and few texts need it

    return re2.compile(r"[\p{L}\p{Nd}']+")


@lru_cache(maxsize=1024)
def _glob(pattern: str) -> Callable[[str], bool]:
    inner = pattern.strip("*")
    if any(letter in inner for letter in "*?\\"):
        compiled = _compiled_glob(pattern)
        return lambda text: compiled.fullmatch(text) is not None
    begins, ends = not pattern.startswith("*"), not pattern.endswith("*")
    if begins and ends:
        return inner.__eq__
    if not begins and not ends:
        return lambda text: inner in text
    return (lambda text: text.startswith(inner)) if begins else (lambda text: text.endswith(inner))


def _compiled_glob(pattern: str) -> Any:
    import re2

    parts, plain = [], False
    for letter in pattern:
        if plain or letter not in "*?\\":
            parts.append(re2.escape(letter))
            plain = False
        elif letter == "\\":
            plain = True
        else:
            parts.append(".*" if letter == "*" else ".")
    return re2.compile("(?s)" + "".join(parts) + (re2.escape("\\") if plain else ""))


@lru_cache(maxsize=1024)
def _regex(pattern: str, ignore_case: bool) -> Any:
    import re2

    return re2.compile(f"(?i){pattern}" if ignore_case else pattern)


TESTS: Mapping[str, Callable[[Any, str], bool]] = {
    "contains": contains,
    "starts with": str.startswith,
    "ends with": str.endswith,
    "like": like,
    "mentions": mentions,
}
"""The tests of folded texts by their name in the rules."""


def domain(text: str) -> str | None:
    """What stands after the last `@`, folded; None where there is none.

    >>> domain("Ann@Acme.com"), domain("ann")
    ('acme.com', None)
    """
    _, at, rest = text.rpartition("@")
    return fold(rest).strip() or None if at else None
