"""The options by which outcomes are told, and cases are drawn from them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from .failures import fail
from .lengths import length
from .loading import params
from .options import Command
from .values import Day

if TYPE_CHECKING:
    from ..engine.backtest.question import Every, Question

_OPTIONS = (
    click.option(
        "--won", required=True, metavar="CONDITION", help="What a good end is: deal_won, account.status == 'Won'."
    ),
    click.option(
        "--lost",
        metavar="CONDITION",
        help="What a bad end is. With it, those with an end are compared, each scored before it; "
        "without, everybody at the end of each month: won within the horizon, or not.",
    ),
    click.option(
        "--horizon",
        callback=length,
        default="90 days",
        show_default=True,
        metavar="LENGTH",
        help="How far ahead is looked.",
    ),
    click.option(
        "--gap",
        callback=length,
        default="0 days",
        show_default=True,
        metavar="LENGTH",
        help="So long before an outcome nothing counts.",
    ),
    click.option(
        "--every",
        type=click.Choice(["month", "week", "day"]),
        default="month",
        show_default=True,
        help="How often everybody is scored, without --lost.",
    ),
    click.option("--from", "first", type=Day(), metavar="DATE", help="Score from this day on."),
    click.option("--to", "last", type=Day(), metavar="DATE", help="Score up to this day."),
    click.option(
        "--score", metavar="NAME", help="Which score: readiness, lead.engagement. Default: what decides the stage."
    ),
)

until_option = click.option(
    "--as-of", metavar="WHEN", help="The instant up to which the data are known. Default: the newest event's."
)


def question_options(command: Command) -> Command:
    """What a command takes that holds scores against outcomes."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def question(
    won: str,
    lost: str | None,
    score: str | None,
    horizon: int,
    gap: int,
    every: Every,
    first: datetime.datetime | None,
    last: datetime.datetime | None,
    settings: Sequence[str],
) -> Question:
    """The question that the options ask."""
    from ..engine.backtest.question import Question

    begin, end = (None if day is None else day.date() for day in (first, last))
    if begin is not None and end is not None and begin > end:
        fail(f"the first day, {begin}, is after the last, {end}", "the first day comes first")
    if lost is not None:
        _check_grid()
    return Question(won, lost, score, horizon, gap, every, begin, end, params(settings))


def _check_grid() -> None:
    """With `--lost` each is scored before its own end: options that say when all are scored would say nothing."""
    context = click.get_current_context()
    for name, option in (("first", "--from"), ("last", "--to"), ("every", "--every")):
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            way = "leave one of them out"
            fail(f"`{option}` is about days when all are scored, and with `--lost` each is scored before its end", way)
