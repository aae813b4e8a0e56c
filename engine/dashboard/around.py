"""The records around some accounts or people, fetched all at once: each one's own are then picked out of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

import duckdb
from sqlglot import exp

from ..data import Dataset
from ..data.gathering import Ids, gathered, look_around
from ..data.layout import Layout, RecordKind, layouts
from ..data.rebuilt import Row
from ..data.sql import call, cast, column, either, select, table
from ..records import Population
from ..sql.statements import text

_OWNERS: dict[RecordKind, tuple[str, ...]] = {
    "accounts": ("id",),
    "contacts": ("account_id", "id"),
    "events": ("account_id", "contact_id"),
}
"""The columns that say to which account, and to which contact, a record belongs."""


class Around:
    """The populations of some leads or accounts, out of data that an engine holds."""

    def __init__(self, data: Dataset, entities: Collection[str]) -> None:
        self._layouts = layouts(data.schema)
        self._known = {kind: _Known(data.connection, layout) for kind, layout in self._layouts.items()}
        look_around(self._fetch, entities)

    def of(self, entity: str) -> Population | None:
        """The records around one of them."""
        return gathered(self._fetch, self._layouts, entity)

    def _fetch(self, kind: RecordKind, ids: Ids) -> Iterable[Row]:
        return self._known[kind].belonging(ids)


class _Known:
    """The records of a kind that were fetched, by whom they belong to: nobody's are fetched twice."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, layout: Layout) -> None:
        self._connection = connection
        owners = _OWNERS[layout.kind]
        belongs = either(*(_one_of(name, _asked(place)) for place, name in enumerate(owners)))
        self._query = text(select(*map(column, layout.names), source=table(layout.kind)).where(belongs))
        self._owners = [layout.names.index(name) for name in owners]
        self._rows: list[Row] = []
        self._places: list[dict[object, list[int]]] = [defaultdict(list) for _ in owners]
        self._fetched: list[set[str]] = [set() for _ in owners]

    def belonging(self, ids: Ids) -> list[Row]:
        """All records that belong to any of the ids."""
        asked = [set(each) for each, _ in zip(ids, self._owners, strict=False)]
        new = [each - fetched for each, fetched in zip(asked, self._fetched, strict=True)]
        if any(new):
            self._fetch(new)
        found = zip(asked, self._places, strict=True)
        every = {place for each, places in found for id in each for place in places.get(id, ())}
        return [self._rows[place] for place in sorted(every)]

    def _fetch(self, new: list[set[str]]) -> None:
        parameters = {_asked(place): sorted(each) for place, each in enumerate(new)}
        for row in self._connection.execute(self._query, parameters).fetchall():
            ids = [row[owner] for owner in self._owners]
            if not any(id in fetched for id, fetched in zip(ids, self._fetched, strict=True)):
                for id, places in zip(ids, self._places, strict=True):
                    places[id].append(len(self._rows))
                self._rows.append(row)
        for fetched, each in zip(self._fetched, new, strict=True):
            fetched |= each


def _asked(place: int) -> str:
    return f"ids{place}"


def _one_of(name: str, parameter: str) -> exp.Expr:
    ids = call("unnest", cast(exp.Parameter(this=exp.Var(this=parameter)), "TEXT[]"))
    return exp.In(this=column(name), query=exp.select(ids).subquery())
