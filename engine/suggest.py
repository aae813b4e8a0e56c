"""Did you mean …: the nearest known names to one that is unknown."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], count: int = 1) -> list[str]:
    """Up to `count` known names that are close to this one, the closest first; case does not matter.

    >>> nearest("rol", ["role", "title"])
    ['role']
    """
    import difflib  # takes time to load, and few names are unknown

    by_folded = {item.lower(): item for item in sorted(known, reverse=True)}
    similar = difflib.get_close_matches(name.lower(), by_folded, count + 4, 0.6)
    most = max(1, len(name) // 3)
    return [by_folded[item] for item in similar if slips(name.lower(), item) <= most][:count]


def slips(one: str, other: str) -> int:
    """How many letters were left out, added, changed or swapped with their neighbour.

    >>> slips("amb", "abm"), slips("fitt", "intent")
    (1, 4)
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, wanted in enumerate(other, start=1):
            best = min(last[j] + 1, row[-1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "", *, empty: str = "") -> str:
    """A hint: `did you mean `role`?`, or the other text if nothing is near; without one what there is, if anything.

    >>> [did_you_mean("rol", known, empty="no fields") for known in (["role"], ["title"], [])]
    ['did you mean `role`?', 'known here: `title`', 'no fields']
    """
    known = list(known)
    found = nearest(name, known)
    if found:
        return f"did you mean `{found[0]}`?"
    return otherwise or listing(known) or empty


def listing(known: Iterable[str], most: int = 8) -> str:
    """A hint that lists what there is."""
    names = sorted(known)
    if not names:
        return ""
    shown = ", ".join(f"`{name}`" for name in names[:most])
    return f"known here: {shown}" + (" …" if len(names) > most else "")


def foreign_letters(name: str) -> str:
    """A hint where a name mixes Latin letters with others that look like them; '' where it does not.

    >>> foreign_letters("\u0441ontact"), foreign_letters("contact")
    ('`\u0441` in it is Cyrillic: it looks like another letter, and is none; type the name anew', '')
    """
    scripts = {letter: unicodedata.name(letter, "").partition(" ")[0] for letter in name if letter.isalpha()}
    odd = [letter for letter, script in scripts.items() if script in ("CYRILLIC", "GREEK", "FULLWIDTH")]
    if not odd or "LATIN" not in scripts.values():
        return ""
    kind = scripts[odd[0]].capitalize()
    return f"`{odd[0]}` in it is {kind}: it looks like another letter, and is none; type the name anew"
