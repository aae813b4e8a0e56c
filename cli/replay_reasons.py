"""The replay of a command, which lets results go past, and the reasons of moves, for which it may have to hold them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, TypeAlias

from .console import progress
from .days_bar import DaysBar
from .loading import days_before
from .reports import plural

if TYPE_CHECKING:
    from ..engine.compiling import Compiled
    from ..engine.data import Dataset
    from ..engine.history import Replayed
    from ..engine.plan.compile import Titles
    from .replay_found import Moves

Taker: TypeAlias = "Callable[[Replayed], None]"
"""Takes what it needs of the results at some of the instants, the first ones first."""


class Reasons:
    """Why people moved between some instants: told of the `most` first moves, or of all."""

    def __init__(self, rules: Compiled, dataset: Dataset, at: Sequence[int], most: int | None) -> None:
        self._rules = rules
        self._dataset = dataset
        self._at = at
        self._most = most
        self._held: Replayed | None = None

    def replay(self, takers: Sequence[Taker], with_lines: bool, only: Titles | None) -> AbstractContextManager[object]:
        """Work out all instants for those who take of them. Raises PlanError.

        Where there are so few results that all can be held with the points of lines, they are, and hold the reasons.
        """
        from ..engine.history import replay, replay_in_portions

        progress(f"replaying {plural(len(self._at), 'instant')}{days_before(self._rules)} …")
        counted = DaysBar().counted

        def take(replayed: Replayed) -> None:
            for each in takers:
                each(replayed)

        if self._holds_lines():
            self._held = replay(self._rules.model, self._dataset, self._at, contributions=True, counted=counted)
            take(self._held)
            return self._held
        replay_in_portions(self._rules.model, self._dataset, self._at, take, with_lines, counted, only)
        return nullcontext()

    def _holds_lines(self) -> bool:
        from ..engine.history.reasons import fits

        return (self._most is None or len(self._at) <= 2 * self._most) and fits(self._dataset, self._at)

    def told(self, moves: Moves) -> Moves:
        """The moves of one level, the first ones, or all, with their reasons."""
        from ..engine.history.reasons import with_reasons

        asked = [move for move, _ in moves[: self._most]]
        if not asked:
            return moves
        progress(f"looking for the reasons of {plural(len(asked), 'move')} …")
        explained = with_reasons(self._rules.model, asked, self._dataset, self._held, DaysBar().counted)
        return [*((move, change) for move, (_, change) in zip(explained, moves, strict=False)), *moves[len(asked) :]]
