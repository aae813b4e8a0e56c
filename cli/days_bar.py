"""How far a replay, the days before a run, or the reasons of moves have come: a bar with the time that is left, on a
terminal only."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import field

from ..grammar.late_methods import dataclass
from .console import progress, width
from .steps_bar import drawn

LABELS = {"days before": "the days before", "instants": "replaying", "moves": "the reasons of moves"}


@dataclass
class DaysBar:
    """Told of what is worked out, and of how much of it is done."""

    clock: Callable[[], float] = time.monotonic
    _begun: float = field(default=0.0, init=False)

    def counted(self, what: str, done: int, of: int) -> None:
        """Show how far it is."""
        if done == 0:
            self._begun = self.clock()
        left = time_left(self.clock() - self._begun, done, of)
        progress(drawn(done, of, left, width(), LABELS[what]))


def time_left(seconds: float, done: int, of: int) -> str:
    """How long the rest will take if it goes on as it began.

    >>> time_left(20, 30, 90), time_left(300, 1, 3), time_left(1, 0, 9), time_left(9, 9, 9)
    ('about 40 s left', 'about 10 min left', '…', '…')
    """
    if done in (0, of):
        return "…"
    rest = seconds * (of - done) / done
    return f"about {rest:.0f} s left" if rest < 90 else f"about {rest / 60:.0f} min left"
