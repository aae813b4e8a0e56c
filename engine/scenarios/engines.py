"""The two engines as scenarios call them."""

from __future__ import annotations

from ..interpreter import interpret
from ..model import Model
from ..records import Population
from ..results import Outcome


def reference(model: Model, population: Population, as_of: int) -> Outcome:
    """The interpreter: its results are those that expectations are held against."""
    return interpret(model, population, as_of)
