"""What comes into a store: the tables of one run, or of a replay over many instants, as they lie in the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..data import Dataset
from ..data.sql import at_most, call, column, equals, first_known, number, select
from ..instants import FIRST
from ..plan.steps import ResultColumn
from ..results import DataCounts
from ..runners.embedded import Run
from ..schema import Kind
from ..sql.queries import table
from ..sql.statements import unordered
from .trees import columns

if TYPE_CHECKING:
    from ..history import Replayed

ENTRY = ("level", "id", "score", "line", "kind", "points", "events", "first", "last")


class Source(Protocol):
    """Results at some instants, in ascending order, inside a cursor of the engine."""

    @property
    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Where they are."""

    @property
    def instants(self) -> Sequence[int]:
        """When."""

    @property
    def results(self) -> Mapping[Level, Sequence[ResultColumn]]:
        """The columns of each level, ids among them."""

    @property
    def has_contributions(self) -> bool:
        """Whether the points of lines are there, too."""

    def entities(self, level: Level, at: int) -> exp.Select:
        """The results of a level at an instant, columns named by their titles."""

    def entries(self, at: int) -> exp.Select:
        """The contributions at an instant, with the columns ENTRY."""

    def counts(self, at: int) -> DataCounts | None:
        """What became of the data, where that is known."""

    @property
    def fields(self) -> Fields | None:
        """The fields of accounts, where the data are there, too."""


@dataclass(frozen=True)
class Field:
    """A field of accounts as a column."""

    title: str
    kind: Kind
    role: str = "field"


@dataclass(frozen=True)
class Fields:
    """The fields of the accounts of a dataset, but for lists."""

    dataset: Dataset

    @property
    def columns(self) -> list[Field]:
        declared = self.dataset.schema.account.items()
        return [Field(name, type_.kind) for name, type_ in declared if type_.kind not in ("list", "unknown")]

    def at(self, instant: int) -> exp.Select:
        """Each account's id and fields as they are known at an instant."""
        names = ("id", *(each.title for each in self.columns))
        since = first_known(column("valid_from"), number(FIRST))
        newest = exp.Window(
            this=call("row_number"),
            partition_by=[column("id")],
            order=exp.Order(expressions=[exp.Ordered(this=since, desc=True)]),
        )
        there = select(*columns(names), source=table("accounts")).where(at_most(since, number(instant)))
        return there.qualify(equals(newest, number(1)))


@dataclass(frozen=True)
class OfRun:
    """One run, and the data that it was made from."""

    run: Run
    dataset: Dataset | None = None

    @property
    def fields(self) -> Fields | None:
        return None if self.dataset is None else Fields(self.dataset)

    @property
    def cursor(self) -> duckdb.DuckDBPyConnection:
        return self.run.connection

    @property
    def instants(self) -> Sequence[int]:
        return (self.run.as_of,)

    @property
    def results(self) -> Mapping[Level, Sequence[ResultColumn]]:
        return self.run.plan.results

    @property
    def has_contributions(self) -> bool:
        return self.run.has_contributions

    def entities(self, level: Level, at: int) -> exp.Select:
        return unordered(self.run.entities(level, [each.title for each in self.results[level]]))

    def entries(self, at: int) -> exp.Select:
        return unordered(self.run.entries())

    def counts(self, at: int) -> DataCounts | None:
        return self.run.counts()


@dataclass(frozen=True)
class OfReplay:
    """A replay: a table for each level, by instant; and the data that it was made from."""

    replayed: Replayed
    dataset: Dataset | None = None

    @property
    def fields(self) -> Fields | None:
        return None if self.dataset is None else Fields(self.dataset)

    @property
    def cursor(self) -> duckdb.DuckDBPyConnection:
        return self.replayed.connection

    @property
    def instants(self) -> Sequence[int]:
        return self.replayed.instants

    @property
    def results(self) -> Mapping[Level, Sequence[ResultColumn]]:
        return self.replayed.results

    @property
    def has_contributions(self) -> bool:
        return self.replayed.has_contributions

    def entities(self, level: Level, at: int) -> exp.Select:
        return _at(f"{level}_history", [each.title for each in self.results[level]], at)

    def entries(self, at: int) -> exp.Select:
        return _at("contribution_history", ENTRY, at)

    def counts(self, at: int) -> DataCounts | None:
        return None


def _at(name: str, names: Sequence[str], at: int) -> exp.Select:
    return select(*columns(names), source=table(name)).where(equals(column("at"), number(at)))
