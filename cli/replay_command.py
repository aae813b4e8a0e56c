"""`scoreline replay`: scores and stages at many instants, and who moved between them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from . import keeping, loading
from .completing import stages
from .console import progress, say_next, tell, width
from .days_bar import DaysBar
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
from .reports import plural
from .waiting import wait_option

if TYPE_CHECKING:
    from ..engine.data import Dataset
    from ..engine.history import Replayed
    from ..engine.history.files import Form
    from ..engine.history.moves import Counts
    from ..engine.model import Model
    from ..engine.moves import Move
    from ..engine.plan.compile import Titles
    from ..engine.ruleset import Ruleset

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
    from .replay_files import check_files, write_files
    from .replay_store import keep

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
    most = 0 if no_reasons else None if of_all else top
    with_lines = contributions or store is not None or _wants_lines(dataset, at, most)
    only = None if with_lines or out is not None else _stages_of(chosen)
    with loading.with_plan(rules, ruleset, lambda: _replayed(rules, dataset, at, with_lines, only)) as replayed:
        moves = _moves(rules.model, replayed, dataset, chosen, stage, most)
        if out is not None:
            all_moves = {each: _moves(rules.model, replayed, dataset, each, None, most) for each in LEVELS}
            about = {"source": data, "every": every, "set": loading.params(settings)}
            write_files(out, replayed, all_moves, on_disk, contributions, about)
        next_steps = []
        if store is not None:
            next_steps = keep(store, store_wait, (replayed, dataset), rules, data, contributions)
        counts = _counts(replayed, chosen)
    found = Found(rules, every, tuple(at), chosen, stage, counts, moves)
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


def _wants_lines(dataset: Dataset, at: Sequence[int], most: int | None) -> bool:
    """Whether the points of lines are worked out at once, or later for those instants at which somebody moves."""
    from ..engine.history.reasons import fits

    return (most is None or len(at) <= 2 * most) and fits(dataset, at)


def _stages_of(level: Level) -> Titles:
    """The results that moves and counts are seen by; the reasons are worked out for those who moved."""
    return {each: ("id", "stage") if each == level else () for each in LEVELS}


def _replayed(rules: Ruleset, dataset: Dataset, at: Sequence[int], with_lines: bool, only: Titles | None) -> Replayed:
    from ..engine.history import replay

    progress(f"replaying {plural(len(at), 'instant')}{loading.days_before(rules)} …")
    return replay(rules.model, dataset, at, contributions=with_lines, counted=DaysBar().counted, only=only)


def _counts(replayed: Replayed, level: Level) -> Counts:
    from ..engine.history.moves import stage_counts

    return stage_counts(replayed, level)


def _moves(
    model: Model, replayed: Replayed, data: Dataset, level: Level, stage: str | None, most: int | None
) -> list[tuple[Move, Change]]:
    """The moves of a level, the newest first; the `most` first of them, or all, with their reasons."""
    from ..engine.history.moves import stage_moves
    from ..engine.history.reasons import with_reasons

    names = ladder(model, level)
    found = sorted(stage_moves(replayed, level), key=lambda move: (-move.at, move.id))
    told = [(move, change_of(move, names, stage or usual(names))) for move in found]
    if stage is not None:
        told = [each for each in told if each[1] in ("new", "lost")]
    if not told[:most]:
        return told
    progress(f"looking for the reasons of {plural(len(told[:most]), 'move')} …")
    explained = with_reasons(replayed, [move for move, _ in told[:most]], data, DaysBar().counted)
    return [(move, change) for move, (_, change) in zip(explained, told, strict=False)] + told[len(explained) :]
