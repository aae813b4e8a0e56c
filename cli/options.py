"""The options that several commands share, each in one place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from . import completing
from .console import say, without_colour
from .failures import fail
from .values import Amount

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


def _own_data(ctx: click.Context, param: click.Parameter, given: str | None) -> str:
    """Without the option, the data that lie with the ruleset; options that were not given come after what was."""
    from ..engine.places import find, own_data

    if given == "":
        fail("`--data` is empty", "give it a folder, or leave it out for the data that lie with the ruleset")
    ruleset = ctx.params.get("ruleset")
    if given is not None or ctx.resilient_parsing or ruleset is None or find(ruleset)[0] is None:
        return given or ""  # who loads the ruleset says that it is not there
    found = own_data(ruleset)
    if found is None:
        raise click.MissingParameter(ctx=ctx, param=param)
    say(f"data: the ruleset's own, {found}")
    return str(found)


data_option = click.option(
    "--data",
    "-d",
    callback=_own_data,
    metavar="PATH",
    help="A folder with accounts, contacts and events (JSON, NDJSON, CSV, Parquet; .gz, .zst), or one JSON file. "
    "Default: the folder `data` of the ruleset, if it has one.",
)


def data_again(data: str) -> list[str]:
    """The option as it was given, for a command that is to follow."""
    source = click.get_current_context().get_parameter_source("data")
    return [] if source is ParameterSource.DEFAULT else ["--data", data]


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
    type=Amount(0, 100),
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


_FORMS = {"md": "markdown", "htm": "html", "txt": "text", "gv": "dot", "mmd": "mermaid"}

out_file_option = click.option(
    "--out",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write it to a file, in the format that its name ends with, unless --format says another.",
)


def form_for(out: Path | None, form: str) -> str:
    """The format that the name of a file ends with, where the command has it and `--format` says nothing."""
    context = click.get_current_context()
    if out is None or context.get_parameter_source("form") is not ParameterSource.DEFAULT:
        return form
    ending = out.suffix.lower().lstrip(".")
    asked = _FORMS.get(ending, ending)
    kinds = (param.type for param in context.command.params if param.name == "form")
    return asked if any(isinstance(kind, click.Choice) and asked in kind.choices for kind in kinds) else form


memory_limit_option = click.option(
    "--memory-limit", metavar="SIZE", help="Use no more memory than, say, 800MB: what does not fit waits on the disk."
)


def data_options(command: Command) -> Command:
    """What every command that reads data takes."""
    for option in (max_rejected_option, strict_option, set_option, as_of_option, data_option):
        command = option(command)
    return command
