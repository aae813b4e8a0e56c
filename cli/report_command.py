"""`scoreline report`: the results and their reasons as a site for everybody."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import click

from . import loading
from .console import progress, say, say_next
from .days_bar import DaysBar
from .failures import WRONG, fail
from .options import data_options, ruleset_argument

MOST_WEEKS = 520


def _weeks(ctx: click.Context, param: click.Parameter, given: str | None) -> int | None:
    """A number of weeks, or `none`; None if nothing is said."""
    if given is None or given == "none":
        return None if given is None else 0
    if not (given.isascii() and given.isdecimal() and 0 < int(given) <= MOST_WEEKS):
        raise click.BadParameter(f"give a number of weeks from 1 to {MOST_WEEKS}, or `none`", ctx, param)
    return int(given)


@click.command("report")
@ruleset_argument
@data_options
@click.option("--out", "-o", type=click.Path(path_type=Path), required=True, metavar="DIR", help="The folder to make.")
@click.option(
    "--history",
    "weeks",
    callback=_weeks,
    metavar="WEEKS",
    help="So many weeks back are scored, too, for stage moves and scores over time; `none` for none. Default: 26, "
    "or only the last one where there are more than 300,000 records.",
)
@click.option(
    "--events",
    type=click.IntRange(0, 1000),
    default=60,
    show_default=True,
    metavar="N",
    help="So many of the newest events are shown of each account.",
)
@click.option(
    "--explain",
    "explained",
    type=click.IntRange(0, 100_000),
    metavar="N",
    help="The pages of so many accounts, the furthest first, and of so many disqualified ones, also say what tipped "
    "them, what would have to happen next, and what will be lost by when and why. Default: 30 (6 where rules "
    "remember days), or none where there are more than 300,000 records; the 30 furthest have dates all the same, but "
    "for 0.",
)
@click.option(
    "--backtest",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also pages for this result of `scoreline backtest … --format json`.",
)
def command(
    ruleset: str,
    data: str,
    as_of: str | None,
    settings: tuple[str, ...],
    strict: bool,
    max_rejected: float,
    out: Path,
    weeks: int | None,
    events: int,
    explained: int | None,
    backtest: Path | None,
) -> None:
    """Make a site of the results of RULESET and of all reasons for them.

    It opens from the disk (DIR/index.html), needs no network, and may be put on any web server: the funnel, accounts
    and people with every point they got, the model in words. Whoever can open it can read all that the data say.
    """
    from .. import __version__
    from ..engine.dashboard import Asked, write_site
    from .site_folder import check_site, replacing

    tested = None if backtest is None else _document(backtest)
    rules = loading.load(ruleset, settings, data)
    check_site(out, data, rules.path)
    dataset = loading.read(rules, data, strict=strict, max_rejected=max_rejected)
    loading.mention_doubts(dataset)
    instant = loading.instant(as_of, rules, dataset)
    asked = Asked(weeks, events, min(events, 10), tested, __version__, explained)
    with replacing(out) as folder:
        site = partial(write_site, folder, rules, dataset, instant, asked, progress, DaysBar().counted)
        history = loading.with_plan(rules, ruleset, site)
    files = [path for path in out.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1_000_000
    say(f"wrote {out} ({len(files):,} files, {size:,.1f} MB)")
    if history is not None and history.is_cut:
        say("with stages and scores of last week only, since there is much data: `--history 26` for 26 weeks")
        if explained is None:
            say("and without what would have to happen next: `--explain 6` for the 6 furthest accounts")
    say_next(f"open it in a browser: {out / 'index.html'}")


def _document(path: Path) -> dict[str, Any]:
    """What a backtest has found, as its JSON says."""
    hint = "make it with `scoreline backtest … --format json > FILE`"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        fail(f"there is no `{path}`", hint)
    except (ValueError, RecursionError):
        fail(f"`{path}` is no JSON", hint, WRONG)
    if not isinstance(found, dict) or "deciles" not in found:
        fail(f"`{path}` is no result of a backtest", hint, WRONG)
    return found
