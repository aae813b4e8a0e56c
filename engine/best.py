"""The best of a table of results: the highest stage first, then by the score that is written last, then by id."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from .data.sql import Sql, case, equals, number, text
from .frames import Row, Table
from .kept import KeptRows, at_place
from .model import Model


def best(table: Table, model: Model, most: int, stage: str | None = None) -> list[Row]:
    """So many of the leads or accounts of a table, the best first; of those at a stage, if one is named.

    Rows that lie inside the engine stay there but for these.
    """
    ladder = model.stages("lead" if table.name == "leads" else "account")
    names = [each.name for each in ladder.stages] if ladder else []
    place = table.index("stage")
    scores = [at for at, column in enumerate(table.columns) if column.role == "score"]
    if isinstance(table.rows, KeptRows):
        here = None if stage is None else equals(at_place(place), text(stage))
        return table.rows.first(most, _order(names, place, scores[-1:]), here)
    rows = (row for row in table.rows if stage is None or row[place] == stage)
    return heapq.nsmallest(most, rows, _key(names, place, scores[-1:]))


def _key(names: list[str], stage: int, last: list[int]) -> Callable[[Row], tuple[int | str, ...]]:
    ranks = {name: rank for rank, name in enumerate(names)}

    def key(row: Row) -> tuple[int | str, ...]:
        points = (row[score] for score in last)
        lost = (-each if isinstance(each, int) else 0 for each in points)
        return -ranks.get(str(row[stage]), -1), *lost, str(row[0])

    return key


def _order(names: list[str], stage: int, last: list[int]) -> list[Sql]:
    ranks = [(equals(at_place(stage), text(name)), number(rank)) for rank, name in enumerate(names)]
    return [
        *([case(*ranks, otherwise=number(-1)).desc()] if ranks else []),
        *(at_place(score).desc() for score in last),
        at_place(0).asc(),
    ]
