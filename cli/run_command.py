"""`scoreline run`: score everything, print it or write it."""

from __future__ import annotations

import functools
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import keeping, kept_events, loading
from .completing import stages
from .console import progress, say, say_next, shows_progress
from .days_bar import DaysBar
from .failures import fail
from .keeping import store_option
from .kept_events import events_option
from .options import (
    MAX_REJECTED,
    data_again,
    data_options,
    engine_option,
    format_option,
    memory_limit_option,
    ruleset_argument,
)
from .out_folder import Form, check_free, check_output
from .outputs import choose, heading, show, without_contributions, write
from .profile import Steps
from .steps_bar import StepsBar
from .waiting import wait_option

if TYPE_CHECKING:
    from ..engine.frames import Results
    from ..engine.model import Model
    from ..engine.ruleset import Ruleset
    from ..engine.runners.embedded import Timing
    from ..engine.scoring import Engine
    from ..grammar.nodes import Level


@click.command("run")
@ruleset_argument
@data_options
@click.option("--out", "-o", type=click.Path(path_type=Path), metavar="DIR", help="Write files into this folder.")
@format_option("table", "json", "ndjson", "csv", "parquet")
@click.option("--contributions", is_flag=True, help="Also the points of every line, cap, multiplier and clamp.")
@click.option(
    "--history",
    is_flag=True,
    help="Also since when each is at its stage, and when each stage was first reached; the days before are worked out.",
)
@click.option("--only", type=click.Choice(["lead", "account"]), help="Show only leads, or only accounts.")
@click.option("--stage", metavar="STAGE", shell_complete=stages, help="Show only those at this stage.")
@click.option("--top", type=click.IntRange(min=1), metavar="N", help="Show only the N best, the best first.")
@memory_limit_option
@click.option("--profile", is_flag=True, help="Also say, on stderr, what each step of the plan took.")
@store_option
@events_option
@wait_option
@engine_option
def command(
    ruleset: str,
    data: str,
    as_of: str | None,
    settings: tuple[str, ...],
    strict: bool,
    max_rejected: float,
    out: Path | None,
    form: Form,
    contributions: bool,
    history: bool,
    only: str | None,
    stage: str | None,
    top: int | None,
    memory_limit: str | None,
    profile: bool,
    store: Path | None,
    keep_events: bool,
    store_wait: float,
    engine: Engine,
) -> None:
    """Score all leads and accounts of DATA with RULESET.

    \b
    RULESET is a folder, a .rules file, or one that ships
    (abm, abm-emea, b2b-opportunities, by-example, open-source, starter, tour).

    Results go to stdout, or into files with --out; --only, --stage and --top choose what is shown and never change a
    result.
    """
    from ..engine.scoring import score

    check_output(out, form, contributions)
    if keep_events and (store is None or memory_limit is not None):
        fail("`--keep-events` keeps them in a store", "add `--store FILE`, and leave out `--memory-limit`")
    if store is not None and engine == "interpreter":
        fail("what is kept in a store comes from DuckDB", "leave out `--engine interpreter`: both give the same")
    rules = loading.load(ruleset, settings, data)
    connection = None if store is None else keeping.check(store, store_wait, rules)
    if out is not None:
        check_free(out, data, rules.path, form, contributions)
    check_stage(rules.model, stage, only)
    also = keeping.fields(rules) if store is not None else []
    read = functools.partial(
        loading.read,
        rules,
        data,
        strict=strict,
        max_rejected=max_rejected,
        out=out,
        only_read=True,
        also=also,
        memory_limit=memory_limit,
    )
    events = None
    if store is not None and connection is not None and keep_events:
        dataset, events = kept_events.read(store, store_wait, rules, data, also, read, connection)
    else:
        dataset = read()
    loading.say_doubts(rules, dataset, loading.rejected_hint(out))
    instant = loading.instant(as_of, rules, dataset, by_day=store is not None)
    progress(f"scoring{loading.days_before(rules)} …")
    steps, bar = Steps(), StepsBar()

    def watch(step: Timing) -> None:
        steps.watch(step)
        bar.watch(step)

    def scored() -> Results:
        watched = watch if profile or shows_progress() else None
        plain = not (contributions or history)
        if events is not None and plain and events.prepare(rules, dataset, instant, store_wait):
            return events.add(rules, dataset) or events.score(rules, dataset, watched, bar.begin)
        return score(
            rules,
            dataset,
            as_of=instant,
            engine=engine,
            contributions=contributions or store is not None,
            history=history,
            planned=bar.begin,
            watch=watched,
            counted=DaysBar().counted,
            known=keeping.knowing(store, store_wait) if store is not None else None,
        )

    results = loading.with_plan(rules, ruleset, scored)
    say(heading(rules, results))
    if profile:
        steps.show()
    following = []
    if store is not None:
        following = keeping.keep(store, store_wait, (results, dataset), rules, data, contributions, events)
    chosen = choose(results if contributions else without_contributions(results), rules.model, only, stage, top)
    if out is None:
        show(chosen, rules.model, form, only, contributions, top)
    else:
        filters = {"only": only, "stage": stage, "top": top}
        about = {**described(rules, settings), "source": data, "filters": filters}
        write(chosen, out, form, contributions, dataset.write_rejected if loading.rejects(dataset) else None, about)
    best = best_id(chosen, rules.model)
    if best is not None:
        reading = [*(["--strict"] if strict else []), *max_rejected_again(max_rejected)]
        again = [word for setting in settings for word in ("--set", setting)]
        at = keeping.day(rules, instant) if as_of is None and store is not None else as_of
        words = [ruleset, best, *data_again(data), *(["--as-of", at] if at else []), *again, *reading]
        following.insert(0, "scoreline explain " + shlex.join(words))
    if following:
        say_next(*following)


def max_rejected_again(percent: float) -> list[str]:
    """The option as it was given; data that were accepted with it are refused without."""
    return [] if percent == MAX_REJECTED else ["--max-rejected", f"{percent:g}"]


def described(rules: Ruleset, settings: Sequence[str]) -> dict[str, Any]:
    """What `run.json` says of the rules beside their name: by which version of Scoreline, with which params."""
    from .. import __version__
    from ..engine.writers import plain_params

    return {"scoreline": __version__, "params": plain_params(rules.model.params), "set": loading.params(settings)}


def best_id(results: Results, model: Model) -> str | None:
    """The account, or else the lead, that one would look at first; the lead where rules say nothing of accounts."""
    from ..engine.best import best

    of_leads = results.leads.rows and not model.says_of("account")
    table = results.accounts if results.accounts.rows and not of_leads else results.leads
    return next((str(row[0]) for row in best(table, model, 1)), None)


def check_stage(model: Model, stage: str | None, only: str | None) -> None:
    """A stage that the ruleset does not have shows nothing: say so."""
    if stage is None:
        return
    levels: tuple[Level, ...] = ("lead", "account")
    ladders = [ladder for level in levels if only in (None, level) and (ladder := model.stages(level))]
    names = [item.name for ladder in ladders for item in ladder.stages] + ["disqualified"] * bool(ladders)
    if stage not in names:
        from ..engine.suggest import did_you_mean

        fail(f"there is no stage `{stage}`", did_you_mean(stage, names, empty="this ruleset has no stages"))
