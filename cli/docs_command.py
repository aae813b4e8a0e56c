"""`scoreline docs`: the model as a page for those who do not write rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from . import loading
from .console import say, tell, width
from .options import form_for, format_option, out_file_option, ruleset_argument, set_option

if TYPE_CHECKING:
    from ..engine.handbook import Handbook


@click.command("docs")
@ruleset_argument
@set_option
@format_option("markdown", "html", "text", "json")
@out_file_option
def command(ruleset: str, settings: tuple[str, ...], form: str, out: Path | None) -> None:
    """Say in plain English what RULESET does: what it takes to get to each stage, and every rule with its points.

    For sales and everybody else who has to live with the scores. html is one page that needs nothing else.
    """
    from ..engine.handbook import handbook

    made = rendered(handbook(loading.load(ruleset, settings)), form_for(out, form))
    if out is None:
        tell(made, end="")
        return
    from ..engine.writers import Together

    with Together(out.parent) as files, files.text(out.name) as file:
        file.write(made)
    say(f"wrote {out}")


def rendered(book: Handbook, form: str) -> str:
    """The handbook in one format, ending in a line feed."""
    if form == "json":
        return json.dumps(book.as_json(), ensure_ascii=False, indent=2) + "\n"
    from .docs_page import page

    if form == "html":
        from .page_html import render as html

        return html(page(book))
    if form == "text":
        from .page_text import render as text

        return text(page(book), min(width(), 100))
    from .page_markdown import render as markdown

    return markdown(page(book), top=1)
