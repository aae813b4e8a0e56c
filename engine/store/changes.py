"""Relations that are kept by their changes: what most often stays the same from one snapshot to the next is kept once.

`NAME_now` holds the rows of the newest snapshot. `NAME_changes` has a row `at` each instant for whatever differs from
the snapshot before it; `gone` rows are those that are there no more. The state at any snapshot is, for each key, the
newest change up to it, and a snapshot in the middle can be put in or replaced: the one after it is then told anew.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ..data.sql import (
    at_most,
    both,
    call,
    column,
    either,
    equals,
    first_known,
    insert,
    is_null,
    number,
    rows,
    run,
    select,
    with_join,
)
from .trees import columns, hold, kept, named

AT, GONE = "instant", "gone"


@dataclass(frozen=True)
class Neighbours:
    """The snapshots before and after an instant, and whether there is one at it."""

    before: int | None
    after: int | None
    is_there: bool


@dataclass(frozen=True)
class Relation:
    """One relation: its name, the columns that tell rows apart, and all others."""

    name: str
    keys: tuple[str, ...]
    values: tuple[str, ...]

    @property
    def now(self) -> exp.Table:
        return kept(f"{self.name}_now")

    @property
    def changes(self) -> exp.Table:
        return kept(f"{self.name}_changes")

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.keys, *self.values)

    def state(self, at: int | None, some: exp.Table | None = None) -> exp.Select:
        """The rows of the snapshot at an instant, all or those of some entities; none before the first."""
        newest = exp.Window(
            this=call("row_number"),
            partition_by=columns(self.keys),
            order=exp.Order(expressions=[exp.Ordered(this=column(AT), desc=True)]),
        )
        known = exp.false() if at is None else at_most(column(AT), number(at))
        last = select(column(GONE), *columns(self.columns), source=self.changes)
        last = last.where(both(known, *is_of(some)), copy=False)
        last = last.qualify(equals(newest, number(1)), copy=False)
        return select(*columns(self.columns), source=last).where(exp.Not(this=column(GONE)), copy=False)

    def differences(self, old: exp.Table | exp.Select, new: exp.Table | exp.Select) -> exp.Select:
        """The rows that differ: GONE, and the columns as they are in the new one (keys alone where it has none)."""
        joined = both(*(equals(column(key, "o"), column(key, "n")) for key in self.keys))
        first = self.keys[0]
        is_new, is_gone = is_null(column(first, "o")), is_null(column(first, "n"))
        others = [exp.NullSafeNEQ(this=column(name, "o"), expression=column(name, "n")) for name in self.values]
        keys = [named(first_known(column(key, "n"), column(key, "o")), key) for key in self.keys]
        made = exp.select(named(is_gone, GONE), *keys, *columns(self.values, "n"), copy=False)
        made = made.from_(aliased(old, "o"), copy=False)
        made = with_join(made, aliased(new, "n"), joined, "FULL")
        return made.where(either(is_new, is_gone, *others), copy=False)

    def _all_new(self, new: exp.Select) -> exp.Select:
        """The rows that differ where there was nothing before."""
        return select(named(exp.false(), GONE), *columns(self.columns), source=new)

    def newest(self, some: exp.Table | None = None) -> exp.Table | exp.Select:
        """The rows of the newest snapshot, all or those of some entities."""
        return self.now if some is None else select(*columns(self.columns), source=self.now).where(*is_of(some))

    def unlike(
        self,
        cursor: duckdb.DuckDBPyConnection,
        at: int,
        new: exp.Table,
        place: Neighbours,
        some: exp.Table | None = None,
    ) -> exp.Table:
        """The rows in which the snapshot at an instant is another than these, held; if it is not there, the newest one.
        With `some` entities these are the rows of them, and those of all others are to stay as they are."""
        old = self.newest(some) if place.after is None else self.state(at, some)
        return hold(cursor, f"unlike {self.name}", self.differences(old, new))

    def put(
        self, cursor: duckdb.DuckDBPyConnection, at: int, new: exp.Table, place: Neighbours, unlike: exp.Table | None
    ) -> None:
        """Make these rows the snapshot at an instant. `unlike` are those in which it, or the newest one that it comes
        after, is another: nothing else is written. One that comes in the middle is written whole."""
        if unlike is not None and place.after is None:
            self._apply(cursor, unlike)
            if not place.is_there:
                self._write(cursor, at, unlike)
                return
        after = None if place.after is None else hold(cursor, "after", self.state(place.after, unlike))
        told_anew = exp.In(
            this=column(AT), expressions=[number(each) for each in (at, place.after) if each is not None]
        )
        run(cursor, exp.Delete(this=self.changes, where=exp.Where(this=both(told_anew, *is_of(unlike)))))
        mine = select(*columns(self.columns), source=new).where(*is_of(unlike), copy=False)
        before = None if place.before is None else self.state(place.before, unlike)
        self._write(cursor, at, self._all_new(mine) if before is None else self.differences(before, mine))
        if after is not None and place.after is not None:
            self._write(cursor, place.after, self.differences(mine, after))

    def count_changes(self, cursor: duckdb.DuckDBPyConnection, at: int) -> int:
        """How many rows of the snapshot at an instant differ from the one before it."""
        query = select(number(1), source=self.changes).where(equals(column(AT), number(at)))
        return count_rows(cursor, query.subquery("c"))

    def _write(self, cursor: duckdb.DuckDBPyConnection, at: int, delta: exp.Table | exp.Select) -> None:
        names = (AT, GONE, *self.columns)
        changed = select(number(at), column(GONE), *columns(self.columns), source=delta)
        run(cursor, insert(changed, _into(self.changes, names)))

    def _apply(self, cursor: duckdb.DuckDBPyConnection, delta: exp.Table) -> None:
        """Bring what is kept as newest up to date."""
        same = both(*(equals(column(key, f"{self.name}_now"), column(key, "d")) for key in self.keys))
        old = exp.select(number(1), copy=False).from_(aliased(delta, "d"), copy=False).where(same, copy=False)
        run(cursor, exp.Delete(this=self.now, where=exp.Where(this=exp.Exists(this=old))))
        there = select(*columns(self.columns), source=delta).where(exp.Not(this=column(GONE)), copy=False)
        run(cursor, insert(there, _into(self.now, self.columns)))


def count_rows(cursor: duckdb.DuckDBPyConnection, relation: exp.Table | exp.Subquery) -> int:
    """How many rows there are."""
    query = exp.select(call("count", exp.Star()), copy=False).from_(relation.copy(), copy=False)
    return int(str(rows(cursor, query)[0][0]))


def aliased(relation: exp.Table | exp.Select, alias: str) -> exp.Expr:
    """A relation under an alias, to be read from."""
    if isinstance(relation, exp.Select):
        return relation.subquery(alias, copy=False)
    return exp.alias_(relation.copy(), alias, table=True, copy=False)


def is_of(some: exp.Table | None) -> list[exp.Expr]:
    """The test that a row is of one of these entities; none, if it may be anybody's."""
    if some is None:
        return []
    return [exp.In(this=column("entity"), query=select(column("entity"), source=some.copy()).subquery(copy=False))]


def _into(table: exp.Table, names: Sequence[str]) -> exp.Schema:
    return exp.Schema(this=table.copy(), expressions=[exp.to_identifier(name, quoted=True) for name in names])
