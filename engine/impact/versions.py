"""Versions of rulesets: which is the later one, and which one should come next."""

from __future__ import annotations

import re

from .verdict import Verdict, Word

_NUMBERS = re.compile(r"v?(\d{1,9}(?:\.\d{1,9})*)(?:-([0-9A-Za-z.-]+))?(?:\+\S*)?", re.ASCII)

COUNTS: tuple[Word, ...] = ("additive", "breaking", "not provable")
"""The verdicts after which a ruleset means something else."""


def means_something_else(said: Verdict) -> bool:
    """Whether a ruleset of this verdict needs another version."""
    return said.word in COUNTS


def rises(old: str, new: str) -> bool:
    """Whether a version is later than another; of versions that are no numbers it only must be another.

    >>> rises("1.9.0", "1.10"), rises("1.2.0", "1.2"), rises("2.0.0-rc1", "2.0.0"), rises("spring", "summer")
    (True, False, True, True)
    """
    before, after = _NUMBERS.fullmatch(old), _NUMBERS.fullmatch(new)
    if before is None or after is None:
        return old != new
    return _rank(before) < _rank(after)


def _rank(found: re.Match[str]) -> tuple[list[int], bool, list[tuple[bool, int, str]]]:
    """Numbers without zeros at the end; what comes before a release is earlier than it."""
    numbers = [int(part) for part in found[1].split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    before = found[2]
    parts = [] if before is None else before.split(".")
    return numbers, before is None, [(not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in parts]


def next_version(old: str, said: Verdict) -> str:
    """The version that fits a verdict: the first number rises where something breaks, else the second.

    >>> next_version("1.4.2", Verdict("breaking")), next_version("7", Verdict("additive"))
    ('2.0.0', '7.1')
    """
    found = _NUMBERS.fullmatch(old)
    if found is None:
        return ""
    numbers = [int(part) for part in found[1].split(".")]
    numbers += [0] * (2 - len(numbers))
    place = 0 if said.word == "breaking" else 1
    risen = [*numbers[:place], numbers[place] + 1, *([0] * (len(numbers) - place - 1))]
    return ".".join(map(str, risen))
