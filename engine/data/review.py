"""What the reader has to say about what it read: values that were impossible, duplicates, unknown event types."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

import duckdb
from sqlglot import exp

from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.source import Span
from ..fold import fold
from ..schema import Kind, Schema
from ..suggest import nearest
from .duplicates import Duplicates
from .intake import ODD, REASON, working
from .layout import Layout
from .rejected import Places
from .sources import say_clock
from .sql import Sql, both, call, cast, column, is_known, is_null, record, rows, text

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


def impossible_values(
    connection: duckdb.DuckDBPyConnection, layout: Layout, places: Places, wanted: Collection[str]
) -> Iterator[Diagnostic]:
    """One warning for each of the wanted columns with values that are none of its type."""
    entries = call("unnest", call("map_entries", cast(cast(column(ODD), "JSON"), "MAP(TEXT, TEXT)"))).as_("entry")
    odd = exp.select(column("rowid").as_("row"), entries).from_(working(layout))
    odd = odd.where(both(is_null(column(REASON)), is_known(column(ODD))))
    name, value = (call("struct_extract", column("entry"), text(part)) for part in ("key", "value"))
    each = exp.select(name.as_("name"), value.as_("value"), call("count", exp.Star()).as_("times"))
    each = each.select(call("min", column("row")).as_("first")).from_(odd.subquery("odd")).where(is_known(value))
    each = each.group_by(column("name"), column("value"))
    counted = exp.select(
        column("name"),
        call("sum", column("times")),
        call("min", column("first")),
        call("arg_min", column("value"), column("first")),
        call("arg_max", column("value"), record({"times": column("times"), "value": column("value")})),
        call("max", column("times")),
    )
    counted = counted.from_(each.subquery("each")).group_by(column("name")).order_by(column("name"))
    for column_name, count, row, example, usual, times in rows(connection, counted):
        if column_name not in wanted:
            continue
        found = _impossible(layout, str(column_name), int(str(count)), str(example), places.span(int(str(row))))
        meant = _meant(layout, str(column_name), str(usual), int(str(times)))
        yield replace(found, hint=meant) if meant else found


def _meant(layout: Layout, name: str, usual: str, times: int) -> str:
    """What the most frequent of the impossible values may have been meant to be, if that is a member of a list."""
    variants = [variant for each in layout.columns if each.name == name for variant in each.variants]
    value = usual.strip('"')
    close = nearest(value, (member for variant in variants for member in variant.type.values or ()))
    many = "once" if times == 1 else f"{times:,} times"
    return f"`{_short(value)}` stands there {many}: did you mean `{close[0]}`?" if close else ""


def _impossible(layout: Layout, name: str, count: int, example: str, span: Span) -> Diagnostic:
    field, wanted = _wanted(layout, name)
    values = "1 value" if count == 1 else f"{count:,} values"
    clock = say_clock(example) if wanted == _WANTED["timestamp"] else ""
    message = f"`{field}` of {layout.kind}: {values} cannot be read as {wanted}, such as `{_short(example)}`"
    return finding(
        "D201",
        message,
        span,
        label="the first of them",
        hint=clock or "such a value counts as missing: mend the data or the schema",
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


def unknown_event_types(counts: Mapping[str, int], schema: Schema) -> Iterator[Diagnostic]:
    """A warning for each type that looks like a slip for a declared one without events, and one info for the others.

    `counts` are the events of each type, the most first.
    """
    if schema.inferred or not schema.events:
        return
    unseen = [name for name in schema.events if name not in counts]
    others: list[str] = []
    for name in (name for name in counts if name not in schema.events):
        meant = get_close_matches(fold(name), {fold(each): each for each in unseen}, 1, 0.75)
        if meant:
            message = f"{_events(counts[name])} of type `{_short(name)}`, which the schema does not know"
            declared = next(each for each in unseen if fold(each) == meant[0])
            yield finding("D203", message, hint=f"did you mean `{declared}`, of which there are none?")
        else:
            others.append(name)
    if others:
        shown = ", ".join(f"`{_short(name)}` ({counts[name]:,})" for name in others[:_MOST_TYPES])
        more = " …" if len(others) > _MOST_TYPES else ""
        many = "1 event type is" if len(others) == 1 else f"{len(others)} event types are"
        message = f"{many} not in the schema: {shown}{more}"
        hint = "rules cannot see their events: declare those that should count"
        yield finding("D203", message, hint=hint).with_severity("info")


def events_by_type(connection: duckdb.DuckDBPyConnection, layout: Layout) -> dict[str, int]:
    """How many events there are of each type, the most first."""
    count = call("count", exp.Star())
    query = exp.select(column("type"), count.as_("events")).from_(working(layout)).where(is_null(column(REASON)))
    order: Sequence[Sql] = [exp.Ordered(this=column("events"), desc=True), column("type")]
    found = rows(connection, query.group_by(column("type")).order_by(*order))
    return {str(name): int(str(events)) for name, events in found}


def _events(count: int) -> str:
    return "1 event" if count == 1 else f"{count:,} events"
