"""Taking in the records of one kind, batch by batch; what the engine stumbles over is read again, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

import duckdb
from sqlglot import exp

from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.late_methods import dataclass
from ..instants import Zone
from .batches import Batch
from .errors import DataError
from .files import DataFile
from .intake import MERGED, ODD, REASON, Intake, forget_file, working
from .integrity import full_look
from .layout import Layout
from .rejected import LineFinder
from .relations import BLANK_LINE, Readable
from .sql import both, call, column, either, equals, is_known, is_null, negated, rows, text
from .text_files import CsvRows, JsonLines, files_with_rejects, forget_rejects

NOT_OURS = (duckdb.OutOfMemoryException, duckdb.InterruptException)
"""What happens to the engine has nothing to do with the files."""

_FEW = 20_000


@dataclass(frozen=True)
class Taken:
    """How many records there are, without blank lines; how many are rejected, live on under another id, or have an
    impossible value."""

    records: int = 0
    rejected: int = 0
    merged: int = 0
    odd: int = 0

    @property
    def are_few(self) -> bool:
        """Whether to save statements is worth more than to save work."""
        return self.records < _FEW


@dataclass
class Taking:
    """The working table of a layout as it fills. `finders` know the lines of the records of each part.

    `stumbled`: the engine could not read every record, and some files were read by Python.
    """

    connection: duckdb.DuckDBPyConnection
    layout: Layout
    zone: Zone
    finders: list[LineFinder] = field(default_factory=list)
    stumbled: bool = False

    def take(self, batch: Batch) -> None:
        """Read one batch. Raises DataError if it cannot be read to the end."""
        part = len(self.finders)
        for file in self._take_quickly(batch):
            self.stumbled = True
            forget_file(self.connection, self.layout, part, file.name)
            self._take_exactly(batch, file)

    def counted(self) -> Taken:
        """What was taken in so far."""
        reason = column(REASON)
        is_kept, is_no_record = is_null(reason), equals(reason, text(BLANK_LINE))
        counted = [
            either(is_kept, negated(is_no_record)),
            negated(is_no_record),
            both(is_kept, is_known(column(MERGED))),
            both(is_kept, is_known(column(ODD))),
        ]
        query = exp.select(*(call("count_if", each) for each in counted)).from_(working(self.layout))
        return Taken(*(int(str(count or 0)) for count in rows(self.connection, query)[0]))

    def _take_quickly(self, batch: Batch) -> Sequence[DataFile]:
        """Let the engine read all files at once; returns those over which it stumbled."""
        is_text = isinstance(batch.relation, (CsvRows, JsonLines))
        if is_text:
            forget_rejects(self.connection)
        try:
            self._take(batch, batch.relation, batch.label, batch.lines)
        except NOT_OURS:
            raise
        except duckdb.Error as error:
            damaged = [problem for file in batch.files if (problem := full_look(file)) is not None]
            if damaged or not is_text:
                raise DataError(damaged or [_unreadable(batch, error)]) from error
            return batch.files
        return files_with_rejects(self.connection, batch.files) if is_text else ()

    def _take_exactly(self, batch: Batch, file: DataFile) -> None:
        """Read one file of a batch line by line in Python."""
        assert isinstance(batch.relation, (CsvRows, JsonLines))
        before = 0
        for some in batch.relation.exactly(file):
            self._take(batch, some, file.name, some.places, before)
            before += len(some.found)

    def _take(self, batch: Batch, relation: Readable, label: str, finder: LineFinder, before: int = 0) -> None:
        intake = Intake(self.layout, batch.source, self.zone, len(self.finders), before)
        self.finders.append(finder)
        intake.take(self.connection, relation, label)


def _unreadable(batch: Batch, error: duckdb.Error) -> Diagnostic:
    message = f"`{batch.label}` cannot be read: {str(error).splitlines()[0]}"
    return finding("D103", message, batch.files[0].span if batch.files else batch.source.span)
