"""What a day must tell the next one about stages, so that the next run need not work the days before out anew.

A store keeps it for the ends of the two days that were run last, with digests of the data that it comes from: it is
only a short cut (decision 38). Other rules, another Scoreline, other columns or another first day make it worthless.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..data import Dataset
from ..data.sql import cast, column, equals, insert, is_known, number, run, select, table, text
from ..instants import Zone, day_end, local_date
from ..model import Model
from ..plan.steps import Plan, ResultColumn
from ..runners.digests import DIGEST, digests, make_digests, read_columns
from ..runners.embedded import Run
from ..runners.recalling import KNOWN, Known
from ..runners.remembering import first_day
from .changes import count_rows
from .columns import LEVELS
from .opening import is_open, opened
from .trees import columns, held, hold, kept, named

TOLD = ("id", DIGEST, "there", "told")


def known_day(plan: Plan, dataset: Dataset, path: Path, made_by: str, as_of: int) -> Known | None:
    """What the store at a path knows of the newest day before that of an instant, for a plan that remembers.

    The dataset's connection may have the store open already. Raises StoreError.
    """
    cursor = dataset.connection
    if is_open(cursor):
        return _load(cursor, plan, made_by, as_of)
    if not path.exists():
        return None
    with opened(cursor, path, made_by, to_write=False):
        return _load(cursor, plan, made_by, as_of)


def _load(cursor: duckdb.DuckDBPyConnection, plan: Plan, made_by: str, as_of: int) -> Known | None:
    """Makes the tables KNOWN."""
    today = local_date(as_of, Zone.named(plan.model.timezone)).toordinal()
    query = "SELECT number, day, first, names FROM store.memories WHERE key = ? AND day < ? ORDER BY day DESC"
    for memory, day, first, names in cursor.execute(query, [_key(cursor, plan.model, made_by), today]).fetchall():
        known = Known(date.fromordinal(day), date.fromordinal(first), json.loads(names))
        if known.tells(plan):
            for level in LEVELS:
                rows = select(*columns(TOLD), source=kept("memory")).where(_is_of(memory, level))
                run(cursor, exp.Create(this=table(KNOWN[level]), kind="TABLE", expression=rows, replace=True))
            return known
    return None


def _is_of(memory: int, level: Level) -> exp.Expr:
    return exp.and_(equals(column("number"), number(memory)), equals(column("level"), text(level)))


def _key(cursor: duckdb.DuckDBPyConnection, model: Model, made_by: str) -> str:
    """What must be the same for anything known to hold."""
    said = repr((model.fingerprint, made_by, sorted(read_columns(cursor, model).items())))
    return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True)
class Memory:
    """What the results of a run tell the next day, in tables beside them."""

    day: date
    first: date
    key: str
    names: str

    @staticmethod
    def of(made: Run, made_by: str) -> Memory | None:
        """None where there is nothing to tell: no rule remembers, or the run was not at the end of a day."""
        model, cursor = made.plan.model, made.connection
        if made.plan.days is None:
            return None
        zone = Zone.named(model.timezone)
        day, first = local_date(made.as_of, zone), first_day(model, cursor, zone)
        if made.as_of != day_end(day, zone) or first > day:
            return None
        make_digests(cursor, model, (made.as_of,))
        for level in LEVELS:
            hold(cursor, f"told {level}", _rows(level, made.plan.kept[level], made.as_of))
        names = {level: [each.title for each in made.plan.kept[level]] for level in LEVELS}
        return Memory(day, first, _key(cursor, model, made_by), json.dumps(names, ensure_ascii=False))

    def keep(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Into the open store, in the place of what was known of that day; beside it stays what is newest."""
        if self._is_there(cursor):
            return
        _forget(cursor, "key <> ? OR day = ?", [self.key, self.day.toordinal()])
        newest = "day < (SELECT max(day) FROM store.memories)"
        _forget(cursor, newest, [])
        values = [self.day.toordinal(), self.key, self.first.toordinal(), self.names]
        cursor.execute(_NEW, values).fetchall()
        (memory,) = cursor.execute("SELECT max(number) FROM store.memories").fetchall()[0]
        for level in LEVELS:
            rows = select(number(memory), text(level), *columns(TOLD), source=held(f"told {level}"))
            run(cursor, insert(rows, kept("memory")))

    def _is_there(self, cursor: duckdb.DuckDBPyConnection) -> bool:
        """Whether the store knows as much of the day already, from the same data."""
        query = "SELECT number, names FROM store.memories WHERE key = ? AND day = ? AND first = ?"
        found = cursor.execute(query, [self.key, self.day.toordinal(), self.first.toordinal()]).fetchall()
        for memory, names in found:
            before, told = json.loads(names), json.loads(self.names)
            if all(set(told[level]) <= set(before[level]) for level in LEVELS):
                return not any(_differ(cursor, memory, level) for level in LEVELS)
        return False


_NEW = "INSERT INTO store.memories SELECT coalesce((SELECT max(number) FROM store.memories), 0) + 1, ?, ?, ?, ?"


def _rows(level: Level, told: tuple[ResultColumn, ...], end: int) -> exp.Select:
    """Everybody of whom there are data: their digest, whether they are there, and what is told of them."""
    values = cast(exp.Array(expressions=[cast(column(each.name, "r"), "TEXT") for each in told]), "TEXT[]")
    there = named(is_known(column("id", "r")), "there")
    made = exp.select(*columns(("id", DIGEST), "d"), there, named(values, "told"))
    made = made.from_(exp.alias_(table(digests(level, end)), "d", table=True))
    results = exp.alias_(table(f"{level}_results"), "r", table=True)
    return made.join(results, on=equals(column("id", "r"), column("id", "d")), join_type="left")


def _differ(cursor: duckdb.DuckDBPyConnection, memory: int, level: Level) -> bool:
    """Whether the data of a level are others than those that a memory comes from."""
    known = select(*columns(("id", DIGEST)), source=kept("memory")).where(_is_of(memory, level))
    fresh = select(*columns(("id", DIGEST)), source=held(f"told {level}"))
    sides = [exp.except_(one.copy(), other.copy()).subquery("s") for one, other in ((known, fresh), (fresh, known))]
    either = exp.union(*(exp.select("*").from_(side) for side in sides), distinct=False)
    return count_rows(cursor, either.subquery("d")) > 0


def _forget(cursor: duckdb.DuckDBPyConnection, which: str, values: list[object]) -> None:
    query = f"SELECT number FROM store.memories WHERE {which}"
    for (memory,) in cursor.execute(query, values).fetchall():
        for name in ("memory", "memories"):
            cursor.execute(f"DELETE FROM store.{name} WHERE number = ?", [memory]).fetchall()
