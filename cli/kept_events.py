"""`--keep-events`: files of events that a store knows are not read again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..grammar.late_methods import dataclass
from .keeping import when_free

if TYPE_CHECKING:
    import duckdb

    from ..engine.data import Dataset, KnownEvents
    from ..engine.ruleset import Ruleset
    from ..engine.store import About
    from ..engine.store.typed import Typing

events_option = click.option(
    "--keep-events",
    is_flag=True,
    help="Keep the events in the store, too, typed and checked: files of events (CSV, JSON) that have not changed are "
    "not read again.",
)


@dataclass
class Events:
    """What a store knows of the files of events, and keeps of them."""

    store: Path
    typing: Typing
    connection: duckdb.DuckDBPyConnection
    _open: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def known(self, patience: float) -> KnownEvents | None:
        """What need not be read; the store is open until it is released."""
        from .. import __version__
        from ..engine.store.typed import known_events

        return when_free(
            self.store,
            patience,
            lambda: self._open.enter_context(known_events(self.connection, self.store, self.typing, __version__)),
        )

    def release(self) -> None:
        """Let others at the store; the data cannot be asked any more."""
        self._open.close()

    def keeping(self, dataset: Dataset, about: About) -> Callable[[duckdb.DuckDBPyConnection], None]:
        """What keeps the events that were read now, in the store once it is open to be written."""
        from ..engine.store.typed import keep_events

        self.release()

        def keep(cursor: duckdb.DuckDBPyConnection) -> None:
            keep_events(cursor, dataset, self.typing, about.made_at)

        return keep


def read(
    store: Path, patience: float, rules: Ruleset, data: str, reading: Callable[..., Dataset]
) -> tuple[Dataset, Events | None]:
    """The data, of which only those are read that the store does not know; `reading` reads them.

    None where nothing can be known of them: the data are no folder.
    """
    import duckdb

    from .. import __version__
    from ..engine.data import DoNotFit
    from ..engine.store.typed import Typing

    typing = Typing.of(rules, data, __version__)
    if typing is None:
        return reading(), None
    events = Events(store, typing, duckdb.connect())
    try:
        return reading(connection=events.connection, known=events.known(patience)), events
    except DoNotFit:
        events.release()
        return reading(), events
