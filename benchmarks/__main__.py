"""All goals of speed as one table: goal, measured ratio, met or not.

python -m benchmarks                          about half an hour
python -m benchmarks --large                  also 20 million events
python -m benchmarks --size S --runs 1        a quick look
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from . import against_engines, against_sql, growth, memory, new_events, other_runs, reading, start
from .data import SIZES, make
from .report import Goal, show_goals
from .timing import Failed, paired, ratio, tell


def measured(options: argparse.Namespace) -> list[Goal]:
    """Every benchmark in turn; one that fails is told, and the others go on."""
    size, runs = options.size, options.runs
    parts: list[Callable[[], list[Goal]]] = [
        lambda: against_sql.goals(size, runs),
        lambda: against_sql.goals("S", runs) if size != "S" else [],
        lambda: against_sql.exactness(size, runs),
        lambda: growth.goals(options.rules_size, options.rules, min(runs, 3), options.patience),
        lambda: growth.replay_goals(options.dates_size, options.dates, min(runs, 3)),
        lambda: reading.goals(size, runs),
        lambda: against_engines.goals(size, runs),
        lambda: other_runs.goals(size, runs),
        lambda: new_events.goals(size, min(runs, 3)),
        lambda: start.goals(runs),
        lambda: memory.goals("L" if options.large else size, runs),
        lambda: large(runs) if options.large else [Goal(5, "t(L) ÷ t(M)", 9, note="measured with --large")],
    ]
    found: list[Goal] = []
    for part in parts:
        try:
            found += part()
        except Failed as failure:
            print(f"a benchmark failed: {failure}")
    return found


def large(runs: int) -> list[Goal]:
    """20 million events: against the expert, and against the time for 2 million."""
    made = paired({size: against_sql.command("scoreline", make(size)) for size in ("M", "L")}, runs)
    return [*against_sql.goals("L", runs), Goal(5, "t(L) ÷ t(M)", 9, ratio(made["L"], made["M"]))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="M", choices=SIZES, help="of the data (default M)")
    parser.add_argument("--runs", type=int, default=5, help="paired runs (default 5)")
    parser.add_argument("--rules-size", default="M", choices=SIZES, help="of the data under many rules (default M)")
    parser.add_argument("--rules", type=int, default=1000, help="the largest generated ruleset (default 1000)")
    parser.add_argument("--patience", type=float, default=120, help="no more rules after a run of so many seconds")
    parser.add_argument("--dates-size", default="S", choices=SIZES, help="of the data of many days (default S)")
    parser.add_argument("--dates", type=int, default=180, choices=growth.DATES, help="the most days (default 180)")
    parser.add_argument("--large", action="store_true", help="also 20 million events")
    goals = measured(parser.parse_args())
    tell("")
    show_goals(goals)


if __name__ == "__main__":
    main()
