"""From files, frames or dicts to a dataset: the one way in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from sqlglot import exp

from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.source import Span
from ..instants import UTC_ZONE, Zone
from ..records import ReadCounts
from ..schema import Schema
from . import review
from .batches import Batch, find_batches
from .dataset import Dataset, Reject
from .duplicates import find_duplicates
from .errors import DataError
from .intake import MERGED, REASON, Intake, forget_file, open_table, settle, working
from .integrity import full_look
from .layout import Layout, RecordKind
from .rejected import LineFinder, Places, create_rejects, set_aside
from .relations import BLANK_LINE
from .sources import Sources
from .sql import call, column, either, is_null, rows, text
from .text_files import CsvRows, JsonLines, files_with_rejects, forget_rejects
from .texts import share_zone

Progress = Callable[[str, int], None]
"""Told the name of a phase and the number of records so far."""

MAX_REJECTED = 0.05


@dataclass(frozen=True)
class Tally:
    """Records of one kind: how many were read, and what became of those that do not count."""

    kind: RecordKind
    read: int
    rejected: int
    duplicates: int


def read(
    source: str | Path | Mapping[str, object],
    schema: Schema,
    sources: Sources | None = None,
    *,
    zone: Zone = UTC_ZONE,
    strict: bool = False,
    max_rejected: float = MAX_REJECTED,
    progress: Progress | None = None,
    connection: duckdb.DuckDBPyConnection | None = None,
) -> Dataset:
    """Read a folder, a JSON file, or a mapping of dicts or frames, typed by the schema.

    Raises DataError for what stops the read: data that are not there or not readable, no events, or more rejected
    records than allowed (any at all if `strict`). Everything else is in the findings of the dataset.

    >>> from ..schema import FieldType
    >>> schema = Schema(events={"visit": {"page": FieldType("text")}})
    >>> visit = {"id": 7, "type": "visit", "timestamp": "2026-03-01", "contact_id": "ann", "page": "pricing"}
    >>> read({"events": [visit]}, schema).population().events[0].properties
    {'page': 'pricing'}
    """
    dataset = Dataset(connection or duckdb.connect(), schema)
    batches = find_batches(source, sources or Sources(), dataset.connection)
    create_rejects(dataset.connection)
    share_zone(dataset.connection, zone)
    dataset.findings += batches.findings
    tallies = [
        _read_kind(dataset, layout, batches.of(kind), zone, progress or _silent)
        for kind, layout in dataset.layouts.items()
    ]
    events = next(tally for tally in tallies if tally.kind == "events")
    dataset.counts = ReadCounts(events.read, events.duplicates, events.rejected)
    batches.refuse_damaged()
    if events.read == 0:
        dataset.findings.append(finding("D102", "the data have no events").with_severity("warning"))
    examples = _examples(dataset)
    refusal = too_many_rejected(tallies, max_rejected, strict, examples)
    if refusal:
        raise DataError([*refusal, *(each for each in dataset.findings if each.is_error)], dataset)
    dataset.findings += [_rejected(tally, examples) for tally in tallies if tally.rejected]
    return dataset


def _examples(dataset: Dataset) -> dict[str, Reject]:
    """The first record of each kind that was rejected."""
    found: dict[str, Reject] = {}
    for each in dataset.rejects:
        found.setdefault(each.kind, each)
    return found


def _silent(phase: str, count: int) -> None:
    """No one wants to know."""


def _read_kind(dataset: Dataset, layout: Layout, batches: Sequence[Batch], zone: Zone, progress: Progress) -> Tally:
    """Read all records of one kind into their table."""
    connection = dataset.connection
    open_table(connection, layout)
    if not batches:
        settle(connection, layout, None)
        return Tally(layout.kind, 0, 0, 0)
    progress(layout.kind, 0)
    finders: list[LineFinder] = []
    for batch in batches:
        _take(connection, layout, batch, zone, finders)
        progress(layout.kind, _count(connection, layout))
    _refuse_merged(connection, layout)
    places = Places(connection, layout, finders)
    rejected = set_aside(connection, layout, places)
    duplicates = find_duplicates(connection, layout)
    dataset.findings += review.impossible_values(connection, layout, places)
    dataset.findings += review.conflicting_duplicates(layout, duplicates)
    if layout.kind == "events":
        dataset.findings += review.unknown_event_types(connection, layout, dataset.schema)
    tally = Tally(layout.kind, _count(connection, layout), rejected, duplicates.lost)
    settle(connection, layout, duplicates.query())
    return tally


def _take(
    connection: duckdb.DuckDBPyConnection, layout: Layout, batch: Batch, zone: Zone, finders: list[LineFinder]
) -> None:
    """Read one batch; the files over which the engine stumbles are read again, exactly."""
    forget_rejects(connection)
    part = len(finders)
    finders.append(batch.lines)
    try:
        Intake(layout, batch.source, zone, part).take(connection, batch.relation, batch.label)
        stumbled = files_with_rejects(connection, batch.files)
    except duckdb.InvalidInputException:
        stumbled = list(batch.files)
    except duckdb.IOException as error:
        raise DataError(_damaged(batch, error)) from error
    relation = batch.relation
    if not isinstance(relation, (CsvRows, JsonLines)):
        return
    for file in stumbled:
        forget_file(connection, layout, part, file.name)
        again = relation.exactly(file)
        Intake(layout, batch.source, zone, len(finders)).take(connection, again, file.name)
        finders.append(again.places)


def _damaged(batch: Batch, error: duckdb.Error) -> list[Diagnostic]:
    """What is wrong with the files that could not be read to the end."""
    damaged = [problem for file in batch.files if (problem := full_look(file)) is not None]
    if damaged:
        return damaged
    names = ", ".join(f"`{file.name}`" for file in batch.files if str(file.path) in str(error)) or "the data"
    return [finding("D103", f"{names} cannot be read: {str(error).splitlines()[0]}")]


def _count(connection: duckdb.DuckDBPyConnection, layout: Layout) -> int:
    """The records read so far, without blank lines."""
    reason = column(REASON)
    record = either(is_null(reason), exp.NEQ(this=reason, expression=text(BLANK_LINE)))
    query = exp.select(call("count", exp.Star())).from_(working(layout)).where(record)
    return int(str(rows(connection, query)[0][0]))


def _refuse_merged(connection: duckdb.DuckDBPyConnection, layout: Layout) -> None:
    merged = exp.select(call("count", exp.Star()), call("min", column("id"))).from_(working(layout))
    count, example = rows(connection, merged.where(column(MERGED)))[0]
    if count:
        message = f"{count} of the {layout.kind} have `merged_into` (`{example}` is one), which is not followed yet"
        hint = "give each event the surviving id, and leave the merged records out"
        raise DataError([finding("D107", message, hint=hint)])


def too_many_rejected(
    tallies: Sequence[Tally], max_rejected: float, strict: bool, examples: Mapping[str, Reject]
) -> list[Diagnostic]:
    """Errors where more records of a kind were rejected than allowed."""
    allowed = 0.0 if strict else max_rejected
    limit = "with --strict none may be" if strict else f"at most {max_rejected * 100:g} % may be (--max-rejected)"
    hint = "mend the data, or say in `sources:` where things stand; `--out DIR` writes each record to rejected.ndjson"
    return [
        _about_rejected("D108", f"{_share(tally)} cannot be read: {limit}", hint, examples[tally.kind])
        for tally in tallies
        if tally.rejected > allowed * tally.read
    ]


def _rejected(tally: Tally, examples: Mapping[str, Reject]) -> Diagnostic:
    hint = "`--out DIR` writes each to rejected.ndjson with its file, line and reason"
    return _about_rejected("D204", f"{_share(tally)} cannot be read and were set aside", hint, examples[tally.kind])


def _share(tally: Tally) -> str:
    return f"{tally.rejected:,} of {tally.read:,} {tally.kind}"


def _about_rejected(code: str, message: str, hint: str, example: Reject) -> Diagnostic:
    place = Span(example.file, example.line, 1, example.line, 1)
    return finding(code, message, place, label=f"the first of them: {example.reason}", hint=hint)
