"""One id asked for in files that were read and checked before: what was found then is kept, never the data.

An entry belongs to a data folder, to how it is read, and to this very code; it counts as long as the files are as they
were (see `unchanged`). Of data that cannot be taken apart (see `engine.data.fetching`) nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import cached_property
from typing import TYPE_CHECKING

from ..grammar.diagnostics import Diagnostic
from ..grammar.late_methods import dataclass
from .data.gathering import Fetch, Ids, Statements, gathered
from .data.layout import RecordKind, layouts
from .instants import Zone
from .recall import is_switched_off
from .records import Population
from .schema import Schema
from .shelf import Shelf
from .unchanged import Files, Stamp, Unchanged

if TYPE_CHECKING:
    import duckdb

    from .data import Dataset
    from .data.line_places import Places
    from .data.rebuilt import Row

CHECKED = Shelf("checked data")
PLACES = Shelf("places")


@dataclass(frozen=True)
class Checked:
    """What was found in files when all of them were read, and how records are fetched from them."""

    stamp: Stamp
    findings: tuple[Diagnostic, ...]
    newest: int | None
    oldest: int | None
    events: int
    statements: Statements


@dataclass(frozen=True)
class Folder:
    """A data folder as it is read: what `Checked` is kept of. `how` says what else decides what is read of it."""

    files: Files
    schema: Schema
    zone: str
    how: tuple[object, ...]

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
            dataset.count_events(),
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
        return self.files.key(*self.asked)

    @property
    def asked(self) -> tuple[object, ...]:
        """All that decides what is read of the files."""
        return self.schema, self.zone, self.how

    def _places_key(self, stamp: Stamp) -> str:
        return self.files.key(*self.asked, stamp)


@dataclass
class Nearby:
    """Files that were read before, of which somebody asks about one id; `opened` reads all of them again, once."""

    known: Checked
    folder: Folder
    opened: Callable[[], Dataset]
    unchanged: Unchanged | None = None

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

    def count_events(self) -> int:
        """How many events there are."""
        return self.known.events

    def whole(self) -> Dataset:
        """All data."""
        return self._all

    @cached_property
    def _all(self) -> Dataset:
        return self.opened()

    def around(self, entity: str) -> Population | None:
        """The records of an id and of everyone that its results can depend on; None where no record has that id."""
        from .data.plain_lines import Unusual

        with ExitStack() as stack:
            engine = self._engine(stack)
            try:
                with suppress(Unusual, OSError):
                    return self._gathered(self._reader(engine), entity)
                return self._gathered(engine, entity)
            except _HaveChanged:
                return self.whole().around(entity)

    def _gathered(self, fetch: Fetch, entity: str) -> Population | None:
        return gathered(fetch, layouts(self.folder.schema), entity, self.known.statements.has_versions)

    def _engine(self, stack: ExitStack) -> Fetch:
        """Fetches records by the engine, which is loaded when it is asked."""
        opened: list[duckdb.DuckDBPyConnection] = []

        def fetch(kind: RecordKind, ids: Ids) -> list[Row]:
            from .data.bare_engine import engine

            statements = self.known.statements
            try:
                if not opened:
                    opened.append(stack.enter_context(engine.connect()))
                    statements.prepare(opened[0])
                return statements.fetch(opened[0], kind, ids)
            except engine.Error as error:
                raise _HaveChanged from error

        return fetch

    def _reader(self, engine: Fetch) -> Fetch:
        """Fetches records from lines whose places are known, all others by the engine. Raises Unusual and OSError."""
        from .data.line_places import PlacedLines
        from .data.plain_lines import Unusual

        places, lines = self.folder.places(self.known), self.known.statements.lines
        if places is None:
            raise Unusual
        placed = PlacedLines(lines, layouts(self.folder.schema), Zone.named(self.folder.zone), places)
        return lambda kind, ids: placed.fetch(kind, ids) if kind in lines else engine(kind, ids)


class _HaveChanged(Exception):
    """The files are not what they were."""
