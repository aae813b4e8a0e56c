"""Where words go: results to stdout, everything else to stderr, in colour only where a terminal wants it."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys

import click

_WIPE = "\r\x1b[2K"


def without_colour() -> None:
    """Switch colour off for the rest of this process, for every library that asks."""
    os.environ["NO_COLOR"] = "1"


def tell(text: str, end: str = "\n") -> None:
    """Results, on stdout."""
    progress("")
    click.echo(text + end, nl=False, color=_colour())


class Growing:
    """Results that are told as far as they are there: what was told before is the beginning of what there is then."""

    def __init__(self) -> None:
        self._told = ""

    def grow(self, text: str) -> None:
        """Tells what has come since."""
        tell(text.removeprefix(self._told), end="")
        self._told = text


def say(text: str = "") -> None:
    """What goes with them, on stderr; results that were printed before come before."""
    with contextlib.suppress(OSError):  # whoever read them may have gone: the end of the command says so
        sys.stdout.flush()
    progress("")
    click.echo(text, err=True, color=_colour())


def say_next(*steps: str) -> None:
    """What one would do next, a command a line."""
    say(click.style("\nNext", bold=True))
    for step in steps:
        say(f"  {step}")


def warn(text: str, hint: str = "") -> None:
    """Something that a person should know although the command went on."""
    say(f"{click.style('warning', fg='yellow', bold=True)}: {text}")
    if hint:
        say(f"  = {click.style('hint', bold=True)}: {hint}")


def progress(text: str) -> None:
    """What is being done, on a terminal only; whatever is said next takes its place."""
    if shows_progress():
        click.echo(f"{_WIPE}{text}", err=True, nl=False, color=True)


def shows_progress() -> bool:
    """Whether somebody sees what is being done: stderr is a terminal that can take a line back."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """How many columns there are to write in; wide where the output goes to a file."""
    return shutil.get_terminal_size((100, 24)).columns


def _colour() -> bool | None:
    """None lets click decide by whether a terminal reads."""
    return False if os.environ.get("NO_COLOR") else None
