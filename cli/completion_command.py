"""`scoreline completion`: the script that makes a shell complete commands, options, rulesets, params and stages."""

from __future__ import annotations

import sys

import click
from click.shell_completion import ShellComplete, get_completion_class

from .console import say_next, tell
from .failures import fail

VARIABLE = "_SCORELINE_COMPLETE"
USES = {
    "bash": "scoreline completion bash > ~/.local/share/bash-completion/completions/scoreline",
    "zsh": "scoreline completion zsh > ~/.zfunc/_scoreline    # with `fpath+=~/.zfunc` before `compinit`",
    "fish": "scoreline completion fish > ~/.config/fish/completions/scoreline.fish",
}


@click.command("completion")
@click.argument("shell", type=click.Choice(list(USES)))
def command(shell: str) -> None:
    """Print the script that makes SHELL complete what is typed after `scoreline`.

    For this session alone: `eval "$(scoreline completion bash)"`.
    """
    made: type[ShellComplete] | None = get_completion_class(shell)
    if made is None:
        fail(f"there is no completion for {shell} here", "update click: pip install --upgrade click")
    root = click.get_current_context().find_root().command
    tell(made(root, {}, "scoreline", VARIABLE).source())
    if sys.stdout.isatty():
        say_next(USES[shell])
