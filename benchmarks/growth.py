"""How time grows with rules, events, accounts and as-of dates: log-log plots, beside what one writes by hand.

    python -m benchmarks.growth rules --size M --to 1000
    python -m benchmarks.growth events --to M
    python -m benchmarks.growth accounts --to 100000
    python -m benchmarks.growth dates --size S --to 180

A contender that took longer than --patience seconds (`work`) is not asked for more.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from .against_sql import command
from .contenders import RULES as HELD
from .contenders import arguments
from .data import SIZES, Size, make, write
from .generated import differences
from .layout import AS_OF_DAY, BUILD
from .report import Goal, plot_growth, show
from .timing import Command, Failed, Run, cpu, median, module, paired, ratio, scoreline, work

RULES = (10, 40, 100, 300, 1000)
ACCOUNTS = (100, 1_000, 10_000, 100_000)
DATES = (1, 7, 30, 90, 180)
NEVER = Run(math.inf, math.inf, math.inf, math.inf, {})
"""What a contender that fails takes."""
Made = dict[int, dict[str, list[Run]]]


def rules(size: str, to: int, runs: int, patience: float) -> Made:
    """Generated event rules against the textbook's SQL for the same; equal results are checked at 10 and 100."""
    data, made = make(size), Made()
    for count in (number for number in RULES if number <= to):
        commands = {
            name: module("generated", name, str(count), data, out(name, count)) for name in ("scoreline", "textbook")
        }
        made[count] = measured(commands, made, runs, patience)
        if count in (10, 100) and len(made[count]) == 2 and math.isfinite(median(made[count]["scoreline"])):
            wrong = differences(out("scoreline", count), out("textbook", count))
            if wrong:
                sys.exit(f"{wrong} leads have different points under {count} rules: there is nothing to compare")
    told("rules", f"Generated event rules on {size}", made)
    return made


def out(name: str, count: int) -> Path:
    return BUILD / "out" / f"rules-{count}" / name


def events(to: str, runs: int, patience: float) -> Made:
    """The benchmark's rules over S, M and L."""
    names = ("S", "M", "L")
    made = Made()
    for name in names[: names.index(to) + 1]:
        made[SIZES[name].events] = measured(by_hand(make(name)), made, runs, patience)
    told("events", "The benchmark's rules, more events", made)
    return made


def accounts(to: int, runs: int, patience: float) -> Made:
    """The benchmark's rules over the same number of events, of more and more accounts."""
    made = Made()
    for count in (number for number in ACCOUNTS if number <= to):
        data = BUILD / f"accounts-{count}"
        if not (data / "events.parquet").exists():
            write(Size(events=300_000, contacts=max(20_000, 2 * count), accounts=count), data)
        made[count] = measured(by_hand(data), made, runs, patience)
    told("accounts", "The benchmark's rules, 300,000 events of more accounts", made)
    return made


def dates(size: str, to: int, runs: int) -> Made:
    """One replay of more and more days, and one run: what as many runs take is that, so many times."""
    data = make(size)
    once = scoreline(*arguments(HELD, data, BUILD / "out" / f"{size}-dates"))
    made = Made()
    for count in (number for number in DATES if number <= to):
        first = date.fromisoformat(AS_OF_DAY) - timedelta(days=count - 1)
        days = ("--from", first.isoformat(), "--to", AS_OF_DAY)
        replay = scoreline("replay", HELD, "--data", data, *days, "--format", "json")
        found = paired({"scoreline": replay, "one run": once}, runs, warm=False)
        each = [times(count, ran) for ran in found["one run"]]
        made[count] = {**found, "as many runs": each}
    told("dates", f"The benchmark's rules on {size}, more days: whole processes", made)
    return made


def times(count: int, ran: Run) -> Run:
    """What so many runs would take, one after the other."""
    return replace(ran, wall=count * ran.wall, work=count * ran.work, cpu=count * ran.cpu)


def by_hand(data: Path) -> dict[str, Command]:
    return {name: command(name, data) for name in ("scoreline", "expert", "polars")}


def measured(commands: Mapping[str, Command], before: Made, runs: int, patience: float) -> dict[str, list[Run]]:
    """The contenders that have not been too slow so far."""
    smaller = before[max(before)] if before else None
    asked = {
        name: words
        for name, words in commands.items()
        if smaller is None or (name in smaller and median(smaller[name]) <= patience)
    }
    failed: dict[str, list[Run]] = {}
    while True:
        try:
            return paired(asked, runs, warm=False) | failed
        except Failed as failure:
            name = next(name for name, words in asked.items() if words == failure.command)
            print(f"{name} fails, which counts as never: {failure}", file=sys.stderr)
            failed[name] = [NEVER] * runs
            del asked[name]


def told(across: str, title: str, made: Made) -> None:
    """The table and the plot of one kind of growth."""
    names = list(dict.fromkeys(name for found in made.values() for name in found))
    rows = [[f"{size:,}", *cells(made[size], names)] for size in made]
    heads = [head for name in names for head in (f"{name} s", *(["÷"] if name != "scoreline" else []))]
    show(title, (across, *heads), rows, "work; ÷ is Scoreline ÷ other, paired")
    series = {
        name: {float(size): median(found[name]) for size, found in made.items() if name in found} for name in names
    }
    plot_growth(f"growth-{across}", title, across, series)


def cells(found: Mapping[str, Sequence[Run]], names: Sequence[str]) -> list[str]:
    """Seconds of each contender, and Scoreline's ratio to it."""
    made = []
    for name in names:
        made.append(f"{median(found[name]):.2f}" if name in found else "")
        if name != "scoreline":
            both = name in found and "scoreline" in found
            made.append(f"{ratio(found['scoreline'], found[name]):.2f}" if both else "")
    return made


def goals(size: str, to: int, runs: int, patience: float) -> list[Goal]:
    """What the issue asks of growth with rules."""
    made = rules(size, to, runs, patience)
    found = []
    for count, bound in ((100, 4), (300, 12), (1000, 40)):
        both = made.get(count, {})
        faster = ratio(both["textbook"], both["scoreline"]) if len(both) == 2 else None
        note = "" if len(both) == 2 else f"not measured: over {patience:g} s, or not asked"
        found.append(Goal(2, f"textbook SQL ÷ time, {count} event rules, {size}", bound, faster, True, note))
    for count, most in ((100, 4.5), (10, 15.0)):
        ours = [made[number]["scoreline"] for number in (1000, count) if "scoreline" in made.get(number, {})]
        grown = ratio(ours[0], ours[1], work) if len(ours) == 2 else None
        found.append(Goal(2, f"time of 1,000 rules ÷ of {count}, {size}", most, grown))
    return found


def replay_goals(size: str, days: int, runs: int) -> list[Goal]:
    """What the issue on time asks of many instants at once: CPU of whole processes."""
    made = dates(size, days, runs)[days]
    found = ratio(made["scoreline"], made["one run"], cpu)
    return [Goal(11, f"replay of {days} days ÷ a run, {size}, CPU", 15.0, found)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("across", choices=("rules", "events", "accounts", "dates"))
    parser.add_argument("--size", default="S", choices=SIZES, help="of the data, for rules and dates")
    parser.add_argument("--to", help="the largest: a number of rules, accounts or days, or a size of events")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--patience", type=float, default=120)
    options = parser.parse_args()
    if options.across == "rules":
        rules(options.size, int(options.to or 1000), options.runs, options.patience)
    elif options.across == "events":
        events(options.to or "M", options.runs, options.patience)
    elif options.across == "dates":
        dates(options.size, int(options.to or DATES[-1]), options.runs)
    else:
        accounts(int(options.to or 100_000), options.runs, options.patience)


if __name__ == "__main__":
    main()
