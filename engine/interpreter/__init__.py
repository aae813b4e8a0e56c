"""The reference interpreter: the meaning of a model over plain objects, clear before fast.

It evaluates the checked model and never looks at a plan, so that a mistake of the planner cannot hide in it.
`interpret` gives all results; `Evaluation` gives single ones, and how they came about.
"""

from .evaluation import Evaluation, row_of
from .outcome import interpret
from .rows import NotComputed, Row

__all__ = ["Evaluation", "NotComputed", "Row", "interpret", "row_of"]
