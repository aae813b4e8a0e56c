"""Contacts per second: rule engines over facts computed for them, against Scoreline and Python from raw events.

    python -m benchmarks.against_engines --size S --runs 5

Fit and engagement must be the same for every contact that is compared. Scoreline scores, grades and stages leads and
accounts in that time; the others only give the two scores of leads.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Iterable
from pathlib import Path

from .against_sql import command
from .against_sql import out as folder
from .data import SIZES, make
from .facts import ENGINES, facts
from .layout import AS_OF
from .report import Goal, plot_bars, show
from .timing import Clock, Run, module, paired, ratio, run, spread

LIMIT = 5_000
"""The engines are slow and take each contact alone: so many are enough for a rate."""
PACKAGES = {"zen-engine": "zen", "rule-engine": "rule_engine", "json-logic": "json_logic"}
NAMES = ("scoreline", "python", *ENGINES)
Scores = dict[str, tuple[float, float]]


def score_one(name: str, data: Path) -> None:
    """A process to be timed: says its work, how many contacts that were, and by which each differs from the product."""
    if name == "python":
        from .by_hand.loop import score

        clock = Clock()
        raw = score(data, AS_OF)
        clock.stop()
        made: Scores = {contact: (fit / 10_000, engagement / 10_000) for contact, (fit, engagement) in raw.items()}
    else:
        records, scorer = facts(data, LIMIT), ENGINES[name]()
        clock = Clock()
        scored = [scorer(record) for record in records]
        clock.stop()
        made = {record["id"]: result for record, result in zip(records, scored, strict=True)}
    clock.say(contacts=len(made), wrong=len(different(made, data)))


def different(made: Scores, data: Path) -> list[str]:
    """The contacts whose scores are not the product's, to the fourth decimal."""
    import duckdb

    product = folder("scoreline", data) / "leads.parquet"
    rows: Iterable[tuple[str, float, float]] = duckdb.connect().execute(
        f"SELECT id, CAST(fit AS DOUBLE), CAST(engagement AS DOUBLE) FROM '{product}'"
    ).fetchall()  # fmt: skip
    return [
        contact
        for contact, *scores in rows
        if contact in made and any(abs(a - b) > 0.000051 for a, b in zip(made[contact], scores, strict=True))
    ]


def installed() -> list[str]:
    """The contenders whose packages are there; the others are named on stderr."""
    missing = [name for name, package in PACKAGES.items() if importlib.util.find_spec(package) is None]
    if missing:
        print(f"not installed: {', '.join(missing)} (pip install -e '.[bench]')", file=sys.stderr)
    return [name for name in NAMES if name not in missing]


def compare(size: str, runs: int) -> dict[str, list[Run]]:
    data = make(size)
    run(command("scoreline", data))
    commands = {
        name: command(name, data) if name == "scoreline" else module("against_engines", "--one", name, "--size", size)
        for name in installed()
    }
    made = paired(commands, runs, warm=False)
    wrong = {name: ran[0].said["wrong"] for name, ran in made.items() if ran[0].said.get("wrong")}
    if wrong:
        sys.exit(f"contacts with other scores than the product's: {wrong}")
    per_contact = {name: [each(ran, size) for ran in theirs] for name, theirs in made.items()}
    ours = per_contact["scoreline"]
    rates = {name: 1 / sorted(ran.work for ran in theirs)[runs // 2] for name, theirs in per_contact.items()}
    rows = [
        (
            name,
            "raw events" if name in ("scoreline", "python") else "facts",
            f"{rates[name]:,.0f}",
            f"{ratio(theirs, ours):.1f}",
            f"{spread(theirs):.1f} ×",
        )
        for name, theirs in per_contact.items()
    ]
    columns = ("", "from", "contacts/s", "Scoreline is faster by", "spread")
    show(f"Lead rules, {size}, {runs} paired runs", columns, rows)
    plot_bars(f"against-engines-{size}", f"Contacts per second, {size}", "contacts/s", rates, logarithmic=True)
    return per_contact


def each(ran: Run, size: str) -> Run:
    """The same run for one contact."""
    contacts = ran.said.get("contacts", SIZES[size].contacts)
    return Run(ran.wall, ran.peak, ran.work / contacts, ran.cpu / contacts, ran.said)


def goals(size: str, runs: int) -> list[Goal]:
    made = compare(size, runs)
    bounds = {"zen-engine": 3.0, "rule-engine": 25.0, "json-logic": 25.0, "python": 3.0}
    return [
        Goal(
            4,
            f"contacts/s from raw events ÷ {name}'s, {size}",
            bound,
            ratio(made[name], made["scoreline"]) if name in made else None,
            at_least=True,
            note="" if name in made else "not installed",
        )
        for name, bound in bounds.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="S", choices=SIZES)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--one", choices=NAMES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        score_one(options.one, make(options.size))
    else:
        compare(options.size, options.runs)


if __name__ == "__main__":
    main()
