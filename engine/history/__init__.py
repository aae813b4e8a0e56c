"""Results at many instants: what was known then, scored as of then."""

from .days import days
from .replay import Replayed, replay, replay_in_portions

__all__ = ["Replayed", "days", "replay", "replay_in_portions"]
