"""The planner: a checked model becomes relational steps, which `scoreline.engine.sql` writes for an engine."""

from __future__ import annotations

from .compile import plan
from .errors import PlanError
from .steps import DecayStep, Plan, Step

__all__ = ["DecayStep", "Plan", "PlanError", "Step", "plan"]
