"""The two engines as scenarios call them."""

from __future__ import annotations

from ..data import Dataset
from ..interpreter import interpret
from ..model import Model
from ..records import Population
from ..results import Outcome


def reference(model: Model, population: Population, as_of: int) -> Outcome:
    """The interpreter: its results are those that expectations are held against."""
    return interpret(model, population, as_of)


def duckdb(model: Model, population: Population, as_of: int) -> Outcome:
    """The engine that scores in earnest."""
    from ..runners import run

    dataset = Dataset.from_population(population, model.schema)
    with run(model, dataset, as_of, contributions=True) as made:
        return made.outcome()
