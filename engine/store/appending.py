"""Results into a store: all that belongs to them in one transaction, and nothing where it is there already."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..data.sql import both, column, equals, is_null, number, rows, select, text
from ..model import Model
from ..writers import plain_params
from .changes import Neighbours, Relation, aliased
from .columns import (
    LEVELS,
    PARTS,
    KeptColumn,
    Part,
    Titled,
    entries_of,
    fitting,
    known_columns,
    level_of,
    make_views,
    relation_of,
)
from .moves import tell_moves
from .opening import opened, refuse_other, transaction
from .sources import ENTRY, Source
from .trees import columns, hold, kept, named


@dataclass(frozen=True)
class About:
    """By which rules, by which version of Scoreline, from which data, and when results are kept (microseconds)."""

    model: Model
    made_by: str
    made_at: int
    source: str


@dataclass(frozen=True)
class Appended:
    """What became of one snapshot: `new`, put `again` in the place of another one, or the `same` as there was.

    How many leads and accounts differ from `since`, the snapshot before it, and how many stage moves that makes.
    """

    at: int
    what: Literal["new", "again", "same"]
    since: int | None
    leads: int
    accounts: int
    moves: int


def append(
    path: Path,
    source: Source,
    about: About,
    lines_of: Collection[Level] = (),
    also: Sequence[Callable[[duckdb.DuckDBPyConnection], None]] = (),
    touched: bool = False,
) -> list[Appended]:
    """Keep the results at each instant of a source: all of them, or none if anything goes wrong.

    Contributions of the accounts are kept (of the leads, where accounts have no scores), those of the levels
    `lines_of`, and those that were kept before. `also` write more into the open store, in the same transaction.
    `touched`: the source has the results of those alone who are to be told anew; all others stay as they are.
    Raises StoreError; StoreBusy if somebody else has the store open.
    """
    cursor = source.cursor
    with opened(cursor, path, about.made_by), transaction(cursor):
        refuse_other(cursor, path, about.model.name)
        appending = _Appending(cursor, source, about, lines_of, touched)
        done = [appending.put(at) for at in source.instants]
        for keep in also:
            keep(cursor)
        return done


def levels_of_lines(
    cursor: duckdb.DuckDBPyConnection | None, model: Model, asked: Collection[Level] = ()
) -> list[Level]:
    """Of which levels lines are kept: those that are asked for, and those that were before if there is an open
    store."""
    usual: Level = "account" if model.scores("account") else "lead"
    query = "SELECT lines FROM store.snapshots ORDER BY instant DESC LIMIT 1"
    found = [] if cursor is None else cursor.execute(query).fetchall()
    before = {level for (lines,) in found for level in lines.split(",")}
    return [level for level in LEVELS if level == usual or level in asked or level in before]


class _Appending:
    """The results of one source on their way into an open store."""

    def __init__(
        self,
        cursor: duckdb.DuckDBPyConnection,
        source: Source,
        about: About,
        lines_of: Collection[Level],
        touched: bool = False,
    ) -> None:
        self._touched = touched
        self._cursor = cursor
        self._source = source
        self._about = about
        self._note_ruleset()
        self._titles: dict[Part, dict[str, str]] = {}
        self._relations: dict[Part, Relation] = {}
        known = known_columns(cursor)
        are_new = [self._fit(level, source.results[level], known[level]) for level in LEVELS]
        if source.fields is not None:
            are_new.append(self._fit("account_field", source.fields.columns, known["account_field"]))
        if any(are_new):
            make_views(cursor)
        lines = levels_of_lines(cursor, about.model, lines_of)
        self._lines = lines if source.has_contributions else []

    def put(self, at: int) -> Appended:
        """Make the results at an instant the snapshot of that instant."""
        place = self._neighbours(at)
        fresh: dict[Part, exp.Table] = {
            level: self._entities(level, self._source.entities(level, at)) for level in LEVELS
        }
        if self._source.fields is not None:
            fresh["account_field"] = self._entities("account_field", self._source.fields.at(at))
        lines = {level: self._entries(level, at) for level in self._lines}
        some: dict[Part, exp.Table | None] = {
            part: fresh[part] if self._touched and part in LEVELS else None for part in PARTS
        }
        if place.is_there and not self._differs(at, fresh, lines, place.after is None, some):
            self._recount(at)
            return Appended(at, "same", place.before, 0, 0, 0)
        moved = sum(
            tell_moves(self._cursor, self._relations[level], at, fresh[level], place, some[level]) for level in LEVELS
        )
        changed = {
            part: self._relations[part].put(self._cursor, at, rows, place, some[part]) for part, rows in fresh.items()
        }
        for level, entries in lines.items():
            entries_of(level).put(self._cursor, at, entries, place, some[level])
        what: Literal["new", "again"] = "again" if place.is_there else "new"
        self._note(at, what, changed["lead"], changed["account"])
        return Appended(at, what, place.before, changed["lead"], changed["account"], moved)

    def _fit(self, part: Part, titled: Sequence[Titled], known: list[KeptColumn]) -> bool:
        """The columns of the store that these go into; new ones are added to those that are known. Whether any is."""
        before = len(known)
        self._titles[part] = fitting(self._cursor, part, titled, known)
        self._relations[part] = relation_of(part, known)
        return len(known) > before

    # --- what there is already ------------------------------------------------------------------------------------

    def _neighbours(self, at: int) -> Neighbours:
        query = (
            "SELECT max(instant) FILTER (instant < $1), min(instant) FILTER (instant > $1), "
            "count(*) FILTER (instant = $1) > 0 "
            "FROM store.snapshots"
        )
        before, after, is_there = self._cursor.execute(query, [at]).fetchall()[0]
        return Neighbours(before, after, is_there)

    def _differs(
        self,
        at: int,
        fresh: dict[Part, exp.Table],
        lines: dict[Level, exp.Table],
        is_last: bool,
        some: dict[Part, exp.Table | None],
    ) -> bool:
        """Whether the snapshot of this instant, which is there, was made by other rules or has other results."""
        query = "SELECT fingerprint, version, lines FROM store.snapshots WHERE instant = ?"
        found = self._cursor.execute(query, [at]).fetchall()[0]
        model = self._about.model
        if found != (model.fingerprint, model.version, ",".join(self._lines)):
            return True
        return any(
            relation.differs(self._cursor, at, table, is_last, mine)
            for relation, table, mine in (
                *((self._relations[part], table, some[part]) for part, table in fresh.items()),
                *((entries_of(level), table, some[level]) for level, table in lines.items()),
            )
        )

    # --- what comes in --------------------------------------------------------------------------------------------

    def _entities(self, part: Part, coming: exp.Select) -> exp.Table:
        """Rows of leads or accounts, with entities and columns as the store has them."""
        cursor, relation, titles = self._cursor, self._relations[part], self._titles[part]
        values = [named(column(titles[name], "f") if name in titles else exp.null(), name) for name in relation.values]
        query = exp.select(column("entity", "e"), *values, copy=False).from_(aliased(coming, "f"), copy=False)
        mine = both(equals(column("level", "e"), text(level_of(part))), equals(column("id", "e"), column("id", "f")))
        query = query.join(kept("entities", "e"), on=mine, join_type="left", copy=False)
        made = hold(cursor, part, query)
        if self._note_entities(level_of(part), coming, made):
            made = hold(cursor, part, query)
        return made

    def _note_entities(self, level: Level, coming: exp.Select, made: exp.Table) -> bool:
        """Number those who are new, if any of the rows that were made is of such."""
        unknown = select(number(1), source=made).where(is_null(column("entity"))).limit(1)
        if not rows(self._cursor, unknown):
            return False
        hold(self._cursor, "found", select(column("id"), source=coming))
        self._cursor.execute(_NEW_ENTITIES, {"level": level}).fetchall()
        return True

    def _entries(self, level: Level, at: int) -> exp.Table:
        """The contributions of a level, with lines and entities as the store has them."""
        cursor = self._cursor
        of_level = self._source.entries(at).subquery("every", copy=False)
        query = exp.select(*columns(ENTRY)).from_(of_level).where(equals(column("level"), text(level)))
        hold(cursor, "found entries", query)
        cursor.execute(_NEW_ENTRIES).fetchall()
        return hold(cursor, f"{level} entry", exp.maybe_parse(_ENTRIES, into=exp.Select, dialect="duckdb"))

    # --- what is said of it ---------------------------------------------------------------------------------------

    def _note_ruleset(self) -> None:
        model = self._about.model
        known = "SELECT 1 FROM store.rulesets WHERE fingerprint = ?"
        if self._cursor.execute(known, [model.fingerprint]).fetchall():
            return
        ladders = {level: ladder.stages for level in LEVELS if (ladder := model.stages(level)) is not None}
        stages = {level: [[each.name, each.label] for each in ladder] for level, ladder in ladders.items()}
        values = [
            model.fingerprint,
            model.name,
            model.timezone,
            json.dumps(plain_params(model.params), ensure_ascii=False),
            json.dumps(stages, ensure_ascii=False),
        ]
        self._cursor.execute("INSERT INTO store.rulesets VALUES (?, ?, ?, ?, ?)", values).fetchall()

    def _recount(self, at: int) -> None:
        """What became of the data, where nothing else is new."""
        counts = self._source.counts(at)
        if counts is not None:
            said = json.dumps(asdict(counts), ensure_ascii=False)
            query = "UPDATE store.snapshots SET counts = ? WHERE instant = ? AND counts IS DISTINCT FROM ?"
            self._cursor.execute(query, [said, at, said]).fetchall()

    def _note(self, at: int, what: str, leads: int, accounts: int) -> None:
        """The snapshot, and that it was written."""
        cursor, about, counts = self._cursor, self._about, self._source.counts(at)
        model = about.model
        said = None if counts is None else json.dumps(asdict(counts), ensure_ascii=False)
        cursor.execute("DELETE FROM store.snapshots WHERE instant = ?", [at]).fetchall()
        snapshot = [at, model.fingerprint, model.version, said, ",".join(self._lines)]
        cursor.execute("INSERT INTO store.snapshots VALUES (?, ?, ?, ?, ?)", snapshot).fetchall()
        noted = [about.made_at, at, what, model.fingerprint, model.version, about.made_by, about.source]
        cursor.execute(_NEW_RUN, [*noted, leads, accounts]).fetchall()


_NEW_RUN = """
INSERT INTO store.runs
SELECT coalesce((SELECT max(run) FROM store.runs), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ?
"""
_NEW_ENTITIES = """
INSERT INTO store.entities
SELECT $level, coalesce((SELECT max(entity) FROM store.entities), 0) + row_number() OVER (ORDER BY id), id
FROM temp.main."store: found" AS f
WHERE NOT EXISTS (SELECT 1 FROM store.entities AS e WHERE e.level = $level AND e.id = f.id)
"""
_SAME_ENTRY = """
e.level = f.level AND e.score = f.score AND e.line IS NOT DISTINCT FROM f.line AND e.kind = f.kind
"""
_NEW_ENTRIES = f"""
INSERT INTO store.entries
SELECT coalesce((SELECT max(entry) FROM store.entries), 0) + row_number() OVER (ORDER BY level, score, line, kind),
    level, score, line, kind
FROM (SELECT DISTINCT level, score, line, kind FROM temp.main."store: found entries") AS f
WHERE NOT EXISTS (SELECT 1 FROM store.entries AS e WHERE {_SAME_ENTRY})
"""
_ENTRIES = f"""
SELECT o.entity, e.entry, sum(f.points)::BIGINT AS points, max(f.events) AS events, min(f.first) AS first,
    max(f.last) AS last
FROM temp.main."store: found entries" AS f
JOIN store.entries AS e ON {_SAME_ENTRY}
JOIN store.entities AS o ON o.level = f.level AND o.id = f.id
GROUP BY o.entity, e.entry
"""
