"""`scoreline run`: score everything, print it or write it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from . import loading
from .console import progress, say, say_next, warn
from .failures import fail
from .options import data_options, engine_option, format_option, ruleset_argument
from .reports import plural

if TYPE_CHECKING:
    from ..engine.frames import Results, Table
    from ..engine.model import Model
    from ..engine.ruleset import Ruleset
    from ..engine.scoring import Engine
    from ..engine.writers import FileFormat
    from ..grammar.nodes import Level


@click.command("run")
@ruleset_argument
@data_options
@click.option("--out", "-o", type=click.Path(path_type=Path), metavar="DIR", help="Write files into this folder.")
@format_option("table", "json", "ndjson", "csv", "parquet")
@click.option("--contributions", is_flag=True, help="Also the points of every line, cap, multiplier and clamp.")
@click.option("--only", type=click.Choice(["lead", "account"]), help="Show only leads, or only accounts.")
@click.option("--stage", metavar="STAGE", help="Show only those at this stage.")
@click.option("--top", type=click.IntRange(min=1), metavar="N", help="Show only the N best, the best first.")
@engine_option
def command(
    ruleset: str,
    data: str,
    as_of: str | None,
    settings: tuple[str, ...],
    strict: bool,
    max_rejected: float,
    out: Path | None,
    form: FileFormat | Literal["table"],
    contributions: bool,
    only: str | None,
    stage: str | None,
    top: int | None,
    engine: Engine,
) -> None:
    """Score all leads and accounts of DATA with RULESET.

    RULESET is a folder, a .rules file, or one that ships (abm, open-source). Results go to stdout, or into
    files with --out; --only, --stage and --top choose what is shown and never change a result.
    """
    from ..engine.scoring import score

    check_output(out, form)
    rules = loading.load(ruleset, settings, data)
    check_stage(rules.model, stage, only)
    dataset = loading.read(rules, data, strict=strict, max_rejected=max_rejected)
    loading.say_findings(dataset.findings)
    instant = loading.instant(as_of, rules, dataset)
    progress("scoring …")
    results = score(rules, dataset, as_of=instant, engine=engine, contributions=contributions)
    say(heading(rules, results))
    chosen = choose(results, rules.model, only, stage, top)
    if out is not None:
        write(chosen, out, form, contributions, dataset.write_rejected if dataset.counts.rejected else None)
    else:
        show(chosen, rules.model, form, only, contributions, top)
    best = next(iter(chosen.accounts.rows or chosen.leads.rows), None)
    if best is not None:
        words = [ruleset, str(best[0]), "--data", data, *(["--as-of", as_of] if as_of else [])]
        say_next("scoreline explain " + shlex.join(words))


def check_output(out: Path | None, form: str) -> None:
    """What cannot be written is refused before anything is read."""
    if out is None and form == "parquet":
        fail("Parquet is written into files", "add `--out DIR`")
    if out is not None and out.exists() and not out.is_dir():
        fail(f"`{out}` is a file", "give a folder to --out")


def check_stage(model: Model, stage: str | None, only: str | None) -> None:
    """A stage that the ruleset does not have shows nothing: say so."""
    if stage is None:
        return
    levels: tuple[Level, ...] = ("lead", "account")
    ladders = [ladder for level in levels if only in (None, level) and (ladder := model.stages(level))]
    names = [item.name for ladder in ladders for item in ladder.stages] + ["disqualified"] * bool(ladders)
    if stage not in names:
        from ..engine.suggest import did_you_mean

        fail(f"there is no stage `{stage}`", did_you_mean(stage, names, "this ruleset has no stages"))


def heading(rules: Ruleset, results: Results) -> str:
    """What was scored with what, on two lines."""
    from ..engine.instants import format_instant

    counts = results.counts
    version = f" {rules.version}" if rules.version else ""
    first = f"{click.style(rules.name + version, bold=True)} as of {format_instant(results.as_of)}"
    found = [plural(counts.accounts, "account"), plural(counts.contacts, "contact"), plural(counts.events, "event")]
    apart = [
        f"{count:,} {word}"
        for count, word in (
            (counts.ignored, "ignored"),
            (counts.duplicates, "duplicates"),
            (counts.after_as_of, "after that instant"),
            (counts.rejected, "rejected"),
            (counts.named_only, "known only by their id"),
        )
        if count
    ]
    return f"{first}\n{', '.join(found)}" + (f" ({', '.join(apart)})" if apart else "") + "\n"


def choose(results: Results, model: Model, only: str | None, stage: str | None, top: int | None) -> Results:
    """The results that were asked for; with --top the best come first."""
    from dataclasses import replace

    from .tables import best_first

    def chosen(table: Table, level: str) -> Table:
        if only not in (None, level):
            return table.only(())
        place = table.index("stage")
        rows = [row for row in table.rows if stage is None or row[place] == stage]
        return table.only(sorted(rows, key=best_first(table, model))[:top] if top else rows)

    leads, accounts = chosen(results.leads, "lead"), chosen(results.accounts, "account")
    if len(leads) == len(results.leads) and len(accounts) == len(results.accounts):
        return replace(results, leads=leads, accounts=accounts)
    kept = {("lead", row[0]) for row in leads.rows} | {("account", row[0]) for row in accounts.rows}
    entries = [row for row in results.contributions.rows if (row[0], row[1]) in kept]
    return replace(results, leads=leads, accounts=accounts, contributions=results.contributions.only(entries))


def write(
    results: Results,
    out: Path,
    form: FileFormat | Literal["table"],
    contributions: bool,
    rejected: Callable[[Path], object] | None,
) -> None:
    """Write the files and say which; a table for people is CSV on disk."""
    from ..engine.writers import write_folder

    files: FileFormat = "csv" if form == "table" else form
    names = write_folder(results, out, files, contributions=contributions, rejected=rejected)
    say("wrote " + ", ".join(str(name) for name in names))


def show(results: Results, model: Model, form: str, only: str | None, contributions: bool, top: int | None) -> None:
    """Print the results to stdout."""
    from ..engine import writers
    from .tables import show as show_table

    tables = [results.accounts, results.leads] + [results.contributions] * contributions
    if form == "json":
        writers.write_json(results, sys.stdout, contributions)
    elif form == "ndjson":
        for table, level in zip(tables, ("account", "lead", None), strict=False):
            writers.write_ndjson(table, sys.stdout, level)
    elif form == "csv":
        table = results.leads if only == "lead" or (only is None and not model.scores("account")) else results.accounts
        if only is None:
            warn(f"CSV on stdout has one table: the {table.name}", "choose with --only, or write all with `--out DIR`")
        writers.write_csv(table, sys.stdout)
    else:
        for table in tables:
            if table.name == "contributions":
                continue
            if only is None or table.name == f"{only}s":
                show_table(table, model, top)
