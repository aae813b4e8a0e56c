"""A replay written out: the statements of a plan over many instants, for the records of few people.

Whoever plays it needs neither the planner nor what writes SQL, nor the package around the engine: for few people these
take longer to load than the engine to answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..data.layout import RecordKind, layouts
from ..data.stored import columns_of
from ..instants import Zone
from ..plan.steps import DecayColumn, InstantColumn
from ..records import Population
from ..schema import Schema
from .amounts import BUDGET, rows_at_instant
from .filling import decay_values, instants_values

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Making:
    """A statement that makes a table, after which those go that nobody reads any more. For a decay table it asks for
    the ages that occur, and `fill` makes it."""

    statement: str
    fill: str | None = None
    decays: tuple[DecayColumn, ...] = ()
    long: bool = False
    gone: tuple[str, ...] = ()


Part = tuple[Making, ...]
Told = tuple[int, Mapping[str, Any]]
"""An instant, and what the results of somebody are then, by their titles."""


@dataclass(frozen=True)
class Script:
    """The statements of a plan over many instants (see `across.Statements`), and those that fill the tables of instants
    before `spanning`, `at_hand` and `each`; `tables` fill those of the records. `results` tell of a level the instants
    with the results at each by their `titles`, where there are any: of `$id` and at `$at` alone, where these are not
    NULL. `only_counts`: events are only counted at the single instants (see `amounts.py`)."""

    tables: Mapping[RecordKind, str]
    once: Part
    every: str
    spanning: Part
    bounds: str
    at_hand: Part
    instants: str
    each: Part
    columns: tuple[InstantColumn, ...]
    results: Mapping[Level, str]
    titles: Mapping[Level, tuple[str, ...]]
    only_counts: bool

    def most(self, population: Population) -> int:
        """At how many instants it may be played at once."""
        rows = rows_at_instant(len(population.contacts), len(population.events), self.only_counts)
        return max(1, BUDGET // rows)


def hold(script: Script, connection: duckdb.DuckDBPyConnection, schema: Schema, population: Population) -> None:
    """Make the tables of the records of a population, for all cursors of the connection."""
    for kind, values in columns_of(layouts(schema), population).items():
        connection.execute(script.tables[kind], values)


class Played:
    """A script played at some instants, given in ascending order, inside a cursor of its own. Close it."""

    def __init__(
        self, script: Script, connection: duckdb.DuckDBPyConnection, instants: Sequence[int], zone: Zone
    ) -> None:
        self._script = script
        self._cursor = connection.cursor()
        self.instants = frozenset(instants)
        try:
            self._make(script.once)
            self._cursor.execute(script.every, [list(instants)])
            self._make(script.spanning)
            self._cursor.execute(script.bounds, [[instants[0]], [instants[-1]]])
            self._make(script.at_hand)
            self._cursor.execute(script.instants, instants_values(script.columns, instants, zone))
            self._make(script.each)
        except BaseException:
            self.close()
            raise

    def results(
        self, level: Level, id: str | None = None, at: int | None = None
    ) -> list[tuple[int, Mapping[str, Any]]]:
        """The results of a level by instant; of one id or one instant alone, if given."""
        titles = self._script.titles[level]
        rows = self._cursor.execute(self._script.results[level], {"id": id, "at": at}).fetchall()
        return [(int(instant), dict(zip(titles, row, strict=True))) for instant, *row in rows]

    def close(self) -> None:
        """Give back what is held inside the engine."""
        self._cursor.close()

    def _make(self, part: Part) -> None:
        for making in part:
            found = self._cursor.execute(making.statement)
            if making.fill is not None:
                ages = [age for (age,) in found.fetchall() if age is not None]
                self._cursor.execute(making.fill, decay_values(making.decays, making.long, ages))
            for statement in making.gone:
                self._cursor.execute(statement)
