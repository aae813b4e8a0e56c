"""`--store`: the results of a run are kept in a file, beside whatever else becomes of them."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .console import progress, say
from .reports import plural
from .waiting import when_free

if TYPE_CHECKING:
    import duckdb

    from ..engine.compiling import Compiled
    from ..engine.data import Dataset
    from ..engine.frames import Results
    from ..engine.plan import Plan
    from ..engine.runners.embedded import Run
    from ..engine.runners.recalling import Known
    from ..engine.store import Appended
    from ..grammar.nodes import Level
    from .kept_events import Events

store_option = click.option(
    "--store",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep the results in this file (made if need be), as the snapshot of that instant. "
    "With it --as-of is, by default, the end of yesterday.",
)

kept_store_option = click.option(
    "--store",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    required=True,
    help="What `run --store` has kept.",
)


def check(store: Path, patience: float, rules: Compiled) -> duckdb.DuckDBPyConnection:
    """Refuse a store that cannot take the results of these rules, before anything is computed; gives the connection
    that has looked into it."""
    import duckdb

    from .. import __version__
    from ..engine.store import check as check_store

    connection = duckdb.connect()
    when_free(store, patience, lambda: check_store(connection, store, rules.model.name, __version__))
    return connection


def fields(rules: Compiled) -> list[tuple[str, str]]:
    """What is kept beside results: the fields of accounts, by which moves can be told apart."""
    return [("account", name) for name in rules.model.schema.account]


def knowing(store: Path, patience: float) -> Callable[[Plan, Dataset, int], Known | None]:
    """Gives what a store knows of a day before, so that only the days after it are worked out."""
    from .. import __version__
    from ..engine.store.memory import known_day

    def known(plan: Plan, dataset: Dataset, at: int) -> Known | None:
        return when_free(store, patience, lambda: known_day(plan, dataset, store, __version__, at))

    return known


def keep(
    store: Path,
    patience: float,
    made: tuple[Results, Dataset],
    rules: Compiled,
    source: str,
    all_lines: bool,
    events: Events | None = None,
) -> list[str]:
    """Keep the results that were made from a dataset, and say what is new in them; gives the commands to go on with."""
    from .. import __version__
    from ..engine.kept import run_of
    from ..engine.store import About, OfRun, append

    run = run_of(made[0])
    if run is None:
        raise ValueError("these results are not inside the engine")
    about = About(rules.model, __version__, time.time_ns() // 1000, source)
    progress(f"writing {store} …")
    lines: tuple[Level, ...] = ("account", "lead") if all_lines else ()
    also = told_next(run)
    if events is not None:
        also.append(events.keeping(made[1], about))
    adds = events is not None and events.adds
    kept = OfRun(run, None if adds else made[1])
    (done,) = when_free(store, patience, lambda: append(store, kept, about, lines, also, adds))
    if events is not None:
        events.whole(made[0], patience)
    say(told(store, done, rules.model.timezone))
    if events is not None:
        events.say_unkept(made[1])
    since = day(rules, done.at)
    return [shlex.join(["scoreline", "moves", "--store", str(store), "--since", since])] if done.since else []


def told_next(run: Run) -> list[Callable[[duckdb.DuckDBPyConnection], None]]:
    """What keeps in an open store what a run has to tell the next day."""
    if run.plan.days is None:
        return []
    from .. import __version__
    from ..engine.store.memory import Memory

    memory = Memory.of(run, __version__)
    return [] if memory is None else [memory.keep]


def day(rules: Compiled, at: int) -> str:
    """The local date of an instant."""
    from ..engine.instants import Zone, local_date

    return local_date(at, Zone.named(rules.model.timezone)).isoformat()


def told(store: Path, done: Appended, timezone: str) -> str:
    """What became of a snapshot, in one line."""
    from ..engine.instants import Zone, said_instant

    if done.what == "same":
        return f"{store} has these results already: nothing has changed"
    instead = " in the place of others" if done.what == "again" else ""
    if done.since is None:
        return f"kept in {store}{instead}: the first snapshot"
    found = "nobody has other results"
    if done.accounts or done.leads:
        found = f"{plural(done.accounts, 'account')} and {plural(done.leads, 'lead')} have other results"
    moves = plural(done.moves, "stage move") if done.moves else "no stage moves"
    return f"kept in {store}{instead}: {found} than those of {said_instant(done.since, Zone.named(timezone))}, {moves}"
