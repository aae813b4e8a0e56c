"""How long commands take before there is any work, and what 1,000 rules cost to read: CPU seconds of whole processes.

python -m benchmarks.start --runs 5
"""

from __future__ import annotations

import argparse
import sys

from .generated import ruleset
from .report import Goal, show
from .timing import Command, Run, cpu, median, paired, run, scoreline, spread, wall


def commands() -> dict[str, Command]:
    found: dict[str, Command] = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "scoreline --help": scoreline("--help"),
        "validate 10 rules": scoreline("validate", ruleset(10)),
        "validate 1,000 rules": scoreline("validate", ruleset(1000)),
    }
    if has_command("plan"):
        found["plan of 1,000 rules"] = scoreline("plan", ruleset(1000))
    return found


def has_command(name: str) -> bool:
    """Whether the product has such a command already."""
    from scoreline.cli.main import COMMANDS

    return name in COMMANDS


def compare(runs: int) -> dict[str, list[Run]]:
    made = paired(commands(), runs)
    made["validate 10,000 rules"] = [run(scoreline("validate", ruleset(10_000)))]  # once: it may take a minute
    rows = [
        (name, f"{median(ran, cpu):.3f}", f"{median(ran, wall):.3f}", f"{spread(ran, cpu):.1f} ×")
        for name, ran in made.items()
    ]
    show(f"Start, {runs} runs", ("", "CPU s", "wall s", "spread of CPU"), rows)
    return made


def goals(runs: int) -> list[Goal]:
    made = compare(runs)
    thousand = made["validate 1,000 rules"]
    plan = made.get("plan of 1,000 rules")
    return [
        Goal(8, "scoreline --help, CPU s", 0.1, median(made["scoreline --help"], cpu)),
        Goal(8, "validate of 1,000 rules, CPU s", 1.2, median(thousand, cpu)),
        Goal(
            8,
            "validate of 10,000 rules ÷ of 1,000, CPU",
            10.0,
            median(made["validate 10,000 rules"], cpu) / median(thousand, cpu),
        ),
        Goal(8, "text to SQL of 1,000 rules, CPU s", 1.5, None if plan is None else median(plan, cpu)),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    compare(parser.parse_args().runs)


if __name__ == "__main__":
    main()
