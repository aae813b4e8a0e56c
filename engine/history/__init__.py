"""Results at many instants: what was known then, scored as of then.

What replays is imported when it is used: what was worked out before needs no planner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...grammar.late_names import late_names
from .days import days

if TYPE_CHECKING:
    from .replayed import Replayed as Replayed
    from .replaying import replay as replay
    from .replaying import replay_in_portions as replay_in_portions

_HOMES = {"Replayed": "replayed", "replay": "replaying", "replay_in_portions": "replaying"}
__all__ = [*_HOMES, "days"]
__getattr__ = late_names(__name__, _HOMES)
