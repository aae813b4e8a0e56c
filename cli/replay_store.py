"""`scoreline replay --store`: each instant as a snapshot in a store."""

from __future__ import annotations

import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING

from .console import progress, say
from .keeping import day
from .waiting import when_free

if TYPE_CHECKING:
    from ..engine.compiling import Compiled
    from ..engine.data import Dataset
    from ..engine.history import Replayed

WORDS = {"new": "new", "again": "in the place of others", "same": "there already"}


def keep(
    store: Path, patience: float, made: tuple[Replayed, Dataset], rules: Compiled, source: str, all_lines: bool
) -> list[str]:
    """Keep the results at all instants, and say how many snapshots are new; gives the commands to go on with."""
    from .. import __version__
    from ..engine.store import About, OfReplay, append

    about = About(rules.model, __version__, time.time_ns() // 1000, source)
    progress(f"writing {store} …")
    lines_of = made[0].results if all_lines else ()
    done = when_free(store, patience, lambda: append(store, OfReplay(*made), about, lines_of))
    counts = {what: sum(each.what == what for each in done) for what in WORDS}
    say(f"kept in {store}: " + ", ".join(f"{counts[what]:,} {WORDS[what]}" for what in WORDS if counts[what]))
    return [shlex.join(["scoreline", "moves", "--store", str(store), "--since", day(rules, done[0].at)])]
