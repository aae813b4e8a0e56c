"""`scoreline lsp`: the language server, for editors."""

from __future__ import annotations

import contextlib
import os
import sys
from importlib.util import find_spec

import click

from .failures import fail


@click.command("lsp")
@click.option("--stdio", is_flag=True, help="Talk over standard input and output. So it always does.")
def command(stdio: bool) -> None:
    """Help an editor with rules: what is wrong as you type, completion, hover, definitions, renaming, layout.

    Editors start this command themselves and talk with it over standard input and output.
    """
    if find_spec("pygls") is None:
        fail("the language server needs a library that is not installed", "pip install 'scoreline[lsp]'")
    from .lsp.server import make

    # The protocol has standard output for itself: whatever else is printed goes to standard error.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out, contextlib.redirect_stdout(sys.stderr):
        make().start_io(stdout=out)
