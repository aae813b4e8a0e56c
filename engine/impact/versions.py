"""Versions of rulesets: which is the later one, and which one should come next."""

from __future__ import annotations

import re

from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.source import NOWHERE, Span
from ..compiling import Compiled
from ..places import MANIFEST
from ..yaml_reading import load_yaml
from ..yaml_tree import YamlMap
from .difference import Difference
from .verdict import Verdict, Word, verdict

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


def version_finding(found: Difference, old: str, how: str) -> Diagnostic | None:
    """That the rules mean something else and the version has not risen; None if all is well.

    `old` is what a person calls the ruleset that was before, `how` the command that shows the difference. A single
    file of rules has no version.
    """
    said, before, after = verdict(found), found.old.version, found.new.version
    if found.new.is_single_file or not means_something_else(said) or rises(before, after):
        return None
    still = "still" if before == after else f"{before} there and"
    fitting = next_version(before, said)
    write = f"write `version: {fitting}`; " if fitting else "choose another one; "
    return finding(
        "R113",
        f"the rules mean something else than in {old}, and the version is {still} {after}",
        _place(found.new),
        label="must rise",
        hint=f"{write}`{how}` shows what changed",
    )


def _place(ruleset: Compiled) -> Span:
    """Where the manifest says its version, or where it begins."""
    source = ruleset.sources.get(MANIFEST)
    tree = None if source is None else load_yaml(source)[0]
    if not isinstance(tree, YamlMap):
        return NOWHERE
    value = tree.get("version")
    return tree.span if value is None else value.span
