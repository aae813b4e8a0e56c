"""What the days before one have left of some leads and accounts, as a replay of everybody has worked it out."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping

from ...grammar.nodes import Level
from ..instants import ONE_DAY, day_number, day_of
from ..interpreter.memory import Id, Memory, Place
from ..memory import Run, held_conditions
from ..plan.past import REMEMBERED
from ..plan.steps import LEVELS
from ..records import Population
from .replayed import Replayed

_Row = Mapping[str, object]
_HELD = "held "
_NEVER = datetime.date.min
"""Since when nobody is at no stage."""


def memory_of(replayed: Replayed, day: datetime.date, ids: Mapping[Level, Collection[str]]) -> Memory:
    """The memory of a day, at the end of which there is an instant of the replay, of those with these ids. The days on
    which stages were first reached are not in it."""
    rows = {level: list(_rows(replayed, level, day - ONE_DAY, ids[level])) for level in LEVELS}
    places: dict[Id, Place] = {(level, str(row["id"])): _place(row) for level in LEVELS for row in rows[level]}
    conditions = dict.fromkeys(held_conditions(replayed.model.order))
    began = {
        Run(level, condition): dict(_began(rows[level], f"run {number}"))
        for level in LEVELS
        for number, condition in enumerate(conditions)
    }
    return Memory(day, places, began)


def _rows(replayed: Replayed, level: Level, day: datetime.date, ids: Collection[str]) -> Iterator[_Row]:
    query = f"SELECT * FROM {REMEMBERED[level]} SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS id) USING (id) WHERE day = ?"
    found = replayed.connection.execute(query, [list(ids), day_number(day)])
    names = [each[0] for each in found.description]
    return (dict(zip(names, row, strict=True)) for row in found.fetchall())


def _place(row: _Row) -> Place:
    held = frozenset(name.removeprefix(_HELD) for name, value in row.items() if name.startswith(_HELD) and value)
    stage, since = row.get("stage"), row.get("since")
    return Place(held, None if stage is None else str(stage), day_of(since) if isinstance(since, int) else _NEVER)


def _began(rows: Collection[_Row], title: str) -> Iterator[tuple[str, datetime.date]]:
    return ((str(row["id"]), day_of(day)) for row in rows if isinstance(day := row.get(title), int))


def ids_of(population: Population) -> Mapping[Level, Collection[str]]:
    """All whom a population has, or names."""
    leads = {each.id for each in population.contacts} | {each.contact_id for each in population.events}
    accounts = {each.id for each in population.accounts} | {each.account_id for each in population.contacts}
    accounts |= {each.account_id for each in population.events}
    return {
        "lead": {id for id in leads if id is not None},
        "account": {id for id in accounts if id is not None},
    }
