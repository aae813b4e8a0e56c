"""What a run over a store costs when little is new: 1 % and 0.01 % new events at the same instant, and the next day.

python -m benchmarks.new_events --size M --runs 3

A full run reads everything into a new store; the others add to one that has kept everything but the new events. `work`
is in a process that has its libraries loaded, `whole` is the process from its start. Both are CPU seconds.
"""

from __future__ import annotations

import argparse
import importlib
import shutil
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from .contenders import RULES
from .layout import AS_OF_DAY, BUILD
from .report import Goal, show
from .timing import Clock, Command, Run, cpu, median, module, ratio, run, scoreline, spread

FILES = 20
"""The events come in so many files, the oldest first."""

LIBRARIES = ("duckdb", "rich.console", "rich.table", "sqlglot.dialects.duckdb", "yaml")
"""What a command imports of others that takes longest; it imports them when it needs them."""

SHARES = {"1 %": 0.01, "0.01 %": 0.0001}
GOALS = {"1 %": 8.0, "0.01 %": 15.0, "next day": 0.3}


def compare(size: str, runs: int, command: str = "work") -> dict[str, list[tuple[Run, Run]]]:
    """For each case pairs of runs: a full one, and one that adds."""
    folder, parts = make(size)
    place = BUILD / "out" / f"{size}-new-events"
    place.mkdir(parents=True, exist_ok=True)
    kept = place / "kept.duckdb"
    kept.unlink(missing_ok=True)
    run(scored(command, folder, kept, AS_OF_DAY, keeps=True))
    found: dict[str, list[tuple[Run, Run]]] = {}
    for case in GOALS:
        new = folder / "events" / "new.ndjson"
        if case in parts:
            shutil.copyfile(parts[case], new)
        day = AS_OF_DAY if case in parts else next_day()
        for _ in range(runs):
            found.setdefault(case, []).append(pair(command, folder, kept, day))
        new.unlink(missing_ok=True)
    return found


def pair(command: str, folder: Path, kept: Path, day: str) -> tuple[Run, Run]:
    """A full run into a new store, and one over a copy of the store that is there."""
    fresh, copy = kept.with_name("fresh.duckdb"), kept.with_name("copy.duckdb")
    fresh.unlink(missing_ok=True)
    full = run(scored(command, folder, fresh, day, keeps=False))
    shutil.copyfile(kept, copy)
    return full, run(scored(command, folder, copy, day, keeps=True))


def next_day() -> str:
    return (date.fromisoformat(AS_OF_DAY) + timedelta(days=1)).isoformat()


def scored(command: str, folder: Path, store: Path, day: str, keeps: bool) -> Command:
    words: list[str | Path] = ["run", RULES, "--data", folder, "--as-of", day, "--store", store]
    words += ["--only", "account", "--top", "1"]
    words += ["--keep-events"] * keeps
    return module("new_events", "--once", *words) if command == "work" else scoreline(*words)


def make(size: str) -> tuple[Path, Mapping[str, Path]]:
    """The data of a size as JSON lines, the events in files by time; and the new events of each case."""
    import numpy as np
    import polars as pl

    from .data import SIZES, events
    from .data import make as make_data

    source, folder = make_data(size), BUILD / f"{size}-daily"
    parts = {case: BUILD / f"{size}-daily-new" / f"{case.split()[0]}.ndjson" for case in SHARES}
    if not (folder / "events" / f"{FILES - 1:02}.ndjson").exists():
        (folder / "events").mkdir(parents=True, exist_ok=True)
        for kind in ("accounts", "contacts"):
            pl.read_parquet(source / f"{kind}.parquet").write_ndjson(folder / f"{kind}.ndjson")
        every = pl.read_parquet(source / "events.parquet").sort("timestamp")
        length = -(-len(every) // FILES)
        for number in range(FILES):
            every.slice(number * length, length).write_ndjson(folder / "events" / f"{number:02}.ndjson")
    for number, (case, path) in enumerate(parts.items()):
        path.parent.mkdir(exist_ok=True)
        known = SIZES[size]
        count = max(1, round(known.events * SHARES[case]))
        made = events(type(known)(count, known.contacts, known.accounts), np.random.default_rng(number))
        made.with_columns(id=pl.lit(f"new{number} ") + pl.col("id")).write_ndjson(path)
    return folder, parts


def goals(size: str, runs: int) -> list[Goal]:
    made: list[Goal] = []
    for case, pairs in compare(size, runs).items():
        found, bound = gain(case, pairs), GOALS[case]
        if case in SHARES:
            made.append(Goal(11, f"full run ÷ run with {case} new events, {size}", bound, found, at_least=True))
        else:
            made.append(Goal(11, f"next day ÷ full run, {size}", bound, found))
    return made


def gain(case: str, pairs: list[tuple[Run, Run]]) -> float:
    """How many times as fast it is to add; of the next day, which part of a full run it takes."""
    full, added = [one for one, _ in pairs], [other for _, other in pairs]
    return ratio(full, added, cpu) if case in SHARES else ratio(added, full, cpu)


def once(words: list[str]) -> None:
    """One command in this process, after everything that it needs is imported."""
    from scoreline.cli.main import main

    for name in LIBRARIES:
        importlib.import_module(name)
    clock = Clock()
    sys.argv = ["scoreline", *words]
    try:
        main()
    except SystemExit as end:
        if end.code:
            raise
    clock.stop()
    clock.say()


def main() -> None:
    if sys.argv[1:2] == ["--once"]:
        once(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="M")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    rows = []
    for command in ("work", "whole"):
        for case, pairs in compare(options.size, options.runs, command).items():
            full, added = [one for one, _ in pairs], [other for _, other in pairs]
            goal = f"{'≥' if case in SHARES else '≤'} {GOALS[case]:g}"
            values = (f"{median(full, cpu):.2f}", f"{median(added, cpu):.2f}", f"{gain(case, pairs):.2f}", goal)
            rows.append((case, command, *values, f"{spread(full, cpu):.1f} ×"))
    title = f"New events over a store, {options.size}, {options.runs} paired runs, CPU"
    show(title, ("new", "", "full s", "added s", "ratio", "goal", "spread"), rows)


if __name__ == "__main__":
    main()
