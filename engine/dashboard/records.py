"""The records behind the results, as they are known at the instant: the facts of people and companies, and events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import duckdb
from sqlglot import exp

from ...grammar.late_methods import dataclass
from ..data.layout import Layout, layouts
from ..data.sql import (
    at_most,
    both,
    call,
    case,
    cast,
    column,
    either,
    equals,
    is_null,
    number,
    one_of,
    rows,
    table,
    text,
)
from ..schema import Schema

LONGEST = 60
"""A longer text of an event is not shown beside it: browsers' names, whole messages."""

MOST_FACETS = 4
MOST_VALUES = 30


@dataclass(frozen=True)
class Fact:
    """A field that is shown of a person or a company."""

    name: str
    kind: str


def facts(schema: Schema, level: Literal["account", "contact"]) -> list[Fact]:
    """The fields of a level, in the order of the schema."""
    return [Fact(name, field.kind) for name, field in schema.fields(level).items()]


def known(schema: Schema, level: Literal["account", "contact"], as_of: int, facets: Sequence[str] = ()) -> exp.Select:
    """`id`, `name`, `facts` and `facets` (JSON arrays) of the newest version of each record at the instant."""
    layout = _layout(schema, level)
    by_field = {item.field: column(item.name) for item in layout.columns}
    names = [by_field[part] for part in schema.naming(level)]
    name = call("concat_ws", text(" "), *names) if names else exp.null()
    shown = [by_field[fact.name] for fact in facts(schema, level)]
    columns = (
        column("id"),
        exp.alias_(call("nullif", cast(name, "TEXT"), text("")), "name"),
        exp.alias_(call("json_array", *shown), "facts"),
        exp.alias_(call("json_array", *(by_field[facet] for facet in facets)), "facets"),
    )
    exists = either(is_null(column("valid_from")), at_most(column("valid_from"), number(as_of)))
    newest_first = exp.Ordered(this=column("valid_from"), desc=True, nulls_first=False)
    newest = exp.Window(
        this=call("row_number"), partition_by=[column("id")], order=exp.Order(expressions=[newest_first])
    )
    return exp.select(*columns).from_(table(layout.kind)).where(exists).qualify(equals(newest, number(1)))


def facets(connection: duckdb.DuckDBPyConnection, schema: Schema) -> list[str]:
    """The fields of accounts that are good to choose by: they have a few values, each for many."""
    layout = _layout(schema, "account")
    possible = [item for item in layout.columns if item.kind in ("text", "bool")]
    if not possible:
        return []
    counted = [exp.Count(this=exp.Distinct(expressions=[column(item.name)])) for item in possible]
    everyone, *counts = rows(connection, exp.select(exp.Count(this=exp.Star()), *counted).from_(table(layout.kind)))[0]
    most = min(MOST_VALUES, int(str(everyone)) // 2)
    return [item.field for item, count in zip(possible, counts, strict=True) if 2 <= int(str(count)) <= most][
        :MOST_FACETS
    ]


def _layout(schema: Schema, level: Literal["account", "contact"]) -> Layout:
    return layouts(schema)["accounts" if level == "account" else "contacts"]


def happened(schema: Schema, types: Sequence[str], as_of: int) -> exp.Select:
    """`id`, `at`, `type`, `contact_id`, `account_id` and what is `said` of each event of these types that existed."""
    names = ("id", "at", "type", "contact_id", "account_id")
    received = either(is_null(column("received_at")), at_most(column("received_at"), number(as_of)))
    said = _said(schema, types)
    return (
        exp.select(*map(column, names), exp.alias_(said, "said"))
        .from_(table("events"))
        .where(both(at_most(column("at"), number(as_of)), received, one_of(column("type"), types)))
    )


def _said(schema: Schema, types: Sequence[str]) -> exp.Expr:
    """The properties of an event of each type in a few words: texts as they are, numbers with their names."""
    found = schema.event_columns()
    words = [
        (
            equals(column("type"), text(type)),
            _words([(name, field.kind, found[name, field.kind]) for name, field in properties.items()]),
        )
        for type, properties in schema.events.items()
        if type in types and properties
    ]
    return case(*words, otherwise=text(""))


def _words(properties: Sequence[tuple[str, str, str]]) -> exp.Expr:
    """Properties by name, kind and column."""
    pieces: list[exp.Expr] = []
    for name, kind, of in sorted(properties, key=lambda each: (each[1] != "text", each[0])):
        value = column(of)
        if kind == "text":
            short = at_most(call("length", value), number(LONGEST))
            pieces.append(case((short, value)))
        elif kind == "number":
            pieces.append(exp.DPipe(this=text(f"{name} "), expression=_plain(value)))
        elif kind == "bool":
            pieces.append(case((value, text(name))))
    return call("concat_ws", text(" · "), *pieces) if pieces else text("")


def _plain(value: exp.Expr) -> exp.Expr:
    """A number as people write it: a whole one without a fraction."""
    whole = both(equals(value, call("trunc", value)), at_most(call("abs", value), number(10**15)))
    return case((whole, cast(cast(value, "BIGINT"), "TEXT")), otherwise=cast(value, "TEXT"))
