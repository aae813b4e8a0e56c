"""One id asked for in files that were read and checked before: what was found then is kept, never the data.

An entry belongs to a data folder, to how it is read, and to this very code; it counts as long as the files are as they
were (see `unchanged`). Of data that cannot be taken apart (see `engine.data.fetching`) nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from ..grammar.diagnostics import Diagnostic
from ..grammar.late_methods import dataclass
from .data.gathering import Statements, gathered
from .data.layout import layouts
from .instants import Zone
from .recall import is_switched_off
from .records import Population
from .schema import Schema
from .shelf import Shelf
from .unchanged import Files, Stamp

if TYPE_CHECKING:
    from .data import Dataset
    from .data.line_places import Places

CHECKED = Shelf("checked data")
PLACES = Shelf("places")


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

    files: Files
    schema: Schema
    zone: str
    allowed: tuple[object, ...]

    def checked(self) -> Checked | None:
        """What is known of the files, if they are as they were."""
        found = None if is_switched_off() else CHECKED.recall(self._key, lambda tree: tree)
        return found if isinstance(found, Checked) and found.stamp == self.files.stamp() else None

    def keep(self, dataset: Dataset, stamp: Stamp | None, now: int) -> None:
        """Keep what was found; `stamp` is that of the files before they were read, `now` in nanoseconds."""
        if stamp is None or dataset.origins is None or is_switched_off() or not self.files.are_still(stamp, now):
            return
        from .data.fetching import statements
        from .data.line_places import find_places

        zone = Zone.named(self.zone)
        found = Checked(
            stamp,
            tuple(dataset.findings),
            dataset.newest_event(),
            dataset.oldest_event(),
            statements(dataset.connection, dataset.layouts, dataset.origins, zone),
        )
        CHECKED.keep(self._key, found)
        places = find_places(found.statements.lines, dataset.layouts) if found.statements.lines else None
        if places is not None:
            PLACES.put(self._places_key(stamp), places)

    def places(self, known: Checked) -> Places | None:
        """The places of the lines of files; None where they are not known."""
        from .data.line_places import Places

        kept = PLACES.get(self._places_key(known.stamp)) if known.statements.lines else None
        try:
            return None if kept is None else Places(kept)
        except ValueError:
            return None

    @property
    def _key(self) -> str:
        return self.files.key(self.schema, self.zone, self.allowed)

    def _places_key(self, stamp: Stamp) -> str:
        return self.files.key(self.schema, self.zone, self.allowed, stamp)


@dataclass
class Nearby:
    """Files that were read before, of which somebody asks about one id; `opened` reads all of them again."""

    known: Checked
    folder: Folder
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
        from .data.plain_lines import Unusual

        with suppress(Unusual, OSError):
            return self._at_their_places(entity)
        import duckdb

        with duckdb.connect() as connection:
            try:
                self.known.statements.prepare(connection)
                return self.known.statements.gathered(connection, layouts(self.folder.schema), entity)
            except duckdb.Error:  # the files are not what they were
                return self.whole().around(entity)

    def _at_their_places(self, entity: str) -> Population | None:
        """The same of lines whose places are known. Raises Unusual and OSError."""
        from .data.line_places import PlacedLines
        from .data.plain_lines import Unusual

        places = self.folder.places(self.known)
        if places is None:
            raise Unusual
        known, zone = self.known.statements, Zone.named(self.folder.zone)
        placed = PlacedLines(known.lines, layouts(self.folder.schema), zone, places)
        return gathered(placed.fetch, placed.layouts, entity, known.has_versions)
