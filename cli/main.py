"""The command `scoreline`: finds the subcommand, and makes every ending a clear one.

Nothing heavy is imported here: each command is a module of its own, loaded when it is called (or listed by
`--help`), and loads what it needs when it runs.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from typing import Any

import click

from .. import __version__
from ..engine.room import roomy
from .failures import INTERRUPTED, ending, loaded_engine, telling_pipes
from .options import colour_option

COMMANDS = {
    "init": "write a small ruleset with tests and data that run at once",
    "validate": "find what is wrong or doubtful, and mend it with --fix",
    "test": "run the scenarios of a ruleset, or record one from data",
    "run": "score everyone",
    "explain": "why one account or lead has its scores and its stage",
    "compare": "what differs between two of them, or one at two instants",
    "diff": "what a change of the rules means, and for whom",
    "backtest": "whether the scores predict",
    "tune": "better points within their ranges, if they pay",
    "replay": "the past: who was at which stage on each day, and why",
    "moves": "who has changed stage since yesterday, and why",
    "history": "one account or lead over time",
    "graph": "what depends on what, drawn",
    "docs": "the model in plain English",
    "report": "a site of the results that opens from disk",
    "plan": "how a ruleset is computed, with the SQL of each step",
    "fmt": "files of rules in one layout",
    "lsp": "help for editors as you type",
    "completion": "help for the shell as you type",
}
"""Each with what `scoreline --help` says of it, which fits on its line."""

MEANT = {"check": "validate", "lint": "validate", "fix": "validate", "score": "run", "why": "explain", "format": "fmt"}
"""Other words for commands."""


class Commands(click.Group):
    """The subcommands, each in the module `NAME_command`."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        with telling_pipes():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        with telling_pipes():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f".{cmd_name}_command", __package__)
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            from ..engine.suggest import did_you_mean

            meant = MEANT.get(args[0])
            near = (
                f"did you mean `{meant}`?" if meant else did_you_mean(args[0], COMMANDS, "`scoreline --help` lists all")
            )
            ctx.fail(f"there is no command `{args[0]}`; {near}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with `scoreline init`, or `scoreline run abm --data FOLDER`. "
    "`scoreline COMMAND --help` says more about a command.",
)
@click.version_option(__version__, prog_name="scoreline", message="%(prog)s %(version)s")
@colour_option
def app() -> None:
    """Lead and account scoring as code: readable rules, every point explained to the event."""


SELDOM = 200_000
"""After so many new objects garbage is looked for: what a short command makes nearly all stays until its end."""


def main() -> None:
    """Run the command line, and end the process with its exit code."""
    gc.set_threshold(SELDOM)
    code = ending(lambda: roomy(lambda: app.main(prog_name="scoreline", standalone_mode=False)))
    unflushed = ending(sys.stdout.flush)
    if unflushed:
        # Whoever read our output has gone, or the disk is full: Python must not stumble over it once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if code == INTERRUPTED:
        sys.stderr.flush()
        os._exit(code)  # DuckDB complains at length of what a statement that was stopped has left
    if loaded_engine() is None:  # which would complain of what is left of it
        gc.freeze()  # the process ends, and all that is left with it
    sys.exit(code or unflushed)
