"""One lead or account over time: its results in every snapshot, and its moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..data.sql import column, equals, number, rows, select
from ..moves import Move
from ..suggest import did_you_mean, listing
from .changes import AT, GONE
from .columns import LEVELS, KeptColumn
from .errors import StoreError
from .reading import Store
from .reasons import moves
from .trees import columns


@dataclass(frozen=True)
class Point:
    """The results in one snapshot, by the title of their column; `is_there` where the entity is in it at all."""

    at: int
    version: str
    is_there: bool
    stage: str | None
    disqualified: str | None
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Timeline:
    """All that is kept of one entity. `columns` are its results, the oldest first."""

    level: Level
    id: str
    columns: tuple[KeptColumn, ...]
    points: tuple[Point, ...]
    moves: tuple[Move, ...]


def timeline(
    store: Store, id_: str, level: Level | None = None, first: int | None = None, last: int | None = None
) -> Timeline:
    """The history of an entity from one instant to another; accounts before leads where both have the id.

    Raises StoreError where nobody of that id is kept.
    """
    found = _find(store, id_, level)
    entity, level = found
    known = store.columns(level)
    relation = store.relation(level)
    names = (AT, GONE, *relation.values)
    query = select(*columns(names), source=relation.changes).where(equals(column("entity"), number(entity)))
    told = [dict(zip(names, row, strict=True)) for row in rows(store.connection, query.order_by(column(AT)))]
    points: list[Point] = []
    for shot in store.snapshots():
        if (first is None or shot.at >= first) and (last is None or shot.at <= last):
            state = next((row for row in reversed(told) if int(str(row[AT])) <= shot.at), None)
            points.append(_point(shot.at, shot.version, state, known))
    return Timeline(level, id_, tuple(known), tuple(points), tuple(moves(store, level, first, last, [id_])))


def _point(at: int, version: str, state: Mapping[str, Any] | None, known: list[KeptColumn]) -> Point:
    if state is None or state[GONE]:
        return Point(at, version, False, None, None, {})
    values = {each.name: state[each.name] for each in known}
    return Point(at, version, True, state["stage"], state["disqualified"], values)


def _find(store: Store, id_: str, level: Level | None) -> tuple[int, Level]:
    query = "SELECT level, entity FROM store.entities WHERE id = ?"
    found: dict[Level, int] = dict(store.connection.execute(query, [id_]).fetchall())
    for each in reversed(LEVELS):
        if each in found and level in (None, each):
            return found[each], each
    nearest = """
    SELECT id, count(*) OVER () FROM store.entities WHERE level = coalesce(?, level)
    ORDER BY levenshtein(id, ?), id LIMIT 5
    """
    found_near = store.connection.execute(nearest, [level, id_]).fetchall()
    known = [each for each, _ in found_near]
    others = found_near[0][1] - len(known) if found_near else 0
    more = f"{listing(known)} and {others:,} more" if others else ""
    who = "lead or account" if level is None else level
    hint = did_you_mean(id_, known, more, empty="it is empty")
    raise StoreError(f"the store knows no {who} `{id_}`", hint, is_usage=True)
