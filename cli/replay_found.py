"""What a replay has found, for its pages and its files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..grammar.late_methods import dataclass
from ..grammar.nodes import Level
from .kept_moves import Change

if TYPE_CHECKING:
    from ..engine.history.moves import Counts
    from ..engine.model import Model
    from ..engine.moves import Move
    from ..engine.ruleset import Ruleset

Moves = Sequence[tuple["Move", Change]]


@dataclass(frozen=True)
class Found:
    """What a replay shows: at each instant how many were at each stage of a level, and the moves, the newest first.

    `has_reasons`: those of the moves that are shown were looked for.
    """

    rules: Ruleset
    every: str
    instants: tuple[int, ...]
    level: Level
    stage: str | None
    counts: Counts
    moves: Moves
    has_reasons: bool

    @property
    def ladder(self) -> list[str]:
        """The stages of the level, the first one first."""
        return ladder(self.rules.model, self.level)


def ladder(model: Model, level: Level) -> list[str]:
    """The names of the stages of a level, the first one first."""
    stages = model.stages(level)
    return [each.name for each in stages.stages] if stages else []
