"""The options that several commands share, each in one place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from . import completing
from .console import without_colour

MAX_REJECTED = 5.0

Command = TypeVar("Command", bound=Callable[..., Any])


def _uncoloured(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted:
        without_colour()


colour_option = click.option(
    "--no-color",
    is_flag=True,
    expose_value=False,
    callback=_uncoloured,
    help="Plain text, also on a terminal (as does the variable NO_COLOR).",
)

ruleset_argument = click.argument("ruleset", metavar="RULESET", shell_complete=completing.rulesets)

data_option = click.option(
    "--data",
    "-d",
    required=True,
    metavar="PATH",
    help="A folder with accounts, contacts and events (JSON, NDJSON, CSV, Parquet; .gz, .zst), or one JSON file.",
)

as_of_option = click.option(
    "--as-of",
    metavar="WHEN",
    help="The instant to score at: 2026-03-01T09:00Z, a date (its end, in the ruleset's time zone), or `latest` "
    "for the newest event. Default: now.",
)

set_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="PARAM=VALUE",
    shell_complete=completing.params,
    help="Give a param of the ruleset another value for this run. May be repeated.",
)

strict_option = click.option("--strict", is_flag=True, help="Fail if any record cannot be read.")

max_rejected_option = click.option(
    "--max-rejected",
    type=click.FloatRange(0, 100),
    default=MAX_REJECTED,
    show_default=True,
    metavar="PERCENT",
    help="Fail if more of the records than this cannot be read.",
)

engine_option = click.option(
    "--engine",
    type=click.Choice(["duckdb", "interpreter"]),
    default="duckdb",
    show_default=True,
    help="Who computes: both give the same, to the last digit.",
)


def format_option(*choices: str, default: str | None = None) -> Callable[[Command], Command]:
    """`--format`, with the first choice as its default."""
    return click.option(
        "--format",
        "-f",
        "form",
        type=click.Choice(choices),
        default=default or choices[0],
        show_default=True,
        help="How to print it.",
    )


def data_options(command: Command) -> Command:
    """What every command that reads data takes."""
    for option in (max_rejected_option, strict_option, set_option, as_of_option, data_option):
        command = option(command)
    return command
