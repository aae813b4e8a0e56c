"""Numbers in the words of findings."""

from __future__ import annotations

from collections.abc import Sequence

from ...grammar.source import Span


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "contact"), counted(1544, "contact")
    ('1 contact', '1,544 contacts')
    """
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def percent(part: int, whole: int) -> str:
    """A share; never 100 % where it is not all.

    >>> percent(1999, 2000), percent(3, 4), percent(1, 100_000)
    ('99.9 %', '75 %', 'less than 0.1 %')
    """
    share = 100 * part / whole
    if 0 < share < 0.1:
        return "less than 0.1 %"
    shown = min(share, 99.9) if part < whole else share
    return f"{shown:.1f}".removesuffix(".0") + " %"


def rules(places: Sequence[Span]) -> str:
    """From how many places something is read.

    >>> rules([Span("a.rules", 1, 1, 1, 2), Span("a.rules", 1, 5, 1, 6)])
    '1 line'
    """
    number = len({(place.path, place.line) for place in places})
    return counted(number, "line")
