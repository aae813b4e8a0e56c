"""What new events are added to: tables of the last run's steps, so that the next run at the same instant need not count
anew what has been counted, nor work out those whom no new event touches.

It is only a short cut: other rules, another instant, other records of contacts or accounts, another Scoreline, or
other results in between make it worthless, and everything is worked out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import field
from functools import partial
from pathlib import Path

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..data import Dataset
from ..data.sql import column, drop_table, number, rows, run, select, table
from ..model import Model
from ..plan.increment import (
    BY_CONTACT,
    CARRIED,
    CARRIED_NEW,
    COUNTS,
    NEW,
    TOUCHED,
    Increment,
    NotAdditive,
    level_of,
)
from ..plan.steps import LEVELS
from ..ready_increments import ReadyIncrement, ready_increment
from ..runners.embedded import Run, Watch, is_versioned, run_plan
from ..runners.increments import ARRIVED, PEOPLE, RECOUNTED, make_people, run_increment
from .appending import levels_of_lines
from .changes import count_rows
from .errors import StoreError
from .opening import is_open, opened
from .trees import columns, kept
from .typed import State, Typing, counting, is_as_it_was, parts_of


@dataclass(frozen=True)
class Keeping:
    """What a run at an instant leaves to the next one, and how that one adds to it."""

    ready: ReadyIncrement
    typing: Typing
    key: str
    instant: int
    lines: Sequence[Level]
    added_to: list[tuple[object, ...]] = field(default_factory=list)
    unchanged: set[str] = field(default_factory=set)

    @staticmethod
    def of(
        cursor: duckdb.DuckDBPyConnection, path: Path, model: Model, typing: Typing, made_by: str, instant: int
    ) -> Keeping:
        """For the store at a path, which may be open. Raises NotAdditive where rules ask for more than new events can
        be added to; PlanError, StoreError."""
        if is_open(cursor):
            lines = levels_of_lines(cursor, model)
        elif path.exists():
            with opened(cursor, path, made_by, to_write=False):
                lines = levels_of_lines(cursor, model)
        else:
            lines = levels_of_lines(None, model)
        ready = ready_increment(model, lines)
        said = repr((model.fingerprint, [typed.key for typed in typing.all], made_by, lines, ready.increment.kept))
        return Keeping(ready, typing, hashlib.sha256(said.encode()).hexdigest(), instant, lines)

    def add(self, dataset: Dataset) -> Run:
        """The results of those who are touched by what was read now, added to what the open store knows.

        Raises NotAdditive where that is not enough.
        """
        read = dataset.events_read
        self._check(dataset.connection)
        if read is None or read.table == "events" or not read.in_order or not self.typing.events.is_whole(read.files):
            raise NotAdditive("not all new events are in order")
        with _alone(dataset.connection) if sum(read.by_type.values()) <= FEW else nullcontext():
            made = run_increment(self.increment, dataset, self.instant, _where, read.table, self.ready.steps)
        self.unchanged.update(made.unchanged)
        return made

    def whole(self, dataset: Dataset, watch: Watch | None = None) -> Run:
        """The results of everybody, with what is to be kept beside them."""
        found, prepare = self.ready.whole, None
        steps = found.steps
        since = self._people_since(dataset)
        if since is not None:
            prepare = partial(self._make_people, dataset, since)
            made = {*PEOPLE, *(step.name for step in self.ready.again)}
            steps = (*self.ready.again, *(step for step in steps or () if step.name not in made))
        return run_plan(
            found.plan, dataset, self.instant, watch=watch, keep=self.increment.asked, steps=steps, prepare=prepare
        )

    def _people_since(self, dataset: Dataset) -> int | None:
        """The instant of the state, if its leads and accounts are those of these data but for new names."""
        cursor, read = dataset.connection, dataset.events_read
        if read is None or read.table == "events" or "lead_all" in self.increment.people or is_versioned(cursor):
            return None
        try:
            return self._covered(cursor)
        except NotAdditive:
            return None

    def _make_people(self, dataset: Dataset, since: int, cursor: duckdb.DuckDBPyConnection) -> None:
        assert dataset.events_read is not None
        if make_people(self.increment, cursor, self.instant, _where, dataset.events_read.table, since):
            self.unchanged.update(LEVELS)

    @property
    def increment(self) -> Increment:
        return self.ready.increment

    def _check(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Raises NotAdditive where the state is not one that can be added to."""
        if self._covered(cursor, self.instant) != self.instant:
            raise NotAdditive(NOTHING)
        if self.added_to[0][0] != _last_run(cursor, self.instant):
            raise NotAdditive("other results were kept since")

    def _covered(self, cursor: duckdb.DuckDBPyConnection, only: int | None = None) -> int:
        """The instant of the state, not after ours, if it comes from the same rules and data; `only` of this one. What
        is noted of it is then what is added to. Raises NotAdditive."""
        if not is_open(cursor):
            raise NotAdditive(NOTHING)
        found = cursor.execute("SELECT run, parts, instant, key, records FROM store.state").fetchall()
        if not found or found[0][2] > self.instant or only not in (None, found[0][2]):
            raise NotAdditive(NOTHING)
        made_by, parts, instant, key, records = found[0]
        if key != self.key:
            raise NotAdditive("the rules, or how data are read, are others than they were")
        if not self._are_as_they_were(json.loads(records)):
            raise NotAdditive("contacts or accounts have changed")
        if json.loads(parts) != self._parts(cursor):
            raise NotAdditive("files of events have changed that were read before")
        self.added_to[:] = [(made_by, parts, instant, key)]
        return int(instant)

    def _parts(self, cursor: duckdb.DuckDBPyConnection) -> list[int]:
        """The numbers of the parts of events that are as they were."""
        return [part.number for part in counting(parts_of(cursor), self.typing.events)]

    def _are_as_they_were(self, said: dict[str, list[object]]) -> bool:
        files = self._records
        return said.keys() == files.keys() and all(is_as_it_was(files[name], each) for name, each in said.items())

    @property
    def _records(self) -> dict[str, State]:
        """The files of accounts and contacts."""
        return {
            name: state
            for typed in self.typing.records
            for name, state in (*typed.files.items(), *typed.others.items())
        }

    # --- what is kept -------------------------------------------------------------------------------------------

    def keep(self, cursor: duckdb.DuckDBPyConnection, parts: Sequence[int] | None, adds: bool, made_at: int) -> None:
        """Keep what the steps of a run have made, in an open store; or what they `add` to that.

        `parts` are those of events that the store has; nothing is kept where it does not have all. Raises StoreError.
        """
        if levels_of_lines(cursor, self.increment.plan.model) != self.lines:
            raise StoreError("another run has begun to keep the lines of leads here", "run it again")
        if parts is None or any(State.of(state.path) != state for state in self._records.values()):
            forget(cursor)
            return
        records = self._noted_records(cursor, made_at)
        if adds:
            others = "SELECT 1 FROM store.runs WHERE instant = ? AND run > ? AND made_at <> ?"
            last = self.added_to[0][0] if self.added_to else None
            if _noted(cursor) != self.added_to or cursor.execute(others, [self.instant, last, made_at]).fetchall():
                raise StoreError("another run has written here meanwhile", "run it again")
            self._add(cursor)
        else:
            staying = set(self.unchanged) if _noted(cursor) == self.added_to else set()
            if staying and self.increment.carried and self._carries_on(cursor):
                staying.add(CARRIED)
            forget(cursor, staying)
            if self.increment.carried and CARRIED not in staying:
                query = select(*columns(self.increment.carried), source=table("event"))
                run(cursor, exp.Create(this=_where(CARRIED), kind="TABLE", expression=query))
            for name in self.increment.kept:
                if name in staying:
                    continue
                names = self.increment.crossing.get(name)
                query = select(*(exp.Star(),) if names is None else columns(names), source=table(name))
                run(cursor, exp.Create(this=_where(name), kind="TABLE", expression=query))
        self._note(cursor, records, parts)

    def _carries_on(self, cursor: duckdb.DuckDBPyConnection) -> bool:
        """Add what is carried of new events to what is known of others, as long as few of these are too old."""
        known, new, there = (count_rows(cursor, each) for each in (_where(CARRIED), table(CARRIED_NEW), table("event")))
        if known + new > there + there // 10:
            return False
        _insert(cursor, CARRIED, CARRIED_NEW)
        return True

    def _add(self, cursor: duckdb.DuckDBPyConnection) -> None:
        recounts = self.increment.screens and rows(cursor, select(number(1), source=table(RECOUNTED)).limit(1))
        for level, name in ARRIVED.items():
            _insert(cursor, level, name)
        for name in self.increment.found:
            contact = "lead" if name.endswith(BY_CONTACT) else "owner"
            if recounts:
                _delete(cursor, name, contact, RECOUNTED)
            _insert(cursor, name, f"{name}{NEW}")
        if self.increment.carried:
            _insert(cursor, CARRIED, CARRIED_NEW)
        run(cursor, exp.Delete(this=_where(COUNTS)))
        _insert(cursor, COUNTS, COUNTS)
        self._add_settled(cursor)
        for name, names in self.increment.crossing.items():
            touched = TOUCHED[level_of(name) or "lead"]
            _delete(cursor, name, "key", touched)
            _insert(cursor, name, name, names, touched)

    def _add_settled(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """What values say that new events were the first to have."""
        for name, key in (step for each in self.increment.settled for step in each.steps.items()):
            if name not in self.unchanged:
                known = select(column(key), source=_where(name)).subquery()
                new = select(exp.Star(), source=table(name)).where(exp.Not(this=exp.In(this=column(key), query=known)))
                run(cursor, exp.Insert(this=_where(name), expression=new, by_name=True))

    def _noted_records(self, cursor: duckdb.DuckDBPyConnection, made_at: int) -> dict[str, list[object]]:
        """What is to be noted of the files of accounts and contacts; those whose time says that they have not changed
        since they were noted last are not read."""
        before: dict[str, list[object]] = {}
        for (told,) in cursor.execute("SELECT records FROM store.state").fetchall():
            before = json.loads(told)
        noted: dict[str, list[object]] = {}
        for name, state in self._records.items():
            said = before.get(name)
            if said is None or said[:3] != [state.size, state.changed, True]:
                said = [state.size, state.changed, state.is_settled(made_at), state.digest()]
            noted[name] = said
        return noted

    def _note(self, cursor: duckdb.DuckDBPyConnection, records: dict[str, list[object]], parts: Sequence[int]) -> None:
        cursor.execute("DELETE FROM store.state").fetchall()
        told = json.dumps(list(parts)), json.dumps(records)
        values = [self.key, self.instant, _last_run(cursor, self.instant), *told]
        cursor.execute("INSERT INTO store.state VALUES (?, ?, ?, ?, ?)", values).fetchall()


NOTHING = ""
"""Why nothing can be added where nothing is kept of the instant: that goes without saying."""


FEW = 2_000
"""New events that are so few are added by one thread: others would only wait for each other."""


@contextmanager
def _alone(cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All that follows is done by one thread, if this succeeds."""
    ((before,),) = cursor.execute("SELECT current_setting('threads')").fetchall()
    cursor.execute("SET threads = 1").fetchall()
    try:
        yield
    except BaseException:
        cursor.execute(f"SET threads = {int(before)}").fetchall()
        raise


def _noted(cursor: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    """What is noted of the state in an open store: by which run, and of which parts of events."""
    return list(cursor.execute("SELECT run, parts, instant, key FROM store.state").fetchall())


def forget(cursor: duckdb.DuckDBPyConnection, staying: Collection[str] = ()) -> None:
    """There is nothing to add to in an open store; the tables of some steps stay for what will be."""
    cursor.execute("DELETE FROM store.state").fetchall()
    query = (
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'store' AND starts_with(table_name, 'state: ')"
    )
    for (name,) in cursor.execute(query).fetchall():
        if name not in {_where(each).name for each in staying}:
            run(cursor, drop_table(kept(name)))


def _where(name: str) -> exp.Table:
    """The table of a step of the last run."""
    return kept(f"state: {name}")


def _last_run(cursor: duckdb.DuckDBPyConnection, instant: int) -> int | None:
    found: int | None = cursor.execute("SELECT max(run) FROM store.runs WHERE instant = ?", [instant]).fetchall()[0][0]
    return found


def _insert(
    cursor: duckdb.DuckDBPyConnection, name: str, source: str, names: Sequence[str] = (), some: str | None = None
) -> None:
    """Add the rows of a table, all or those of some, with these columns or all that it has; others are missing."""
    coming = select(*(columns(names) if names else (exp.Star(),)), source=table(source))
    if some is not None:
        coming = coming.where(exp.In(this=column("key"), query=select(column("key"), source=table(some)).subquery()))
    run(cursor, exp.Insert(this=_where(name), expression=coming, by_name=True))


def _delete(cursor: duckdb.DuckDBPyConnection, name: str, key: str, some: str) -> None:
    keys = select(column("key"), source=table(some)).subquery()
    run(cursor, exp.Delete(this=_where(name), where=exp.Where(this=exp.In(this=column(key), query=keys))))
