"""Results on their way out of `scoreline run`: what was asked for, printed or written."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .console import say, tell, warn
from .out_folder import Form, on_disk
from .reports import plural

if TYPE_CHECKING:
    from ..engine.compiling import Compiled
    from ..engine.frames import Results, Table
    from ..engine.model import Model
    from ..grammar.nodes import Level


def heading(rules: Compiled, results: Results) -> str:
    """What was scored with what, on two lines."""
    from ..engine.instants import Zone, said_instant

    counts = results.counts
    version = f" {rules.version}" if rules.version else ""
    instant = said_instant(results.as_of, Zone.named(rules.model.timezone))
    first = f"{click.style(rules.name + version, bold=True)} as of {instant}"
    named = "account or contact" if counts.named_only == 1 else "accounts and contacts"
    found = [plural(counts.accounts, "account"), plural(counts.contacts, "contact"), plural(counts.events, "event")]
    apart = [
        f"{count:,} {word}"
        for count, word in (
            (counts.ignored, "ignored"),
            (counts.duplicates, "duplicate" if counts.duplicates == 1 else "duplicates"),
            (counts.after_as_of, "after that instant"),
            (counts.rejected, "rejected"),
            (counts.named_only, f"{named} known only by an id"),
        )
        if count
    ]
    return f"{first}\n{', '.join(found)}" + (f" ({', '.join(apart)})" if apart else "")


def without_contributions(results: Results) -> Results:
    """The results without the points of lines, which nobody has asked to see."""
    from dataclasses import replace

    return replace(results, contributions=results.contributions.only(()))


def choose(results: Results, model: Model, only: str | None, stage: str | None, top: int | None) -> Results:
    """The results that were asked for; with --top the best come first."""
    from dataclasses import replace

    from ..engine.best import best

    def chosen(table: Table, level: str) -> Table:
        if only in (None, level) and stage is None and top is None:
            return table
        if only not in (None, level):
            return table.only(())
        if top:
            return table.only(best(table, model, top, stage))
        place = table.index("stage")
        return table.only(row for row in table.rows if row[place] == stage)

    leads, accounts = chosen(results.leads, "lead"), chosen(results.accounts, "account")
    if not results.contributions or (len(leads), len(accounts)) == (len(results.leads), len(results.accounts)):
        return replace(results, leads=leads, accounts=accounts)
    kept = {("lead", row[0]) for row in leads.rows} | {("account", row[0]) for row in accounts.rows}
    entries = [row for row in results.contributions.rows if (row[0], row[1]) in kept]
    return replace(results, leads=leads, accounts=accounts, contributions=results.contributions.only(entries))


def write(
    results: Results,
    out: Path,
    form: Form,
    contributions: bool,
    rejected: Callable[[Path], object] | None,
    about: Mapping[str, Any],
) -> None:
    """Write the files and say which."""
    from ..engine.writers import write_folder

    names = write_folder(results, out, on_disk(form), contributions=contributions, rejected=rejected, about=about)
    say("wrote " + ", ".join(str(name) for name in names))


def write_text(path: Path, text: str) -> None:
    """Write one file, which appears complete or not at all."""
    from ..engine.writers import Together

    with Together(path.parent) as files, files.text(path.name) as out:
        out.write(text)


def show(results: Results, model: Model, form: str, only: str | None, contributions: bool, top: int | None) -> None:
    """Print the results to stdout."""
    from ..engine import writers

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
        show_tables(results, model, only, contributions, top)


def show_tables(results: Results, model: Model, only: str | None, contributions: bool, top: int | None) -> None:
    """Accounts, leads, and what gave them their points, as tables for people: unless one is asked for, only those of
    which the rules say anything."""
    from ..engine.best import best
    from .tables import SHOWN
    from .tables import show as show_table

    tables: dict[Level, Table] = {"account": results.accounts, "lead": results.leads}
    told = [level for level in tables if model.says_of(level)] or [*tables]
    chosen = [table for level, table in tables.items() if level == only or (only is None and level in told)]
    say()
    for number, table in enumerate(chosen):
        if number:
            tell("")
        show_table(table, best(table, model, top or SHOWN), model.timezone)
    if contributions:
        tell("")
        show_table(results.contributions, results.contributions.rows)
