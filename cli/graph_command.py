"""`scoreline graph`: what depends on what in a ruleset, drawn."""

from __future__ import annotations

from pathlib import Path

import click

from . import loading
from .completing import names
from .console import say, tell
from .failures import fail
from .options import form_for, format_option, out_file_option, ruleset_argument


@click.command("graph")
@ruleset_argument
@click.option(
    "--focus",
    metavar="NAME",
    shell_complete=names,
    help="Only what this depends on and what depends on it: a score, measure, grade, field, signal, event type, "
    "the id of a line, or `stage`. `account.stage` or `fit of leads` where a name is not enough.",
)
@format_option("mermaid", "dot", "svg", "json")
@out_file_option
def command(ruleset: str, focus: str | None, form: str, out: Path | None) -> None:
    """Draw RULESET: from events and fields over signals, scores and grades of leads to those of accounts.

    mermaid goes into Markdown (GitHub draws it), svg into a browser, dot into Graphviz, json into programs.
    """
    from ..engine.drawing.draw import draw, view

    rules = loading.load(ruleset)
    shown, near = view(rules.model, focus)
    if shown is None:
        names = ", ".join(f"`{name}`" for name in near)
        hint = f"did you mean {names}?" if near else "`scoreline graph RULESET` without --focus shows all names"
        fail(f"`{rules.name}` has nothing called `{focus}`", hint)
    drawing = draw(shown.graph, form_for(out, form), shown.focus).rstrip("\n")
    if out is None:
        tell(drawing)
        return
    from ..engine.writers import Together

    with Together(out.parent) as files, files.text(out.name) as file:
        file.write(drawing + "\n")
    say(f"wrote {out}")
