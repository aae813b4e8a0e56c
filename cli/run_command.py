"""`scoreline run`: score everything, print it or write it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from . import loading
from .console import progress, say, say_next
from .failures import fail
from .options import data_options, engine_option, format_option, ruleset_argument
from .outputs import choose, heading, show, write

if TYPE_CHECKING:
    from ..engine.frames import Results
    from ..engine.model import Model
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
    dataset = loading.read(rules, data, strict=strict, max_rejected=max_rejected, out=out)
    loading.say_doubts(rules, dataset)
    instant = loading.instant(as_of, rules, dataset)
    progress("scoring …")
    results = loading.with_plan(
        rules, ruleset, lambda: score(rules, dataset, as_of=instant, engine=engine, contributions=contributions)
    )
    say(heading(rules, results))
    chosen = choose(results, rules.model, only, stage, top)
    if out is not None:
        write(chosen, out, form, contributions, dataset.write_rejected if dataset.counts.rejected else None)
    else:
        show(chosen, rules.model, form, only, contributions, top)
    best = best_id(chosen, rules.model)
    if best is not None:
        words = [ruleset, best, "--data", data, *(["--as-of", as_of] if as_of else [])]
        say_next("scoreline explain " + shlex.join(words))


def best_id(results: Results, model: Model) -> str | None:
    """The account, or else the lead, that one would look at first."""
    from .tables import best_first

    table = results.accounts if results.accounts.rows else results.leads
    first = min(table.rows, key=best_first(table, model), default=None)
    return None if first is None else str(first[0])


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
