"""The two engines as scenarios call them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..data import Dataset
from ..data.sql import drop_table, run, table
from ..interpreter import interpret
from ..model import Model
from ..plan.steps import DATA
from ..records import Population
from ..results import Outcome
from .batches import DIGITS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from ..ready import Ready


def reference(model: Model, population: Population, as_of: int) -> Outcome:
    """The interpreter: its results are those that expectations are held against."""
    return interpret(model, population, as_of)


class Planned:
    """The engine that scores in earnest, for one population after the other: it starts once, and plans the same rules
    once."""

    def __init__(self) -> None:
        self._connection: DuckDBPyConnection | None = None
        self._planned: tuple[Model, Ready] | None = None

    def __call__(self, model: Model, population: Population, as_of: int) -> Outcome:
        from ..runners.embedded import run_plan

        try:
            dataset = Dataset.from_population(population, model.schema, self._connection)
            self._connection = dataset.connection
            found = self._ready(model, dataset)
            with run_plan(found.plan, dataset, as_of, steps=found.steps) as made:
                return made.outcome()
        finally:
            self._clear()

    def _clear(self) -> None:
        """Make room for the tables of the next population."""
        if self._connection is not None:
            for name in DATA:
                run(self._connection, drop_table(table(name)))

    def _ready(self, model: Model, dataset: Dataset) -> Ready:
        from ..ready import ready

        if self._planned is not None and self._planned[0] is model:
            return self._planned[1]
        found = ready(model, dataset.connection, contributions=True)
        if found.steps is not None:  # else it is made for these data
            self._planned = model, found
        return found


duckdb = Planned()
"""The one of this process."""


def duckdb_apart(model: Model, population: Population, as_of: int) -> Outcome:
    """The same over populations that were joined: nobody is compared with people of another one."""
    from ..runners.apart import run_apart

    return run_apart(model, population, as_of, DIGITS)
