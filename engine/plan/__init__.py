"""The planner: a checked model becomes relational steps, which `scoreline.engine.sql` writes for an engine.

Nothing is imported until a name is used: rules that were planned before need no planner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...grammar.late_names import late_names

if TYPE_CHECKING:
    from .compile import plan as plan
    from .errors import PlanError as PlanError
    from .steps import DecayStep as DecayStep
    from .steps import Plan as Plan
    from .steps import Step as Step

_HOMES = {"DecayStep": "steps", "Plan": "steps", "PlanError": "errors", "Step": "steps", "plan": "compile"}
__all__ = list(_HOMES)
__getattr__ = late_names(__name__, _HOMES)
