"""Results that stay inside the engine until somebody looks at them: what goes into files never becomes objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import duckdb
from sqlglot import exp

from ..grammar.nodes import Level
from .frames import CONTRIBUTION_COLUMNS, Results, Row, Table, entity_columns, named
from .model import Model
from .runners.embedded import Run
from .sql.statements import text, unordered

if TYPE_CHECKING:
    import pyarrow


def results_of_run(model: Model, run: Run) -> Results:
    """The results of a run, which stays open as long as they are held."""
    entries = KeptRows(run, "contributions", run.entries) if run.has_contributions else []
    return Results(
        run.as_of,
        named(model),
        run.counts(),
        _entities(model, "lead", run),
        _entities(model, "account", run),
        Table("contributions", CONTRIBUTION_COLUMNS, entries),
    )


def run_of(results: Results) -> Run | None:
    """The run that holds these results; None where they are not inside the engine."""
    rows = results.leads.rows
    return rows.run if isinstance(rows, KeptRows) else None


def _entities(model: Model, level: Level, run: Run) -> Table:
    columns = entity_columns(model, level, run.plan.history)
    titles = [column.name for column in columns]
    rows = KeptRows(run, f"{level}_results", partial(run.entities, level, titles))
    return Table(f"{level}s", columns, rows)


class KeptRows(Sequence[Row]):
    """The rows of one table of results, of which each is one of a step. `query` gives the query of them as Python has
    them, or with True `typed` as files have them."""

    def __init__(self, run: Run, step: str, query: Callable[[bool], exp.Select]) -> None:
        self._run = run
        self._step = step
        self._query = query

    @property
    def run(self) -> Run:
        """The run that they are of."""
        return self._run

    @property
    def typed(self) -> duckdb.DuckDBPyRelation:
        """The rows inside the engine: points as DECIMAL(18,4), instants with their zone."""
        return self._run.connection.sql(text(self._query(True)))

    def arrow(self) -> pyarrow.Table:
        """The typed rows as an Arrow table."""
        return self.typed.to_arrow_table()

    def write_parquet(self, path: Path) -> None:
        """Into one Parquet file."""
        self.typed.write_parquet(str(path))

    @cached_property
    def _rows(self) -> list[Row]:
        return self._run.connection.execute(text(self._query(False))).fetchall()

    def first(self, most: int, order: Sequence[exp.Expr], where: exp.Expr | None = None) -> list[Row]:
        """So many rows in an order of their columns (see `at_place`); only those for which a condition holds, if there
        is one."""
        plain = self._query(False)
        names = [_name_at(place) for place, _ in enumerate(plain.expressions)]
        rows = exp.Subquery(this=unordered(plain), alias=exp.TableAlias(this=_ROWS, columns=names))
        query = exp.select(exp.Star()).from_(rows).order_by(*order).limit(most)
        return self._run.connection.execute(text(query if where is None else query.where(where))).fetchall()

    def __len__(self) -> int:
        if "_rows" in self.__dict__:
            return len(self._rows)
        return self._run.rows_of(self._step)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...
    def __getitem__(self, place: Any) -> Any:
        return self._rows[place]


_ROWS = exp.to_identifier("rows")


def at_place(place: int) -> exp.Column:
    """The column of kept rows at a place. Names of columns may differ in case alone, which engines ignore."""
    return exp.column(_name_at(place))


def _name_at(place: int) -> exp.Identifier:
    return exp.to_identifier(str(place), quoted=True)
