"""What a replay has given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..model import Model
from ..runners.held import Held

if TYPE_CHECKING:
    import duckdb

    from ..plan.steps import ResultColumn

Results = Mapping[Level, "tuple[ResultColumn, ...]"]


@dataclass
class Replayed(Held):
    """Results at many instants, kept inside the engine. Close it, or use it in a `with`.

    `connection` has the tables `lead_history` and `account_history`: `at` (microseconds), `id` and a column for each
    result by its title (scores in units); and with contributions `contribution_history`.
    """

    model: Model
    instants: tuple[int, ...]
    connection: duckdb.DuckDBPyConnection
    results: Results
    has_contributions: bool


def histories(results: Results, contributions: bool) -> list[str]:
    """The names of the tables of a replay."""
    found = [f"{level}_history" for level, made in results.items() if made]
    return [*found, "contribution_history"] if contributions else found
