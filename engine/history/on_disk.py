"""Results of a replay in files, for those who look at all instants but hold none: they are read from there instead."""

from __future__ import annotations

from pathlib import Path

import duckdb
from sqlglot import exp

from ..data.sql import call, column, select, table, text
from ..model import Model
from ..sql.statements import temporary
from ..sql.statements import text as statement
from .replayed import Replayed, Results, histories


class OnDisk:
    """Takes a replay portion by portion into files of a folder, from which it can then be read as one."""

    def __init__(self, folder: Path, model: Model) -> None:
        self._folder = folder
        self._model = model
        self._instants: list[int] = []
        self._results: Results = {}
        self._parts: dict[str, list[str]] = {}

    def add(self, replayed: Replayed) -> None:
        """Add the results at the instants that follow."""
        for name in histories(replayed.results, replayed.has_contributions):
            path = str(self._folder / f"{name} {len(self._instants)}.parquet")
            rows = select(exp.Star(), source=table(name)).order_by(column("at"))
            replayed.connection.sql(statement(rows)).write_parquet(path)
            self._parts.setdefault(name, []).append(path)
        self._instants += replayed.instants
        self._results = replayed.results

    def replayed(self, connection: duckdb.DuckDBPyConnection) -> Replayed:
        """All that was added, for as long as the files are there."""
        cursor = connection.cursor()
        for name, paths in self._parts.items():
            rows = select(exp.Star(), source=exp.Table(this=call("read_parquet", exp.array(*map(text, paths)))))
            cursor.execute(statement(temporary(table(name), rows, "VIEW"))).fetchall()
        has_lines = "contribution_history" in self._parts
        return Replayed(self._model, tuple(self._instants), cursor, self._results, has_lines)
