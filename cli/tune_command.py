"""`scoreline tune`: other points within their ranges, if they pay."""

from __future__ import annotations

import datetime
import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from . import loading
from .backtest_command import answered, check_libraries, known_until
from .console import progress, say, say_next, tell, width
from .failures import WRONG, fail
from .options import (
    data_option,
    form_for,
    format_option,
    max_rejected_option,
    out_file_option,
    ruleset_argument,
    set_option,
    strict_option,
)
from .outputs import write_text
from .questions import question, question_options, until_option

if TYPE_CHECKING:
    from ..engine.backtest.question import Every, Question
    from ..engine.data import Dataset
    from ..engine.ruleset import Ruleset
    from ..engine.tune.tuning import Tuning


@click.command("tune")
@ruleset_argument
@data_option
@question_options
@click.option("--param", "only", multiple=True, metavar="NAME", help="Tune only this param. May be repeated.")
@click.option("--write", "writes", is_flag=True, help="Put the suggestion into the rules, if it pays.")
@until_option
@set_option
@strict_option
@max_rejected_option
@format_option("text", "json", "markdown", "html")
@out_file_option
def command(
    ruleset: str,
    data: str,
    won: str,
    lost: str | None,
    horizon: int,
    gap: int,
    every: Every,
    first: datetime.datetime | None,
    last: datetime.datetime | None,
    score: str | None,
    only: tuple[str, ...],
    writes: bool,
    as_of: str | None,
    settings: tuple[str, ...],
    strict: bool,
    max_rejected: float,
    form: str,
    out: Path | None,
) -> None:
    """Suggest points for RULESET that tell better who is won, within the ranges that its params allow.

    What may change are params with a range: `param pricing_points = 10 in 0..30`, used as `=> +pricing_points`. Whether
    other values pay is judged on cases that they were not learnt from. Nothing is written without --write.
    """
    form = form_for(out, form)
    check_libraries()
    if writes:
        _check_writable(ruleset, settings)
    from ..engine.backtest.backtest import asked

    wanted = question(won, lost, score, horizon, gap, every, first, last, settings)
    rules = loading.load(ruleset, settings, data)
    answered(rules, ruleset, lambda: asked(rules, wanted))
    dataset = loading.read(rules, data, strict=strict, max_rejected=max_rejected)
    loading.mention_doubts(dataset)
    found = tuned(rules, ruleset, dataset, wanted, as_of, only)
    made = rendered(found, form, loading.folder_of(ruleset))
    if out is not None:
        write_text(out, made)
        say(f"wrote {out}")
    else:
        tell(made, end="")
    if writes:
        _write(found)
    elif form == "text" and found.pays:
        _say_next(found, ruleset, data)


def tuned(
    rules: Ruleset, name: str, dataset: Dataset, asked: Question, as_of: str | None, only: tuple[str, ...]
) -> Tuning:
    """The tuning; what cannot be answered ends the command with the reason."""
    from ..engine.tune.tuning import tune

    until = known_until(as_of, rules, dataset)
    return answered(rules, name, lambda: tune(rules, dataset, asked, until, only, progress))


def rendered(found: Tuning, form: str, folder: str) -> str:
    """The tuning in one format, ending in a line feed."""
    if form == "json":
        from ..engine.tune.document import document

        return json.dumps(document(found), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    from .tune_page import page

    if form == "markdown":
        from .page_markdown import render as markdown

        return markdown(page(found, folder))
    if form == "html":
        from .page_html import render as html

        return html(page(found, folder))
    from .page_text import render as text

    return text(page(found, folder), min(width(), 100))


# --- writing ------------------------------------------------------------------------


def _check_writable(name: str, settings: tuple[str, ...]) -> None:
    if not Path(name).exists():
        fail(f"`{name}` is no path, so `--write` has nothing to change", "copy the ruleset, and name its folder")
    if settings:
        fail("`--write` changes the rules as they stand, and `--set` gives them other values", "leave one of them out")


def _write(found: Tuning) -> None:
    from ..engine.tune.rewriting import CannotWrite, apply, not_own

    if not found.pays:
        say("nothing was written: the points stay as they are")
        return
    try:
        paths = apply(found.ruleset, found.suggested)
    except CannotWrite as error:
        fail(str(error), "run it again", WRONG)
    for path in paths:
        say(f"wrote {path}")
    if elsewhere := not_own(found.ruleset, found.suggested):
        say(f"not written: {', '.join(elsewhere)}, of a ruleset that this one builds on")
    say_next(f"scoreline test {shlex.quote(str(found.ruleset.path))}")


def _say_next(found: Tuning, ruleset: str, data: str) -> None:
    say_next(f"scoreline diff {shlex.join([ruleset, ruleset, '--data', data, *_settings(found.suggested)])}")


def _settings(values: Mapping[str, float]) -> list[str]:
    from ..engine.tune.rescoring import shown

    return [word for name, value in values.items() for word in ("--set", f"{name}={shown(value)}")]
