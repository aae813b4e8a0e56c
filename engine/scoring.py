"""Scoring a dataset: the one way from a model and data to results, whichever engine computes them."""

from __future__ import annotations

from typing import Literal

from .data import Dataset
from .frames import Results, results_of
from .interpreter import interpret
from .model import Model

EngineName = Literal["duckdb", "interpreter"]


def score(
    model: Model, dataset: Dataset, as_of: int, *, engine: EngineName = "duckdb", contributions: bool = True
) -> Results:
    """All results at an instant (microseconds), the same from both engines; without `contributions` DuckDB is faster."""
    if engine == "interpreter":
        return results_of(model, interpret(model, dataset.population(), as_of, dataset.counts))
    from .runners import run

    return run(model, dataset, as_of, contributions=contributions)
