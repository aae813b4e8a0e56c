"""What a plan does, said of the plan itself: what it reads, how each rule is counted, what each step is for."""

from __future__ import annotations

from .outline import Counts, Outline, StepOutline, outline
from .reading import Reading
from .rules import How, Rule

__all__ = ["Counts", "How", "Outline", "Reading", "Rule", "StepOutline", "outline"]
