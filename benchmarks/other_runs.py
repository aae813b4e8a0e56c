"""What else the product does, against a plain run: contributions, one explanation, duplicates; and equal bytes.

python -m benchmarks.other_runs --size M --runs 5
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from .contenders import RULES, arguments
from .data import SIZES, make
from .layout import AS_OF_DAY, BUILD
from .report import Goal, show
from .timing import Command, Run, cpu, median, paired, ratio, run, scoreline, spread, wall

SHARDS = 5


def compare(size: str, runs: int) -> dict[str, list[Run]]:
    data, out = make(size), BUILD / "out" / size
    words = arguments(RULES, data, out / "plain")
    explained = ("explain", RULES, "a0000003", "--data", data, "--as-of", AS_OF_DAY)
    commands: dict[str, Command] = {
        "run": scoreline(*words),
        "run, ids not promised": scoreline(*arguments(unpromising(), data, out / "unpromising")),
        "run --contributions": scoreline(*arguments(RULES, data, out / "contributions"), "--contributions"),
        "explain one account": scoreline(*explained),
    }
    made = paired(commands, runs, warm=False)
    rows = [
        (
            name,
            f"{median(ran, wall):.2f}",
            f"{ratio(ran, made['run'], wall):.2f}",
            f"{ratio(ran, made['run'], cpu):.2f}",
            f"{spread(ran, wall):.1f} ×",
        )
        for name, ran in made.items()
    ]
    show(f"Other runs, {size}, {runs} paired runs", ("", "whole s", "÷ run", "CPU ÷ run", "spread"), rows)
    return made


def unpromising() -> Path:
    """The benchmark's rules without the promise that no two records have one id."""
    folder = BUILD / "rules" / "unpromising"
    shutil.copytree(RULES, folder, dirs_exist_ok=True)
    manifest = (RULES / "ruleset.yaml").read_text(encoding="utf-8")
    kept = [line for line in manifest.splitlines() if "unique: true" not in line and not line.startswith("sources:")]
    (folder / "ruleset.yaml").write_text("\n".join(kept) + "\n", encoding="utf-8")
    return folder


def bytes_that_differ(size: str) -> int:
    """Files of results that change with the order and sharding of the input, or on a single core."""
    data, out = make(size), BUILD / "out" / size
    sharded = BUILD / f"{size}-sharded"
    shard(data, sharded)
    for folder, source, before in (("whole", data, ()), ("shards", sharded, ()), ("core", data, one_core())):
        run([*before, *scoreline(*arguments(RULES, source, out / folder))])
    return sum(
        (out / folder / name).read_bytes() != (out / "whole" / name).read_bytes()
        for folder in ("shards", "core")
        for name in ("leads.parquet", "accounts.parquet")
    )


def one_core() -> Sequence[str]:
    """What makes a command run on one core, where the system has it."""
    return ("taskset", "-c", "0") if shutil.which("taskset") else ()


def shard(data: Path, into: Path) -> None:
    """The same data with the events in several files, backwards."""
    (into / "events").mkdir(parents=True, exist_ok=True)
    for name in ("accounts", "contacts"):
        shutil.copyfile(data / f"{name}.parquet", into / f"{name}.parquet")
    events = pl.read_parquet(data / "events.parquet").reverse()
    for number in range(SHARDS):
        events.gather_every(SHARDS, number).write_parquet(into / "events" / f"{number}.parquet")


def goals(size: str, runs: int) -> list[Goal]:
    made = compare(size, runs)
    plain = made["run"]
    return [
        Goal(6, f"with contributions ÷ scores alone, {size}", 1.5, ratio(made["run --contributions"], plain, wall)),
        Goal(7, f"explain one account ÷ run, {size}", 0.15, ratio(made["explain one account"], plain, wall)),
        Goal(9, f"files that differ by threads, order, sharding, {size}", 0, bytes_that_differ(size)),
        Goal(10, "looking for repeated ids ÷ unique: true", 1.2, ratio(made["run, ids not promised"], plain, wall)),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="M", choices=SIZES)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    compare(options.size, options.runs)
    print(f"files that differ by threads, order or sharding: {bytes_that_differ(options.size)}")


if __name__ == "__main__":
    main()
