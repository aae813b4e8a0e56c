"""Reading NDJSON against Parquet, and against `orjson.loads` of the lines alone.

python -m benchmarks.reading --size M --runs 5
"""

from __future__ import annotations

import argparse
from pathlib import Path

from .against_sql import command
from .data import SIZES, make
from .report import Goal, plot_bars, show
from .timing import Clock, Run, cpu, median, module, paired, ratio, spread, work

TITLES = {
    "parquet": "Scoreline from Parquet",
    "ndjson": "Scoreline from NDJSON",
    "expert": "DuckDB, expert, from NDJSON",
    "polars": "Polars, expert, from NDJSON",
    "orjson": "orjson.loads of each line, nothing else",
}


def loads(file: Path) -> Clock:
    """Only parses the events, line by line."""
    import orjson

    clock = Clock()
    with file.open("rb") as lines:
        for line in lines:
            orjson.loads(line)
    clock.stop()
    return clock


def compare(size: str, runs: int) -> dict[str, list[Run]]:
    parquet, ndjson = make(size), make(size, ndjson=True)
    commands = {
        "parquet": command("new files", parquet),
        "ndjson": command("new files", ndjson),
        "expert": command("expert", ndjson),
        "polars": command("polars", ndjson),
        "orjson": module("reading", "--loads", ndjson / "events.ndjson"),
    }
    made = paired(commands, runs, warm=False)
    rows = [
        (
            TITLES[name],
            *(f"{median(theirs, of):.2f}" for of in (work, cpu)),
            *(f"{ratio(made['ndjson'], theirs, of):.2f}" for of in (work, cpu)),
            f"{spread(theirs):.1f} ×",
        )
        for name, theirs in made.items()
    ]
    columns = ("", "work s", "CPU s", "NDJSON ÷ this", "CPU", "spread")
    show(f"From files to scores, {size}, {runs} paired runs", columns, rows)
    plot_bars(
        f"reading-{size}", f"Reading, {size}", "seconds", {TITLES[name]: median(ran) for name, ran in made.items()}
    )
    return made


def goals(size: str, runs: int) -> list[Goal]:
    made = compare(size, runs)
    return [
        Goal(3, f"from NDJSON ÷ from Parquet, {size}", 1.8, ratio(made["ndjson"], made["parquet"])),
        Goal(3, f"NDJSON to scores ÷ orjson.loads of the lines, {size}", 1.0, ratio(made["ndjson"], made["orjson"])),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="M", choices=SIZES)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--loads", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.loads:
        loads(options.loads).say()
    else:
        compare(options.size, options.runs)


if __name__ == "__main__":
    main()
