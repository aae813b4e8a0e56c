"""Stage moves read back, each with its reasons: what differs between the two snapshots that it lies between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from sqlglot import exp

from ...grammar.nodes import Level
from ..data.sql import column, equals, rows, select
from ..moves import Move, Points, Reason, because, largest, of_result
from .changes import AT
from .reading import Snapshot, Store
from .trees import columns, held, hold, named

Key = tuple[int, int]
"""A snapshot and an entity."""
Line = tuple[str, str, Points, Points]
"""A score, one of its lines, and what it gave and gives."""

ASKED = 'temp.main."store: asked"'
"""The moves that are being told, as a table."""


def moves(
    store: Store,
    level: Level,
    first: int | None = None,
    last: int | None = None,
    ids: Sequence[str] | None = None,
) -> list[Move]:
    """The moves of a level in the snapshots from one instant to another, of some or all, by instant and id."""
    store.connection.execute(_ASKED, {"level": level, "first": first, "last": last, "ids": ids}).fetchall()
    shots = store.snapshots()
    before = {now.at: was for was, now in pairwise(shots)}
    now = {each.at: each for each in shots}
    found = store.connection.execute(_FOUND).fetchall()
    told = _Told(store, level)
    return [
        Move(at, before[at].at, level, id_, was, became, told.of(at, entity, before[at], now[at]))
        for at, entity, id_, was, became in found
    ]


class _Told:
    """What differs for those who moved, by snapshot and entity."""

    def __init__(self, store: Store, level: Level) -> None:
        self._store = store
        self._level = level
        self._known = {each.name: each for each in store.columns(level)}
        self._results = dict(self._differing(level, _asked()))
        self._lines: dict[Key, list[Line]] = {}
        for at, entity, score, line, *values in store.connection.execute(_LINES[level]).fetchall():
            told = (score, line or score, Points(*values[:4]), Points(*values[4:]))
            self._lines.setdefault((at, entity), []).append(told)
        self._leads = self._of_leads() if level == "account" else {}

    def of(self, at: int, entity: int, before: Snapshot, now: Snapshot) -> tuple[Reason, ...]:
        """Rules first, then lines, scores and other results, then leads: the largest differences first."""
        found: list[Reason] = []
        if before.fingerprint != now.fingerprint:
            found.append(Reason("rules", "", before.version, now.version))
        if {self._level} <= before.lines_of & now.lines_of:
            for score, name, was, became in self._lines.get((at, entity), ()):
                why = because(before.at, was, became)
                found.append(Reason("line", name, was.points, became.points, "points", score, why))
        return (*found, *self._results.get((at, entity), ()), *self._leads.get((at, entity), ()))

    def _differing(self, level: Level, asked: exp.Select) -> Iterator[tuple[Key, list[Reason]]]:
        """The results that differ from the snapshot before, for each of the rows that are asked for."""
        relation = self._store.relation(level)
        names = [name for name in relation.values if name not in ("stage", "account_id")]
        window = exp.Window(
            partition_by=columns(relation.keys), order=exp.Order(expressions=[exp.Ordered(this=column(AT))])
        )

        def before(name: str) -> exp.Expr:
            lagged = window.copy()
            lagged.set("this", exp.Anonymous(this="lag", expressions=[column(name)]))
            return named(lagged, f"before {name}")

        mine = exp.select("entity").from_(asked.subquery("m")).distinct()
        told = select(column(AT), column("entity"), *columns(names), *map(before, names), source=relation.changes)
        told = told.where(exp.In(this=column("entity"), query=mine.subquery()))
        here = exp.select(exp.Star(is_star=True)).from_(told.subquery("t"))
        same = [equals(column(name, "t"), column(name, "a")) for name in (AT, "entity")]
        query = exp.select(*(column(name, "t") for name in (AT, "entity", *names, *(f"before {n}" for n in names))))
        query = query.from_(here.subquery("t")).join(asked.subquery("a"), on=exp.and_(*same))
        for at, entity, *values in rows(self._store.connection, query):
            pairs = zip(names, values[len(names) :], values[: len(names)], strict=True)
            yield (
                (int(str(at)), int(str(entity))),
                [self._reason(name, was, now) for name, was, now in pairs if was != now],
            )

    def _reason(self, name: str, was: Any, now: Any) -> Reason:
        if name == "disqualified":
            return Reason("disqualified", "", was, now)
        return of_result(self._known[name], was, now)

    def _of_leads(self) -> dict[Key, list[Reason]]:
        """The leads of the accounts that moved whose scores changed most."""
        cursor = self._store.connection
        hold(cursor, "asked leads", exp.maybe_parse(_LEADS, into=exp.Select, dialect="duckdb"))
        whose = {(at, lead): (entity, id_) for at, lead, entity, id_ in cursor.execute(_WHOSE).fetchall()}
        known = {each.name: each for each in self._store.columns("lead")}
        self._known, own = known, self._known
        found: dict[Key, list[Reason]] = {}
        for (at, lead), reasons in self._differing("lead", _asked("asked leads")):
            entity, id_ = whose[at, lead]
            scores = [each for each in reasons if each.what == "score"]
            found.setdefault((at, entity), []).extend(
                Reason("lead", each.name, each.was, each.now, "points", id_) for each in scores
            )
        self._known = own
        return {key: largest(each) for key, each in found.items()}


def _asked(name: str = "asked") -> exp.Select:
    return select(column(AT), column("entity"), source=held(name))


_ASKED = """
CREATE OR REPLACE TEMP TABLE "store: asked" AS
SELECT m.instant, m.entity, e.id, m.was, m.now FROM store.moves AS m JOIN store.entities AS e USING (entity)
WHERE m.level = $level AND m.instant >= coalesce($first, m.instant) AND m.instant <= coalesce($last, m.instant)
    AND ($ids IS NULL OR list_contains($ids, e.id))
"""
_FOUND = 'SELECT instant, entity, id, was, now FROM "store: asked" ORDER BY instant, id'
_LINES = {
    level: f"""
    WITH told AS (
        SELECT instant, entity, entry, if(gone, 0, points) AS now, if(gone, NULL, c) AS became,
            coalesce(lag(if(gone, 0, points)) OVER mine, 0) AS was, lag(if(gone, NULL, c)) OVER mine AS before
        FROM store.{level}_entry_changes AS c SEMI JOIN "store: asked" USING (entity)
        WINDOW mine AS (PARTITION BY entity, entry ORDER BY instant)
    )
    SELECT instant, entity, score, line, sum(told.was)::BIGINT, max(before.events), min(before.first), max(before.last),
        sum(told.now)::BIGINT, max(became.events), min(became.first), max(became.last)
    FROM told JOIN "store: asked" USING (instant, entity) JOIN store.entries USING (entry)
    GROUP BY instant, entity, score, line HAVING sum(told.was) <> sum(told.now)
    ORDER BY instant, entity, abs(sum(told.now) - sum(told.was)) DESC, line
    """
    for level in ("lead", "account")
}
_LEADS = """
SELECT DISTINCT c.instant, c.entity, a.entity AS account, e.id
FROM "store: asked" AS a
JOIN store.lead_changes AS c ON c.instant = a.instant AND c.account_id = a.id AND NOT c.gone
JOIN store.entities AS e ON e.entity = c.entity
"""
_WHOSE = 'SELECT instant, entity, account, id FROM "store: asked leads"'
