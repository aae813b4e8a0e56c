"""A schema from the data, for rulesets that declare none.

A field has a type only if all its known values have it: in JSON by what it is there, in CSV by what its text can be
read as (number, then true or false, date, timestamp, else text). What is neither, such as a list of numbers, is left
out: rules could do nothing with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
from sqlglot import exp

from ..instants import UTC_ZONE
from ..schema import FieldType, Kind, Schema
from .batches import Batch, find_batches
from .cells import Cell, CsvForm, Form, NativeForm
from .layout import ROLES, RecordKind, spelling
from .lookup import MERGED_INTO, Lookup, cell_columns, layer, with_texts
from .paths import field_path, join_path
from .sources import Sources
from .sql import Sql, both, call, column, first_known, is_known, one_of, rows, select, text
from .texts import matches, says_instant

_AT_ONCE = 20
"""How many fields are looked at in one statement."""

_CHECKS: tuple[Kind, ...] = ("unknown", "number", "bool", "date", "timestamp", "list", "text")
"""What is counted of each field: the values that there are (`unknown`), and those that can be read as each kind."""

Counts = dict[str, dict[str, Counter[Kind]]]
"""For each event type (empty for accounts and contacts) and field: how many values can be read as what."""


def infer_schema(
    source: str | Path | Mapping[str, object],
    sources: Sources | None = None,
    *,
    connection: duckdb.DuckDBPyConnection | None = None,
) -> Schema:
    """The fields, event types and properties that the data show. Raises DataError like `read`.

    >>> visit = {"id": 1, "type": "visit", "page": "pricing", "seconds": 4}
    >>> infer_schema({"events": [visit]}).events["visit"]["seconds"].kind
    'number'
    """
    connection = connection or duckdb.connect()
    batches = find_batches(source, sources or Sources(), connection)
    counts: dict[RecordKind, Counts] = {kind: {} for kind in ROLES}
    for kind in ROLES:
        for batch in batches.of(kind):
            _count(connection, Lookup(kind, batch.source), batch, counts[kind])
    batches.refuse_damaged()
    for found in counts.values():
        _spell_once(found)
    return Schema(
        contact=_typed(counts["contacts"].get("", {})),
        account=_typed(counts["accounts"].get("", {})),
        events={event_type: _typed(found) for event_type, found in sorted(counts["events"].items())},
        inferred=True,
    )


def _spell_once(counts: Counts) -> None:
    """Of names that differ only in case, keep the one that most values have."""
    totals: Counter[str] = Counter()
    for fields in counts.values():
        totals.update({name: found["unknown"] for name, found in fields.items()})
    kept: dict[str, str] = {}
    for name in sorted(totals, key=lambda name: (-totals[name], name)):
        kept.setdefault(spelling(name), name)
    for fields in counts.values():
        for name in [name for name in fields if kept[spelling(name)] != name]:
            del fields[name]


def _typed(fields: Mapping[str, Counter[Kind]]) -> dict[str, FieldType]:
    """The first kind that all known values have; text if they have several, nothing if none has any."""
    found: dict[str, FieldType] = {}
    for name, counts in sorted(fields.items()):
        known = counts["unknown"]
        kinds: list[Kind] = [kind for kind in _CHECKS[1:] if known and counts[kind] == known]
        if kinds:
            found[name] = FieldType(kinds[0])
        elif counts["number"] or counts["bool"] or counts["text"]:
            found[name] = FieldType("text")
    return found


def _count(connection: duckdb.DuckDBPyConnection, lookup: Lookup, batch: Batch, counts: Counts) -> None:
    """Add what one batch shows."""
    for some in _stretches(dict.fromkeys(_names(connection, lookup, batch))):
        query, parameters = _statistics(lookup, batch, some)
        for event_type, *found in rows(connection, query, parameters):
            fields = counts.setdefault(str(event_type), {})
            for place, name in enumerate(some):
                values = found[place * len(_CHECKS) : (place + 1) * len(_CHECKS)]
                per_kind = {kind: int(str(value)) for kind, value in zip(_CHECKS, values, strict=True)}
                fields.setdefault(name, Counter()).update(per_kind)


def _stretches(names: Iterable[str]) -> Iterator[list[str]]:
    """The names some at a time, none of which differ only in case; one stretch at least, for the event types."""
    waiting: list[list[str]] = [[]]
    for name in names:
        fitting = (each for each in waiting if len(each) < _AT_ONCE and spelling(name) not in map(spelling, each))
        stretch = next(fitting, None)
        if stretch is None:
            waiting.append(stretch := [])
        stretch.append(name)
    yield from waiting


def _names(connection: duckdb.DuckDBPyConnection, lookup: Lookup, batch: Batch) -> Iterator[str]:
    """The names that fields can have: those that are mapped, and the places of other values."""
    source = batch.source
    yield from source.fields
    bindings = [lookup.binding(role) for role in ROLES[lookup.kind]] + list(source.fields.values())
    used = {path for path in bindings if isinstance(path, tuple)} | {(MERGED_INTO,)}
    keys = {role.key for role in ROLES[lookup.kind]}
    for path in batch.relation.paths(connection):
        inner = path[1:] if lookup.kind == "events" and path[0] == "properties" else path
        name = join_path(inner)
        if inner and path not in used and (inner is not path or inner[0] not in keys) and field_path(name) == inner:
            yield name


def _statistics(lookup: Lookup, batch: Batch, names: Sequence[str]) -> tuple[exp.Select, list[object]]:
    """For each event type: how many values of each field there are, and how many can be read as what."""
    prepared = batch.relation.prepare(lookup.wanted(names))
    event_type: Sql = text("")
    for role in ROLES[lookup.kind]:
        if role.key == "type":
            form, cell = lookup.key(role, prepared.forms)
            event_type = exp.null() if form is None else form.as_text(cell)
    query = layer(with_texts(prepared), {"event type": event_type}, cell_columns(prepared.forms))
    counted: list[Sql] = []
    for name in names:
        form, cell = lookup.field(name, prepared.forms)
        checks = [exp.false() for _ in _CHECKS] if form is None else _checks(form, cell)
        counted += [call("count_if", first_known(check, exp.false())) for check in checks]
    statistics = select(column("event type"), *counted, source=query).where(is_known(column("event type")))
    return statistics.group_by(column("event type")), prepared.parameters


def _checks(form: Form, cell: Cell) -> list[Sql]:
    """The conditions in the order of `_CHECKS`."""
    bool_ = is_known(form.as_bool(cell))
    list_ = is_known(form.as_list(cell))
    if isinstance(form, CsvForm):  # where nothing declares them, `1` is a number, `yes` and `a;b` are texts
        bool_ = one_of(call("lower", cell.text), ("true", "false"))
        list_ = exp.false()
    day = is_known(form.as_date(cell))
    instant = is_known(form.as_instant(cell, UTC_ZONE))
    if not isinstance(form, NativeForm) or form.family == "text":
        day = both(matches(cell.text, ".{10}"), day)
        instant = says_instant(cell.text)
    readings = [is_known(form.as_number(cell)), bool_, day, instant, list_]
    return [form.is_there(cell), *readings, is_known(form.as_text(cell))]
