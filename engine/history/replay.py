"""Replay: the results at many instants, by one plan for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType

import duckdb

from ...grammar.nodes import Level
from ..data import Dataset
from ..model import Model
from ..plan import plan as make_plan
from ..plan.compile import Physical
from ..plan.steps import ResultColumn
from ..runners.across import Across


@dataclass
class Replayed:
    """Results at many instants, kept inside the engine. Close it, or use it in a `with`.

    `connection` has the tables `lead_history` and `account_history`: `at` (microseconds), `id` and a column for each
    result by its title (scores in units); and with contributions `contribution_history`.
    """

    model: Model
    instants: tuple[int, ...]
    connection: duckdb.DuckDBPyConnection
    results: Mapping[Level, tuple[ResultColumn, ...]]
    has_contributions: bool

    def __enter__(self) -> Replayed:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back what is held inside the engine."""
        self.connection.close()


def replay(
    model: Model,
    data: Dataset,
    instants: Sequence[int],
    contributions: bool = False,
    physical: Physical = "auto",
) -> Replayed:
    """Scores the data at each of some instants, given in ascending order. Raises PlanError."""
    plan = make_plan(model, contributions, physical)
    cursor = data.connection.cursor()
    try:
        Across(plan, cursor, contributions).run(instants)
    except BaseException:
        cursor.close()
        raise
    return Replayed(model, tuple(instants), cursor, plan.results, contributions)
