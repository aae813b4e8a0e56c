"""`scoreline replay`: scores and stages at many instants, and who moved between them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from . import keeping, loading
from .completing import stages
from .console import progress, say, say_next, tell, width
from .failures import fail
from .kept_moves import Change, change_of, usual
from .options import (
    data_again,
    data_option,
    format_option,
    max_rejected_option,
    memory_limit_option,
    ruleset_argument,
    set_option,
    strict_option,
)
from .replay_days import every_of, instants
from .replay_found import Found, ladder
from .replay_reasons import Reasons, Taker
from .waiting import wait_option

if TYPE_CHECKING:
    from ..engine.history.files import Form
    from ..engine.model import Model
    from ..engine.moves import Move
    from ..engine.plan.compile import Titles

Level = Literal["lead", "account"]
LEVELS: tuple[Level, ...] = ("account", "lead")


@click.command("replay")
@ruleset_argument
@data_option
@click.option("--from", "first", metavar="DAY", help="The first day. Default: `history_from`, or the oldest event's.")
@click.option("--to", "last", metavar="DAY", help="The last day: a date, or `latest`. Default: yesterday.")
@click.option(
    "--every",
    default="day",
    show_default=True,
    metavar="LENGTH",
    help="day, week, month (its last day) or '10 days', counted back from the last day.",
)
@click.option("--level", "--only", type=click.Choice(LEVELS), help="Whose stages. Default: accounts, if they have any.")
@click.option(
    "--stage",
    metavar="STAGE",
    shell_complete=stages,
    help="Only moves of those who reach this stage or one beyond, or lose it.",
)
@click.option(
    "--top", type=click.IntRange(min=1), default=10, show_default=True, metavar="N", help="Show the N newest moves."
)
@click.option(
    "--out",
    "-o",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write results at all instants and all moves into this folder: Parquet or, with --format csv, CSV.",
)
@click.option("--contributions", is_flag=True, help="With --out or --store, also the points of every line.")
@click.option("--no-reasons", is_flag=True, help="Only who moved, not why: with many moves that is most of the work.")
@click.option(
    "--store",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep each instant as a snapshot in this store, as `run --store` does.",
)
@wait_option
@set_option
@strict_option
@max_rejected_option
@memory_limit_option
@format_option("table", "markdown", "json", "csv")
def command(
    ruleset: str,
    data: str,
    first: str | None,
    last: str | None,
    every: str,
    level: Level | None,
    stage: str | None,
    top: int,
    out: Path | None,
    contributions: bool,
    no_reasons: bool,
    store: Path | None,
    store_wait: float,
    settings: tuple[str, ...],
    strict: bool,
    max_rejected: float,
    memory_limit: str | None,
    form: str,
) -> None:
    """Score DATA with RULESET as of the end of many days: who was at which stage, who moved when, and why.

    Each instant is scored with what was known then: events from when they were received, versions of records from
    when they were valid. The results are those of so many runs, worked out together.
    """
    from ..engine.history.files import ReplayFiles
    from ..engine.history.moves import StageMoves
    from .replay_files import about, check_files, tables
    from .replay_store import Snapshots

    on_disk: Form = "csv" if form == "csv" else "parquet"
    apart = every_of(every)
    if contributions and out is None and store is None:
        fail("`--contributions` go into files or a store", "add `--out DIR` or `--store FILE`")
    rules = loading.load(ruleset, settings, data)
    chosen = _level(rules.model, level, stage)
    if out is not None:
        check_files(out, data, rules.path, on_disk, contributions)
    if store is not None:
        keeping.check(store, store_wait, rules)
    also = keeping.fields(rules) if store is not None else ()
    dataset = loading.read(
        rules, data, strict=strict, max_rejected=max_rejected, only_read=True, also=also, memory_limit=memory_limit
    )
    loading.mention_doubts(dataset)
    at = instants(rules, dataset, apart, first, last)
    of_all = out is not None or form in ("json", "csv")
    reasons = Reasons(rules, dataset, at, 0 if no_reasons else None if of_all else top)
    watched = {each: StageMoves(each) for each in (LEVELS if out is not None else (chosen,))}
    files = None if out is None else ReplayFiles(out, rules.model, on_disk, contributions)
    snapshots = None if store is None else Snapshots(rules.model, dataset)
    takers: list[Taker] = [taker.add for taker in (*watched.values(), files, snapshots) if taker is not None]
    only = _stages_of(chosen) if files is None and snapshots is None else None
    with_lines = contributions or snapshots is not None
    next_steps = []
    with snapshots or nullcontext():
        with files or nullcontext():
            held = loading.with_plan(rules, ruleset, lambda: reasons.replay(takers, with_lines, only))
            if files is not None:
                files.complete()
            with held:
                all_moves = {
                    each: reasons.told(_told(rules.model, found.moves, each, stage if files is None else None))
                    for each, found in watched.items()
                }
            if files is not None:
                progress("writing files …")
                files.finish(tables(all_moves), about(rules.model, at, data, every, loading.params(settings)))
        if files is not None:
            say("wrote " + ", ".join(str(name) for name in files.names))
        if store is not None and snapshots is not None:
            next_steps = snapshots.keep(store, store_wait, rules, data, contributions)
    moves = _told(rules.model, [move for move, _ in all_moves[chosen]], chosen, stage)
    found = Found(rules, every, tuple(at), chosen, stage, watched[chosen].counts, moves, not no_reasons)
    if out is None or form != "csv":
        tell(_rendered(found, form, top), end="")
    if form == "table":
        mover = moves[0][0] if moves else None
        words = [ruleset, mover.id if mover else "ID", *data_again(data)]
        words += ["--as-of", keeping.day(rules, mover.at if mover else at[-1])]
        words += [word for setting in settings for word in ("--set", setting)]
        say_next(*next_steps, "scoreline explain " + shlex.join(words))


def _rendered(found: Found, form: str, top: int) -> str:
    from .replay_page import csv_of, document, page

    if form == "json":
        return json.dumps(document(found), ensure_ascii=False, indent=2) + "\n"
    if form == "csv":
        return csv_of(found.moves)
    if form == "markdown":
        from .page_markdown import render as markdown

        return markdown(page(found, top), top=1)
    from .page_text import render as text

    return text(page(found, top), min(width(), 100))


# --- what is found ----------------------------------------------------------------------------------------------------


def _level(model: Model, level: Level | None, stage: str | None) -> Level:
    """Whose stages are looked at; refuses a stage that they do not have."""
    asked = (level,) if level else LEVELS
    names = {each: ladder(model, each) for each in asked}
    if stage is None:
        return next((each for each in asked if names[each]), asked[0])
    found = next((each for each in asked if stage in names[each]), None)
    if found is None:
        from ..engine.suggest import did_you_mean

        known = [name for each in asked for name in names[each]]
        fail(f"there is no stage `{stage}`", did_you_mean(stage, known, empty="they have no stages"))
    return found


def _stages_of(level: Level) -> Titles:
    """The results that moves and counts are seen by; the reasons are worked out for those who moved."""
    return {each: ("id", "stage") if each == level else () for each in LEVELS}


def _told(model: Model, moves: Sequence[Move], level: Level, stage: str | None) -> list[tuple[Move, Change]]:
    """The moves of a level, the newest first, with what they mean; with a stage only those to it or beyond, or back."""
    names = ladder(model, level)
    newest = sorted(moves, key=lambda move: (-move.at, move.id))
    told = [(move, change_of(move, names, stage or usual(names))) for move in newest]
    return told if stage is None else [each for each in told if each[1] in ("new", "lost")]
