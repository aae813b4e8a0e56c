"""The best of a table of results: the highest stage first, then by the score that is written last, then by id."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from sqlglot import exp

from ..grammar.nodes import Level
from .frames import Row, Table
from .kept import KeptRows
from .model import Model


def best(table: Table, model: Model, most: int, stage: str | None = None) -> list[Row]:
    """So many of the leads or accounts of a table, the best first; of those at a stage, if one is named.

    Rows that lie inside the engine stay there but for these.
    """
    level: Level = "lead" if table.name == "leads" else "account"
    ladder = model.stages(level)
    names = [each.name for each in ladder.stages] if ladder else []
    score = next((column.name for column in reversed(table.columns) if column.role == "score"), None)
    if isinstance(table.rows, KeptRows):
        return table.rows.first(most, _order(names, score), _at(stage))
    place = table.index("stage")
    rows = (row for row in table.rows if stage is None or row[place] == stage)
    return heapq.nsmallest(most, rows, _key(names, place, None if score is None else table.index(score)))


def _key(names: list[str], stage: int, score: int | None) -> Callable[[Row], tuple[int, int, str]]:
    ranks = {name: rank for rank, name in enumerate(names)}

    def key(row: Row) -> tuple[int, int, str]:
        points = 0 if score is None else row[score]
        return -ranks.get(str(row[stage]), -1), -points if isinstance(points, int) else 0, str(row[0])

    return key


def _order(names: list[str], score: str | None) -> list[exp.Expr]:
    order: list[exp.Expr] = [_column("id").asc()]
    if score is not None:
        order.insert(0, _column(score).desc())
    if names:
        ranks = exp.Case()
        for rank, name in enumerate(names):
            ranks = ranks.when(_is(name), exp.Literal.number(rank), copy=False)
        order.insert(0, ranks.else_(exp.Literal.number(-1), copy=False).desc())
    return order


def _at(stage: str | None) -> exp.Expr | None:
    return None if stage is None else _is(stage)


def _is(stage: str) -> exp.Expr:
    return _column("stage").eq(exp.Literal.string(stage))


def _column(name: str) -> exp.Column:
    return exp.column(exp.to_identifier(name, quoted=True))
