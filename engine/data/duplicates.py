"""Records with the same id: the earliest counts, then the one whose canonical JSON is smaller."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from itertools import groupby

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ..instants import format_instant
from .intake import REASON, working
from .layout import Layout
from .repeats import key_of, repeated
from .sql import (
    Sql,
    call,
    column,
    drop_table,
    is_null,
    number,
    rows,
    run,
    table,
    value_list,
)

LOST = "lost as duplicates"


@dataclass(frozen=True)
class Duplicates:
    """How many records lost against another of their id, and the ids whose records say different things."""

    lost: int = 0
    conflicts: int = 0
    example: str = ""

    def query(self) -> exp.Select | None:
        """The rowids of the losers in the working table."""
        return exp.select(column("row")).from_(table(LOST)) if self.lost else None


def find_duplicates(connection: duckdb.DuckDBPyConnection, layout: Layout) -> Duplicates:
    """Choose among the records of each id, where there are several; the losers' rowids are left in the table LOST."""
    run(connection, drop_table(table(LOST)))
    copies = _copies(connection, layout)
    losers, conflicts = _choose(layout, copies)
    parameters: list[object] = []
    same = exp.select(column("row")).from_(_ranked(layout).subquery("ranked")).where(column("copy") > number(1))
    other = exp.select(value_list(losers, "BIGINT", parameters).as_("row"))
    union = exp.union(same, other, distinct=False, copy=False)
    run(connection, exp.Create(this=table(LOST), kind="TABLE", expression=union), parameters)
    lost = rows(connection, exp.select(call("count", exp.Star())).from_(table(LOST)))[0][0]
    return Duplicates(int(str(lost)), len(conflicts), conflicts[0] if conflicts else "")


def kept(layout: Layout, *columns: Sql) -> exp.Select:
    """The records of the working table that are not rejected: their keys, or these columns."""
    return exp.select(*(columns or key_of(layout))).from_(working(layout)).where(is_null(column(REASON)))


def _ranked(layout: Layout) -> exp.Select:
    """The records of repeated ids, equal ones numbered."""
    ids = exp.select(column("id")).from_(repeated(layout, kept(layout)).subquery("repeated"))
    names = [column(name) for name in layout.names]
    copy = exp.Window(this=call("row_number"), partition_by=names, order=exp.Order(expressions=[column("rowid")]))
    query = kept(layout, column("rowid").as_("row"), *names, copy.as_("copy"))
    return query.where(exp.In(this=column("id"), query=ids.subquery()))


def _copies(connection: duckdb.DuckDBPyConnection, layout: Layout) -> list[tuple[object, ...]]:
    """One of each different record of the repeated ids that have several: rowid first, then its columns."""
    wanted = [column("row"), *(column(name) for name in layout.names)]
    first = exp.select(*wanted).from_(_ranked(layout).subquery("ranked")).where(column("copy").eq(number(1)))
    partners = exp.Window(this=call("count", exp.Star()), partition_by=key_of(layout))
    counted = exp.select(*wanted, partners.as_("different")).from_(first.subquery("firsts"))
    query = exp.select(*wanted).from_(counted.subquery("counted")).where(column("different") > number(1))
    return rows(connection, query.order_by(*key_of(layout)))


def _choose(layout: Layout, copies: Sequence[tuple[object, ...]]) -> tuple[list[int], list[str]]:
    """The rowids of those that lose, and the ids in conflict."""
    losers: list[int] = []
    conflicts: list[str] = []
    width = len(key_of(layout))
    at = layout.names.index("at") + 1 if layout.kind == "events" else None

    def rank(copy: tuple[object, ...]) -> tuple[int, str]:
        return (int(str(copy[at])) if at else 0), canonical(layout, copy[1:])

    key_places = [0] if width == 1 else [layout.names.index("id"), layout.names.index("valid_from")]
    for _, group in groupby(copies, key=lambda copy: tuple(copy[place + 1] for place in key_places)):
        members = sorted(group, key=rank)
        conflicts.append(str(members[0][1]))
        losers += [int(str(copy[0])) for copy in members[1:]]
    return losers, conflicts


def canonical(layout: Layout, values: Sequence[object]) -> str:
    """The typed record as canonical JSON: only known values, keys in order, no blanks, the shortest numbers."""
    roles = {role.key: _plain(value, role.form) for role, value in zip(layout.roles, values, strict=False)}
    fields = {
        each.field: _plain(value, each.kind)
        for each, value in zip(layout.columns, values[len(layout.roles) :], strict=True)
        if value is not None
    }
    known: dict[str, object] = {key: value for key, value in roles.items() if value is not None}
    whole: Mapping[str, object] = {**known, "properties": fields} if layout.kind == "events" else {**known, **fields}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: object, kind: str) -> object:
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if kind in ("instant", "timestamp") and isinstance(value, int):
        return format_instant(value)
    return value
