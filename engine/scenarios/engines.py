"""The two engines as scenarios call them."""

from __future__ import annotations

from ..data import Dataset
from ..interpreter import interpret
from ..model import Model
from ..records import Population
from ..results import Outcome
from .batches import DIGITS


def reference(model: Model, population: Population, as_of: int) -> Outcome:
    """The interpreter: its results are those that expectations are held against."""
    return interpret(model, population, as_of)


def duckdb(model: Model, population: Population, as_of: int) -> Outcome:
    """The engine that scores in earnest."""
    from ..runners import run

    dataset = Dataset.from_population(population, model.schema)
    with run(model, dataset, as_of, contributions=True) as made:
        return made.outcome()


def duckdb_apart(model: Model, population: Population, as_of: int) -> Outcome:
    """The same over populations that were joined: nobody is compared with people of another one."""
    from ..runners.apart import run_apart

    return run_apart(model, population, as_of, DIGITS)
