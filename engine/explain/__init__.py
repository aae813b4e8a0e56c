"""Why a lead or an account has the results that it has, as data: `explain` builds it, renderers walk it."""

from .build import LEADS, UnknownGoal, UnknownId, explain, explain_row, find
from .report import Explanation

__all__ = ["LEADS", "Explanation", "UnknownGoal", "UnknownId", "explain", "explain_row", "find"]
