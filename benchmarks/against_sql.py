"""Scoreline against the same rules written by hand in SQL and Polars, from the same files to the same files.

    python -m benchmarks.against_sql --size M --runs 5

Every contender must give exactly the same results before anything is timed. What Scoreline has found in Parquet files
(that they are in order, and nobody is without a record) it does not look for again while these are as they were; with
files that it has not seen it does. `work` is from data to files in a process
that has its libraries loaded (`CPU` the same on all cores: the better guide on a busy machine); `whole` and `peak` are
those of the process from its start. Ratios above 1 say that Scoreline is slower.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from .contenders import BY_HAND, RULES, arguments, differences
from .data import make
from .layout import BUILD
from .report import Goal, plot_bars, show
from .timing import Command, Run, cpu, median, module, paired, peak, ratio, run, scoreline, spread, wall, work

TITLES = {
    "scoreline": "Scoreline",
    "new files": "Scoreline, files that it has not seen",
    "textbook": "DuckDB, textbook",
    "expert": "DuckDB, expert",
    "polars": "Polars, expert",
}
COMMAND = "command"
"""The product once more, as the command that people run: its whole process, and its memory."""


def command(name: str, data: Path) -> Command:
    if name == COMMAND:
        return scoreline(*arguments(RULES, data, out(name, data)))
    return module("contenders", name, data, out(name, data))


def out(name: str, data: Path) -> Path:
    return BUILD / "out" / data.name / name


def check(data: Path) -> None:
    """Ends with a message if any contender gives another result than the product for any lead or account."""
    for name in TITLES:
        run(command(name, data))
    wrong = {
        name: found for name in BY_HAND if any((found := differences(out("scoreline", data), out(name, data))).values())
    }
    if wrong:
        sys.exit(f"the results are not the same, so there is nothing to compare: {wrong}")


def compare(data: Path, runs: int) -> dict[str, list[Run]]:
    """Check, then time all contenders side by side."""
    check(data)
    made = paired({name: command(name, data) for name in (*TITLES, COMMAND)}, runs, warm=False)
    ours, whole = made["scoreline"], made.pop(COMMAND)
    made["scoreline"] = [replace(ran, wall=other.wall, peak=other.peak) for ran, other in zip(ours, whole, strict=True)]
    ours = made["scoreline"]
    rows = [
        (
            TITLES[name],
            *(f"{median(theirs, of):.2f}" for of in (work, cpu, wall)),
            f"{median(theirs, peak):,.0f}",
            *(f"{ratio(ours, theirs, of):.2f}" for of in (work, cpu, wall, peak)),
            f"{spread(theirs):.1f} ×",
        )
        for name, theirs in made.items()
    ]
    columns = ("", "work s", "CPU s", "whole s", "peak MB", "ratio work", "CPU", "whole", "peak", "spread")
    show(f"41 lead and 17 account lines, {data.name}: Scoreline ÷ other, {runs} paired runs", columns, rows)
    times = {TITLES[name]: median(theirs) for name, theirs in made.items()}
    plot_bars(f"against-sql-{data.name}", f"From data to scores, {data.name}", "seconds", times)
    return made


def goals(size: str, runs: int) -> list[Goal]:
    made = compare(make(size), runs)
    ours, expert = made["scoreline"], made["expert"]
    found = [
        Goal(1, f"time ÷ the expert's SQL, {size}", 1.0, ratio(ours, expert)),
        Goal(1, f"time ÷ the expert's Polars, {size}", 1.0, ratio(ours, made["polars"])),
        Goal(1, f"time with files not seen before ÷ the expert's SQL, {size}", 1.0, ratio(made["new files"], expert)),
        Goal(2, f"time ÷ textbook SQL, {size}", 0.5, ratio(ours, made["textbook"])),
        Goal(5, f"peak memory ÷ the expert's SQL, {size}", 1.2, ratio(ours, expert, peak)),
    ]
    if size == "S":
        found += same_sql(make(size), runs)
        found.append(Goal(7, "run at S, whole process ÷ the expert's script", 1.5, ratio(ours, expert, wall)))
    return found


def same_sql(data: Path, runs: int) -> list[Goal]:
    """The command against a bare script that sends the same statements: whole processes."""
    made = paired({"ours": command(COMMAND, data), "bare": module("same_sql", "send", recorded(data))}, runs)
    text = "run at S, whole process ÷ a bare script with the same SQL"
    return [
        Goal(7, f"{text}, {name}", 1.5, ratio(made["ours"], made["bare"], of))
        for name, of in (("time", wall), ("CPU", cpu))
    ]


def exactness(size: str, runs: int) -> list[Goal]:
    """The statements of a run against the same ones with sums in DOUBLE: CPU of whole processes."""
    script = recorded(make(size))
    inexact = script.with_name("doubles.json")
    run(module("same_sql", "doubles", script, inexact))
    scripts = {"ours": script, "double": inexact}
    made = paired({name: module("same_sql", "send", each) for name, each in scripts.items()}, runs)
    return [Goal(6, f"exact sums ÷ sums in DOUBLE, {size}, CPU", 1.05, ratio(made["ours"], made["double"], cpu))]


def recorded(data: Path) -> Path:
    """The statements of a run over the data."""
    script = out("same SQL", data) / "script.json"
    script.parent.mkdir(parents=True, exist_ok=True)
    run(module("same_sql", "record", data, script.parent, script))
    return script


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="M", choices=("XS", "S", "M", "L"))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--ndjson", action="store_true", help="read NDJSON instead of Parquet")
    parser.add_argument("--check", action="store_true", help="only check that the results are the same")
    options = parser.parse_args()
    data = make(options.size, ndjson=options.ndjson)
    if options.check:
        check(data)
        print(f"the results of {', '.join(TITLES.values())} are the same")
    else:
        compare(data, options.runs)


if __name__ == "__main__":
    main()
