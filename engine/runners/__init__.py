"""Runners: they bring a model to an engine and its results back. Each is imported when it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...grammar.late_names import late_names

if TYPE_CHECKING:
    from .embedded import Run as Run
    from .embedded import Timing as Timing
    from .embedded import run as run
    from .embedded import run_plan as run_plan

_HOMES = dict.fromkeys(("Run", "Timing", "run", "run_plan"), "embedded")
__all__ = list(_HOMES)
__getattr__ = late_names(__name__, _HOMES)
