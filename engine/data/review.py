"""What the reader has to say about what it read: values that were impossible, duplicates, unknown event types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb
from sqlglot import exp

from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.source import NOWHERE, Span
from ..schema import Kind, Schema
from ..suggest import did_you_mean
from .duplicates import Duplicates
from .intake import ODD, REASON, working
from .layout import Layout
from .rejected import Places
from .sql import Sql, both, call, cast, column, is_known, is_null, rows, text

_WANTED: dict[Kind, str] = {
    "text": "a text",
    "number": "a number",
    "bool": "true or false",
    "date": "a date",
    "timestamp": "an instant",
    "list": "a list of texts",
    "unknown": "",
}
_MOST_TYPES = 10


def impossible_values(connection: duckdb.DuckDBPyConnection, layout: Layout, places: Places) -> Iterator[Diagnostic]:
    """One warning for each column with values that are none of its type."""
    entries = call("unnest", call("map_entries", cast(cast(column(ODD), "JSON"), "MAP(TEXT, TEXT)"))).as_("entry")
    odd = exp.select(column("rowid").as_("row"), entries).from_(working(layout))
    odd = odd.where(both(is_null(column(REASON)), is_known(column(ODD))))
    name, value = (call("struct_extract", column("entry"), text(part)) for part in ("key", "value"))
    counted = exp.select(
        name.as_("name"),
        call("count", exp.Star()),
        call("min", column("row")),
        call("arg_min", value, column("row")),
    )
    counted = (
        counted.from_(odd.subquery("odd")).where(is_known(value)).group_by(column("name")).order_by(column("name"))
    )
    for column_name, count, row, example in rows(connection, counted):
        yield _impossible(layout, str(column_name), int(str(count)), str(example), places.span(int(str(row))))


def _impossible(layout: Layout, name: str, count: int, example: str, span: Span) -> Diagnostic:
    field, wanted = _wanted(layout, name)
    values = "1 value" if count == 1 else f"{count:,} values"
    message = f"`{field}` of {layout.kind}: {values} cannot be read as {wanted}, such as `{_short(example)}`"
    return finding(
        "D201",
        message,
        span,
        label="the first of them",
        hint="such a value counts as missing: mend the data or the schema",
    )


def _wanted(layout: Layout, name: str) -> tuple[str, str]:
    """What a column is called in the schema, and what it should hold."""
    for role in layout.roles:
        if role.name == name:
            return role.key, "an instant" if role.form == "instant" else "an id"
    each = next(each for each in layout.columns if each.name == name)
    members = [member for variant in each.variants for member in variant.type.values or ()]
    if members:
        shown = ", ".join(dict.fromkeys(members[:5]))
        return each.field, f"one of {shown}" + (" …" if len(members) > 5 else "")
    return each.field, _WANTED[each.kind]


def _short(example: str) -> str:
    line = " ".join(example.split())
    return line if len(line) <= 40 else line[:39] + "…"


def conflicting_duplicates(layout: Layout, duplicates: Duplicates) -> Iterator[Diagnostic]:
    """A warning where records of one id say different things."""
    if duplicates.conflicts:
        many = f"{duplicates.conflicts:,} ids stand" if duplicates.conflicts > 1 else "1 id stands"
        first = "the earliest counts" if layout.kind == "events" else "one of each counts"
        message = f"{many} in several {layout.kind} with different contents, such as `{_short(duplicates.example)}`"
        yield finding("D202", message, hint=f"{first}; of equally old ones that whose JSON is smaller")


def unknown_event_types(connection: duckdb.DuckDBPyConnection, layout: Layout, schema: Schema) -> Iterator[Diagnostic]:
    """An info for each event type that the schema does not name."""
    known = list(schema.events)
    if schema.inferred or not known:
        return
    count = call("count", exp.Star())
    query = exp.select(column("type"), count.as_("events")).from_(working(layout)).where(is_null(column(REASON)))
    unknown = query.where(exp.Not(this=exp.In(this=column("type"), expressions=[text(name) for name in known])))
    order: Sequence[Sql] = [exp.Ordered(this=column("events"), desc=True), column("type")]
    found = rows(connection, unknown.group_by(column("type")).order_by(*order))
    for name, events in found[:_MOST_TYPES]:
        many = "1 event" if events == 1 else f"{events:,} events"
        hint = did_you_mean(str(name), known, "rules cannot see it: declare it in the schema if they should")
        yield finding(
            "D203", f"{many} of type `{_short(str(name))}`, which the schema does not know", NOWHERE, hint=hint
        )
    if len(found) > _MOST_TYPES:
        more = len(found) - _MOST_TYPES
        yield finding("D203", f"events of {more:,} more types that the schema does not know")
