"""One id asked for in files that were read and checked before: what was found then is kept, never the data.

An entry belongs to a data folder, to how it is read, and to this very code. It says which files were read, and counts
only as long as each of them is the same: its size, its times, its place on the disk. Of data that cannot be taken
apart (see `engine.data.fetching`), and of files that may still be written, nothing is kept.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ..grammar.diagnostics import Diagnostic
from ..grammar.late_methods import dataclass
from .data.gathering import Statements
from .data.layout import KINDS, layouts
from .data.sources import Sources
from .instants import Zone
from .recall import is_switched_off, this_code
from .records import Population
from .schema import Schema
from .shelf import Shelf

if TYPE_CHECKING:
    from .data import Dataset

CHECKED = Shelf("checked data")
STILL_WRITTEN = 2_000_000_000
"""A file that was changed so many nanoseconds ago may be changed again without being older, or larger."""

Stamp = tuple[tuple[object, ...], ...]
"""The files of a folder, each with what is another as soon as it is written."""


@dataclass(frozen=True)
class Checked:
    """What was found in files when all of them were read, and how records are fetched from them."""

    stamp: Stamp
    findings: tuple[Diagnostic, ...]
    newest: int | None
    oldest: int | None
    statements: Statements


@dataclass(frozen=True)
class Folder:
    """A data folder as it is read: what `Checked` is kept of. `allowed` says what stops the reading."""

    path: Path
    schema: Schema
    sources: Sources
    zone: str
    allowed: tuple[object, ...]

    def checked(self) -> Checked | None:
        """What is known of the files, if they are as they were."""
        found = None if is_switched_off() else CHECKED.recall(self._key, lambda tree: tree)
        return found if isinstance(found, Checked) and found.stamp == self.stamp() else None

    def keep(self, dataset: Dataset, stamp: Stamp | None, now: int) -> None:
        """Keep what was found; `stamp` is that of the files before they were read, `now` in nanoseconds."""
        if stamp is None or dataset.origins is None or is_switched_off() or stamp != self.stamp():
            return
        if any(cast(int, changed) > now - STILL_WRITTEN for _, _, _, *times, _ in stamp for changed in times):
            return
        from .data.fetching import statements

        zone = Zone.named(self.zone)
        found = Checked(
            stamp,
            tuple(dataset.findings),
            dataset.newest_event(),
            dataset.oldest_event(),
            statements(dataset.connection, dataset.layouts, dataset.origins, zone),
        )
        CHECKED.keep(self._key, found)

    def stamp(self) -> Stamp | None:
        """The files as they are now; None where they cannot be told."""
        from .data.errors import DataError
        from .data.files import find_files

        odd: list[Diagnostic] = []
        try:
            files = [
                file
                for kind in KINDS
                for source in self.sources.of(kind)
                for file in find_files(self.path, source, odd)
            ]
            found = [(file.name, *_of(file.path.stat())) for file in files]
        except (DataError, OSError):
            return None
        return (*found, *((item.message, 0, 0, 0, 0, 0) for item in odd))

    @property
    def _key(self) -> str:
        read_by = (self.schema, self.sources, self.zone, self.allowed)
        asked = (this_code(), str(self.path.absolute()), repr(read_by))
        return hashlib.sha256(repr(asked).encode("utf-8", "surrogatepass")).hexdigest()


def _of(about: os.stat_result) -> tuple[object, ...]:
    return about.st_size, about.st_ino, about.st_mtime_ns, about.st_ctime_ns, about.st_dev


@dataclass
class Nearby:
    """Files that were read before, of which somebody asks about one id; `opened` reads all of them again."""

    known: Checked
    schema: Schema
    opened: Callable[[], Dataset]

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """What was found when everything was read."""
        return self.known.findings

    def newest_event(self) -> int | None:
        """The instant of the newest event; None without events."""
        return self.known.newest

    def oldest_event(self) -> int | None:
        """The instant of the oldest event; None without events."""
        return self.known.oldest

    def whole(self) -> Dataset:
        """All data."""
        return self.opened()

    def around(self, entity: str) -> Population | None:
        """The records of an id and of everyone that its results can depend on; None where no record has that id."""
        import duckdb

        with duckdb.connect() as connection:
            try:
                self.known.statements.prepare(connection)
                return self.known.statements.gathered(connection, layouts(self.schema), entity)
            except duckdb.Error:  # the files are not what they were
                return self.whole().around(entity)
