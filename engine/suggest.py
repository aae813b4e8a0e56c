"""Did you mean …: the nearest known names to one that is unknown."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], count: int = 1) -> list[str]:
    """Up to `count` known names that are close to this one, the closest first; case does not matter.

    >>> nearest("rol", ["role", "title"])
    ['role']
    """
    by_folded = {item.lower(): item for item in sorted(known, reverse=True)}
    return [by_folded[item] for item in difflib.get_close_matches(name.lower(), by_folded, count, 0.6)]


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint: `did you mean `role`?`, or the other text if nothing is near."""
    known = list(known)
    found = nearest(name, known)
    if found:
        return f"did you mean `{found[0]}`?"
    return otherwise or listing(known)


def listing(known: Iterable[str], most: int = 8) -> str:
    """A hint that lists what there is."""
    names = sorted(known)
    if not names:
        return ""
    shown = ", ".join(f"`{name}`" for name in names[:most])
    return f"known here: {shown}" + (" …" if len(names) > most else "")
