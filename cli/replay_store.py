"""`scoreline replay --store`: each instant as a snapshot in a store."""

from __future__ import annotations

import shlex
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from .console import progress, say
from .keeping import day
from .waiting import when_free

if TYPE_CHECKING:
    from ..engine.compiling import Compiled
    from ..engine.data import Dataset
    from ..engine.history import Replayed
    from ..engine.model import Model

WORDS = {"new": "new", "again": "in the place of others", "same": "there already"}


class Snapshots:
    """Takes the results of a replay, which lie in files of a folder of its own until they are in the store.

    All of them go into it at once, or none.
    """

    def __init__(self, model: Model, dataset: Dataset) -> None:
        from ..engine.history.on_disk import OnDisk

        self._dataset = dataset
        self._folder = tempfile.TemporaryDirectory(prefix="scoreline-", ignore_cleanup_errors=True)
        self._results = OnDisk(Path(self._folder.name), model)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def add(self, replayed: Replayed) -> None:
        """Take the results at the instants that follow."""
        self._results.add(replayed)

    def keep(self, store: Path, patience: float, rules: Compiled, source: str, all_lines: bool) -> list[str]:
        """Keep the results at all instants, and say how many snapshots are new; gives the commands to go on with."""
        from .. import __version__
        from ..engine.store import About, OfReplay, append

        about = About(rules.model, __version__, time.time_ns() // 1000, source)
        progress(f"writing {store} …")
        with self._results.replayed(self._dataset.connection) as found:
            lines_of = found.results if all_lines else ()
            made = OfReplay(found, self._dataset)
            done = when_free(store, patience, lambda: append(store, made, about, lines_of))
        counts = {what: sum(each.what == what for each in done) for what in WORDS}
        say(f"kept in {store}: " + ", ".join(f"{counts[what]:,} {WORDS[what]}" for what in WORDS if counts[what]))
        return [shlex.join(["scoreline", "moves", "--store", str(store), "--since", day(rules, done[0].at)])]
