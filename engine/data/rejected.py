"""Where records stood, and those that were set aside."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ...grammar.source import NOWHERE, Span
from .intake import PART, RAW, REASON, working
from .layout import Layout
from .relations import BLANK_LINE, FILE
from .sql import (
    Sql,
    both,
    call,
    column,
    create_table,
    insert,
    is_known,
    number,
    rows,
    run,
    table,
    text,
    value_list,
)

REJECTS = "rejected records"

LineFinder = Callable[[str, Collection[int]], Mapping[int, int]]
"""Lines of the records of a file, given their numbers (from 1)."""


@dataclass
class Places:
    """From a row of the working table back to the file and the line of its record."""

    connection: duckdb.DuckDBPyConnection
    layout: Layout
    finders: Sequence[LineFinder]

    @cached_property
    def starts(self) -> list[tuple[int, int, str]]:
        """The first row of each file in each part."""
        first = call("min", column("rowid"))
        query = exp.select(first.as_("start"), column(PART), column(FILE)).from_(working(self.layout))
        query = query.group_by(column(PART), column(FILE)).order_by(column("start"))
        return [(int(str(row)), int(str(part)), str(file)) for row, part, file in rows(self.connection, query)]

    def span(self, row: int) -> Span:
        """The place of one record."""
        start, part, file = next((each for each in reversed(self.starts) if each[0] <= row), (0, -1, ""))
        if part < 0:
            return NOWHERE
        ordinal = row - start + 1
        line = self.finders[part](file, [ordinal]).get(ordinal, 0)
        return Span(file, line, 1, line, 1) if line else Span(file)


def create_rejects(connection: duckdb.DuckDBPyConnection) -> None:
    """The empty table of the records that are set aside."""
    types = {"kind": "TEXT", "file": "TEXT", "line": "BIGINT", "reason": "TEXT", "raw": "TEXT"}
    run(connection, create_table(table(REJECTS), types))


def set_aside(connection: duckdb.DuckDBPyConnection, layout: Layout, places: Places) -> int:
    """Copy the rejected records of the working table with their places; returns how many there are."""
    count = 0
    for place, (start, part, file) in enumerate(places.starts):
        end = places.starts[place + 1][0] if place + 1 < len(places.starts) else None
        found = rows(connection, _rejected(layout, start, end))
        if found:
            ordinals = [int(str(row)) - start + 1 for row, _, _ in found]
            lines = places.finders[part](file, ordinals)
            _insert(connection, layout, file, [lines.get(ordinal, 0) for ordinal in ordinals], found)
            count += len(found)
    return count


def _rejected(layout: Layout, start: int, end: int | None) -> exp.Select:
    row = column("rowid")
    inside: list[Sql] = [exp.GTE(this=row, expression=number(start))]
    if end is not None:
        inside.append(exp.LT(this=row, expression=number(end)))
    bad = both(is_known(column(REASON)), exp.NEQ(this=column(REASON), expression=text(BLANK_LINE)))
    query = exp.select(row, column(REASON), column(RAW)).from_(working(layout))
    return query.where(both(*inside, bad)).order_by(row)


def _insert(
    connection: duckdb.DuckDBPyConnection,
    layout: Layout,
    file: str,
    lines: list[int],
    found: list[tuple[object, ...]],
) -> None:
    parameters: list[object] = []
    columns = [
        text(layout.kind),
        text(file),
        value_list(lines, "BIGINT", parameters),
        value_list([reason for _, reason, _ in found], "TEXT", parameters),
        value_list([raw for _, _, raw in found], "TEXT", parameters),
    ]
    run(connection, insert(exp.select(*columns), table(REJECTS)), parameters)
