"""What a store knows, read back: its snapshots, the results at each, and what has been written when."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..data.sql import both, column, equals, rows, text
from ..instants import Zone, local_date
from .changes import Relation
from .columns import ENTRY_VALUES, KeptColumn, Part, entries_of, known_columns, relation_of
from .errors import StoreError
from .opening import opened
from .trees import columns, kept

Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Snapshot:
    """One instant that is kept: by which rules, and of which levels the contributions are there, too."""

    at: int
    fingerprint: str
    version: str
    counts: Mapping[str, Any] | None
    lines_of: frozenset[str]


@dataclass(frozen=True)
class KeptRuleset:
    """A ruleset whose results are kept: its params, and the names and labels of its stages by level."""

    fingerprint: str
    name: str
    timezone: str
    params: Mapping[str, Any]
    stages: Mapping[str, Sequence[tuple[str, str | None]]] = field(default_factory=dict)


class Store:
    """An open store. Instants are microseconds, scores whole units of 1/10000 points."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def snapshots(self) -> list[Snapshot]:
        """All snapshots, the oldest first."""
        query = "SELECT instant, fingerprint, version, counts, lines FROM store.snapshots ORDER BY instant"
        return [
            Snapshot(at, print_, version, json.loads(counts) if counts else None, frozenset(lines.split(",")) - {""})
            for at, print_, version, counts, lines in self.connection.execute(query).fetchall()
        ]

    def ruleset(self, fingerprint: str) -> KeptRuleset:
        """The ruleset of a snapshot."""
        query = "SELECT name, timezone, params, stages FROM store.rulesets WHERE fingerprint = ?"
        name, zone, params, stages = self.connection.execute(query, [fingerprint]).fetchall()[0]
        ladders = {level: [(stage, label) for stage, label in each] for level, each in json.loads(stages).items()}
        return KeptRuleset(fingerprint, name, zone, json.loads(params), ladders)

    @property
    def latest(self) -> KeptRuleset:
        """The ruleset of the newest snapshot. Raises StoreError where there is none."""
        found = self.snapshots()
        if not found:
            raise StoreError("the store is empty", "`scoreline run RULESET --data DATA --store FILE` keeps results")
        return self.ruleset(found[-1].fingerprint)

    def results(self, level: Level, at: int) -> list[dict[str, Any]]:
        """The results of everybody of a level in the snapshot at an instant, ordered by id."""
        relation = self.relation(level)
        names = relation.values
        query = exp.select(column("id", "e"), *columns(names, "s")).from_(relation.state(at).subquery("s"))
        same = both(equals(column("level", "e"), text(level)), equals(column("entity", "e"), column("entity", "s")))
        query = query.join(kept("entities", "e"), on=same).order_by(column("id", "e"))
        return [dict(zip(("id", *names), row, strict=True)) for row in rows(self.connection, query)]

    def contributions(self, level: Level, at: int) -> list[dict[str, Any]]:
        """The points of every line in the snapshot at an instant, ordered by id, score and line."""
        state = entries_of(level).state(at).subquery("s")
        names = ("score", "line", "kind")
        query = exp.select(column("id", "o"), *columns(names, "e"), *columns(ENTRY_VALUES, "s")).from_(state)
        for name, alias in (("entry", "e"), ("entity", "o")):
            same = equals(column(name, alias), column(name, "s"))
            query = query.join(kept(f"{name[:-1]}ies", alias), on=same)
        query = query.order_by(column("id", "o"), *columns(names, "e"))
        return [dict(zip(("id", *names, *ENTRY_VALUES), row, strict=True)) for row in rows(self.connection, query)]

    def relation(self, level: Part) -> Relation:
        """The results of a level as they are kept."""
        return relation_of(level, self.columns(level))

    def columns(self, level: Part) -> list[KeptColumn]:
        """The scores, measures and grades of a level that any of its rulesets has."""
        return known_columns(self.connection)[level]


@contextmanager
def reading(path: Path, made_by: str) -> Iterator[Store]:
    """The store at a path, to be read. Raises StoreError; StoreBusy while somebody writes to it."""
    if not path.exists():
        hint = "`scoreline run RULESET --data DATA --store FILE` makes one"
        raise StoreError(f"there is no store `{path}`", hint, is_usage=True)
    connection = duckdb.connect()
    try:
        with opened(connection, path, made_by, to_write=False):
            yield Store(connection)
    finally:
        connection.close()


def day_of(at: int, zone: str) -> str:
    """The local date of an instant, as people write it."""
    return local_date(at, Zone.named(zone)).isoformat()
