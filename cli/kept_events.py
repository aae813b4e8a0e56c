"""`--keep-events`: files of events that a store knows are not read again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..grammar.late_methods import dataclass
from .console import say
from .waiting import when_free

if TYPE_CHECKING:
    import duckdb

    from ..engine.data import Dataset, KnownEvents
    from ..engine.frames import Results
    from ..engine.ready import Ready
    from ..engine.ruleset import Ruleset
    from ..engine.runners.embedded import Watch
    from ..engine.store import About
    from ..engine.store.state import Keeping
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
    kept: Keeping | None = None
    adds: bool = False
    are_kept: bool = True
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
        """What keeps the events that were read now, and what a run has counted, in the store once it is open to be
        written."""
        from ..engine.store.state import forget
        from ..engine.store.typed import keep_events

        self.release()

        def keep(cursor: duckdb.DuckDBPyConnection) -> None:
            parts = keep_events(cursor, dataset, self.typing, about.made_at)
            self.are_kept = parts is not None
            if self.kept is None:
                forget(cursor)
            else:
                self.kept.keep(cursor, parts, self.adds, about.made_at)

        return keep

    def say_unkept(self, dataset: Dataset) -> None:
        """Say why the next run reads all events anew, if it does."""
        read = dataset.events_read
        if self.are_kept:
            return
        if read is None or not self.typing.events.is_whole(read.files):
            why = "Parquet and single documents are read where they lie"
        elif not read.in_order:
            why = "some cannot be read, have impossible values, or ids that come twice"
        else:
            why = "a file has changed while it was read"
        say(f"the events are not kept, so the next run reads all of them: {why}")

    def prepare(self, rules: Ruleset, dataset: Dataset, instant: int, patience: float) -> bool:
        """Whether a run at an instant can keep what new events can be added to."""
        from .. import __version__
        from ..engine.plan.increment import NotAdditive
        from ..engine.store.state import Keeping

        def keeping() -> Keeping:
            return Keeping.of(dataset.connection, self.store, rules.model, self.typing, __version__, instant)

        try:
            self.kept = when_free(self.store, patience, keeping)
        except NotAdditive:
            return False
        return True

    def score(self, rules: Ruleset, dataset: Dataset, watch: Watch | None, planned: Callable[[Ready], None]) -> Results:
        """The results of everybody; what new events can be added to stays beside them."""
        from ..engine.kept import results_of_run

        assert self.kept is not None
        planned(self.kept.ready.whole)
        return results_of_run(rules.model, self.kept.whole(dataset, watch))

    def add(self, rules: Ruleset, dataset: Dataset) -> Results | None:
        """The results of those whom new events touch, added to what the store knows; None where all are to be scored,
        for a reason that is told."""
        from ..engine.kept import results_of_run
        from ..engine.plan.increment import NotAdditive

        if self.kept is None or dataset.events_read is None:
            return None
        try:
            made = self.kept.add(dataset)
        except NotAdditive as reason:
            if str(reason):
                say(f"everything is scored anew: {reason}")
            return None
        self.adds = True
        return results_of_run(rules.model, made)

    def whole(self, results: Results, patience: float) -> None:
        """Results that were added to what the store knew, and are kept there, become those of everybody."""
        from .. import __version__
        from ..engine.kept import run_of
        from ..engine.store.whole import whole

        made = run_of(results)
        if self.adds and made is not None:
            resource = click.get_current_context().with_resource
            when_free(self.store, patience, lambda: resource(whole(made, self.store, __version__)))


def read(
    store: Path,
    patience: float,
    rules: Ruleset,
    data: str,
    also: Sequence[tuple[str, str]],
    reading: Callable[..., Dataset],
    connection: duckdb.DuckDBPyConnection,
) -> tuple[Dataset, Events | None]:
    """The data, of which only those are read that the store does not know; `reading` reads them, into the connection,
    `also` fields that no rule asks for.

    None where nothing can be known of them: the data are no folder.
    """
    from .. import __version__
    from ..engine.data import DoNotFit
    from ..engine.store.typed import Typing

    typing = Typing.of(rules, data, __version__, also)
    if typing is None:
        return reading(), None
    events = Events(store, typing, connection)
    try:
        return reading(connection=connection, known=events.known(patience)), events
    except DoNotFit:
        say("everything is read anew: an event has an id that was known, or accounts or contacts were merged")
        events.release()
        return reading(), events
