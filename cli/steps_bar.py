"""How far a run has come: a bar over the steps of its plan, on a terminal only."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from ..grammar.late_methods import dataclass
from .console import progress, width

if TYPE_CHECKING:
    from ..engine.ready import Ready
    from ..engine.runners.embedded import Timing

_BAR = 20
_ROOM_FOR_A_BAR = 60


@dataclass
class StepsBar:
    """Told of the plan and then of each step that is done, it shows what is being worked on."""

    purposes: list[str] = field(default_factory=list)
    done: int = 0

    def begin(self, ready: Ready) -> None:
        """Show the first step, or that the days before come first, where the rules remember them."""
        self.purposes, self.done = list(ready.purposes), 0
        if ready.plan.days is None:
            self._show()
        else:
            progress("working out the days before …")

    def watch(self, step: Timing) -> None:
        """Show the step after this one."""
        self.done += 1
        self._show()

    def _show(self) -> None:
        progress(
            drawn(self.done, len(self.purposes), (self.purposes[self.done :] or ["reading the results"])[0], width())
        )


def drawn(done: int, total: int, doing: str, room: int, label: str = "scoring") -> str:
    """One line that fits.

    >>> drawn(2, 8, "what was found of each selection, by lead", 70)
    'scoring ━━━━━─────────────── 2/8 what was found of each selection, b…'
    >>> drawn(8, 8, "reading the results", 40)
    'scoring 8/8 reading the results'
    """
    full = _BAR * done // total if total else 0
    bar = f"{'━' * full}{'─' * (_BAR - full)} " if room >= _ROOM_FOR_A_BAR else ""
    line = f"{label} {bar}{done}/{total} {doing}"
    return line if len(line) < room else line[: room - 2] + "…"
