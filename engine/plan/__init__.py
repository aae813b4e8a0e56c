"""The planner: a checked model becomes relational steps, which `scoreline.engine.sql` writes for an engine.

Nothing is imported until a name is used: rules that were planned before need no planner.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .compile import plan as plan
    from .errors import PlanError as PlanError
    from .steps import DecayStep as DecayStep
    from .steps import Plan as Plan
    from .steps import Step as Step

_HOMES = {"DecayStep": "steps", "Plan": "steps", "PlanError": "errors", "Step": "steps", "plan": "compile"}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{home}", __name__), name)
