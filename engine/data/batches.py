"""What there is to read: for each kind of record its relations, found in a folder, a JSON file or a mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from ...grammar.diagnostics import Diagnostic, finding
from .documents import records_of
from .errors import DataError
from .layout import KINDS, RecordKind
from .rejected import LineFinder
from .relations import Relation
from .sources import SourceMap, Sources


@dataclass(frozen=True)
class Batch:
    """One relation, how its records are mapped, and how to find their lines."""

    source: SourceMap
    relation: Relation
    lines: LineFinder


@dataclass
class Batches:
    """All there is to read, and what was doubtful about finding it."""

    found: dict[RecordKind, list[Batch]] = field(default_factory=dict)
    findings: list[Diagnostic] = field(default_factory=list)

    def of(self, kind: RecordKind) -> Sequence[Batch]:
        return self.found.get(kind, ())


def find_batches(
    source: str | Path | Mapping[str, object], sources: Sources, connection: duckdb.DuckDBPyConnection
) -> Batches:
    """Raises DataError where nothing can be read."""
    if isinstance(source, Mapping):
        return _of_mapping(source, sources)
    raise DataError([finding("D101", "there is no data")])


def _of_mapping(source: Mapping[str, object], sources: Sources) -> Batches:
    batches = Batches()
    for kind in KINDS:
        records = source.get(kind)
        if records is not None:
            batches.found[kind] = [Batch(sources.of(kind)[0], records_of(kind, records), same_number)]
    return batches


def same_number(file: str, ordinals: Sequence[int]) -> Mapping[int, int]:
    """Where each record is a line of its own."""
    return {ordinal: ordinal for ordinal in ordinals}
