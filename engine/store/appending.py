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
from ..data.sql import both, column, equals, is_null, number, rows, run, select, text, with_join
from ..model import Model
from ..sql.statements import temporary
from ..writers import plain_params
from .changes import Neighbours, Relation, aliased, count_rows
from .columns import (
    LEVELS,
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
from .moves import count_moves, tell_moves
from .opening import opened, refuse_other, transaction
from .sources import ENTRY, Source
from .trees import columns, held, hold, kept, named


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
        cursor, place = self._cursor, self._neighbours(at)
        coming = self._coming(at)
        unlike: dict[Relation, exp.Table] = {}
        if place.is_there or place.after is None:
            unlike = {of: of.unlike(cursor, at, found, place, some) for of, (found, some) in coming.items()}
        if place.is_there:
            coming = {of: found for of, found in coming.items() if count_rows(cursor, unlike[of])}
            if not coming and self._is_by_same_rules(at):
                self._recount(at)
                return Appended(at, "same", place.before, 0, 0, 0)
        for level in LEVELS:
            if (of := self._relations[level]) in coming:
                tell_moves(cursor, of, at, coming[of][0], place, unlike[of] if place.is_there else None)
        for of, (found, _) in coming.items():
            of.put(cursor, at, found, place, unlike.get(of))
        what: Literal["new", "again"] = "again" if place.is_there else "new"
        leads, accounts = (self._relations[level].count_changes(cursor, at) for level in LEVELS)
        self._note(at, what, leads, accounts)
        moved = 0 if place.before is None else count_moves(cursor, at)
        return Appended(at, what, place.before, leads, accounts, moved)

    def _coming(self, at: int) -> dict[Relation, tuple[exp.Table, exp.Table | None]]:
        """The rows at an instant by where they go, and whose they are where they are not of everybody."""
        fresh = {level: self._entities(level, self._source.entities(level, at)) for level in LEVELS}
        some = {level: fresh[level] if self._touched else None for level in LEVELS}
        found = {self._relations[level]: (fresh[level], some[level]) for level in LEVELS}
        if self._source.fields is not None:
            fields = self._entities("account_field", self._source.fields.at(at))
            found[self._relations["account_field"]] = fields, None
        return found | {entries_of(level): (self._entries(level, at), some[level]) for level in self._lines}

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

    def _is_by_same_rules(self, at: int) -> bool:
        """Whether the snapshot of this instant, which is there, was made by these rules, and with these lines."""
        query = "SELECT fingerprint, version, lines FROM store.snapshots WHERE instant = ?"
        found = self._cursor.execute(query, [at]).fetchall()[0]
        model = self._about.model
        return found == (model.fingerprint, model.version, ",".join(self._lines))

    # --- what comes in --------------------------------------------------------------------------------------------

    def _entities(self, part: Part, coming: exp.Select) -> exp.Table:
        """Rows of leads or accounts with their ids, and with entities and columns as the store has them."""
        cursor, relation, titles = self._cursor, self._relations[part], self._titles[part]
        values = [named(column(titles[name], "f") if name in titles else exp.null(), name) for name in relation.values]
        mine = both(equals(column("level", "e"), text(level_of(part))), equals(column("id", "e"), column("id", "f")))
        query = exp.select(column("entity", "e"), named(column("id", "f"), "id"), *values, copy=False)
        query = query.from_(aliased(coming, "f"), copy=False)
        query = with_join(query, kept("entities", "e"), mine, "LEFT")
        made = hold(cursor, part, query)
        if _has_missing(cursor, made, "entity"):
            new = {"level": level_of(part)}
            cursor.execute(_NEW_ENTITIES.format(made=made.name), new).fetchall()
            made = hold(cursor, part, query)
        return made

    def _entries(self, level: Level, at: int) -> exp.Table:
        """The contributions of a level, with lines as the store has them, and entities as its rows have them."""
        cursor, every = self._cursor, self._source.entries(at).subquery("every", copy=False)
        coming = exp.select(*columns(ENTRY), copy=False).from_(every, copy=False)
        coming = coming.where(equals(column("level"), text(level)), copy=False)
        run(cursor, temporary(held("found entries"), coming, "VIEW", replace=True))
        made, query = held(f"{level} entry"), _ENTRIES.format(level=level)
        cursor.execute(query).fetchall()
        if _has_missing(cursor, made, "entry"):
            cursor.execute(_NEW_ENTRIES).fetchall()
            cursor.execute(query).fetchall()
        return made

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


def _has_missing(cursor: duckdb.DuckDBPyConnection, made: exp.Table, name: str) -> bool:
    """Whether some of these rows lack the number of what the store does not know."""
    return bool(rows(cursor, select(number(1), source=made.copy()).where(is_null(column(name))).limit(1)))


_NEW_ENTITIES = """
INSERT INTO store.entities
SELECT $level, coalesce((SELECT max(entity) FROM store.entities), 0) + row_number() OVER (ORDER BY id), id
FROM temp.main."{made}" WHERE entity IS NULL
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
CREATE OR REPLACE TEMP TABLE "store: {{level}} entry" AS
SELECT o.entity, e.entry, sum(f.points)::BIGINT AS points, max(f.events) AS events, min(f.first) AS first,
    max(f.last) AS last
FROM temp.main."store: found entries" AS f
LEFT JOIN store.entries AS e ON {_SAME_ENTRY}
JOIN temp.main."store: {{level}}" AS o ON o.id = f.id
GROUP BY o.entity, e.entry
"""
