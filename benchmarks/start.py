"""How long commands take before there is any work, and what 1,000 rules cost to read: CPU seconds of whole processes.

python -m benchmarks.start --runs 5
"""

from __future__ import annotations

import argparse
import sys

from .generated import ruleset
from .report import Goal, show
from .timing import Command, Run, cpu, median, paired, ratio, run, scoreline, spread, wall

ANEW = ("env", "SCORELINE_CACHE=off")
"""Before a command: nothing that was compiled before is recalled."""

TO_SQL = """
import sys
from scoreline.engine.plan import plan
from scoreline.engine.ruleset import compile_ruleset
from scoreline.engine.sql import sql
ruleset, *_ = compile_ruleset(sys.argv[1], linted=False)
sql(plan(ruleset.model, contributions=False))
"""
"""What a run does on the way from the text of rules to statements; what lints think of them it does not ask."""


def commands() -> dict[str, Command]:
    thousand = ruleset(1000)
    return {
        "python -c pass": [sys.executable, "-c", "pass"],
        "scoreline --help": scoreline("--help"),
        "validate 10 rules": [*ANEW, *scoreline("validate", ruleset(10))],
        "validate 1,000 rules": [*ANEW, *scoreline("validate", thousand)],
        "validate 1,000 rules, compiled before": scoreline("validate", thousand),
        "text to SQL of 1,000 rules": [*ANEW, sys.executable, "-c", TO_SQL, str(thousand)],
    }


def compare(runs: int) -> dict[str, list[Run]]:
    made = paired(commands(), runs)
    made["validate 10,000 rules"] = [
        run([*ANEW, *scoreline("validate", ruleset(10_000))])
    ]  # once: it may take a minute
    rows = [
        (name, f"{median(ran, cpu):.3f}", f"{median(ran, wall):.3f}", f"{spread(ran, cpu):.1f} ×")
        for name, ran in made.items()
    ]
    show(f"Start, {runs} runs", ("", "CPU s", "wall s", "spread of CPU"), rows)
    return made


def goals(runs: int) -> list[Goal]:
    made = compare(runs)
    thousand = made["validate 1,000 rules"]
    before = made["validate 1,000 rules, compiled before"]
    return [
        Goal(7, "1,000 rules, compiled before ÷ compiled anew, CPU", 1.0, ratio(before, thousand, cpu)),
        Goal(8, "scoreline --help, CPU s", 0.1, median(made["scoreline --help"], cpu)),
        Goal(8, "validate of 1,000 rules, CPU s", 1.2, median(thousand, cpu)),
        Goal(
            8,
            "validate of 10,000 rules ÷ of 1,000, CPU",
            10.0,
            median(made["validate 10,000 rules"], cpu) / median(thousand, cpu),
        ),
        Goal(8, "text to SQL of 1,000 rules, CPU s", 1.5, median(made["text to SQL of 1,000 rules"], cpu)),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    compare(parser.parse_args().runs)


if __name__ == "__main__":
    main()
