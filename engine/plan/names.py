"""Names of columns and steps: readable, and unique also for engines that ignore case."""

from __future__ import annotations

import re


class Names:
    """Gives each wish a name of its own.

    >>> names = Names()
    >>> names.take("Fit!"), names.take("fit"), names.take("3 times")
    ('fit', 'fit_2', 'c_3_times')
    """

    def __init__(self, taken: tuple[str, ...] = ()) -> None:
        self._taken = set(taken)

    def take(self, wish: str) -> str:
        """The wish in lower case without signs, numbered if it is taken."""
        plain = re.sub(r"[^a-z0-9]+", "_", wish.lower()).strip("_")[:40] or "c"
        plain = f"c_{plain}" if plain[0].isdigit() else plain
        name, number = plain, 1
        while name in self._taken:
            number += 1
            name = f"{plain}_{number}"
        self._taken.add(name)
        return name
