"""A page in the format that was asked for."""

from __future__ import annotations

from .pages import Page

WIDEST = 100


def page_as(page: Page, form: str, width: int) -> str:
    """The page as `text`, `markdown` or `html`, ending in a line feed."""
    if form == "markdown":
        from .page_markdown import render as markdown

        return markdown(page)
    if form == "html":
        from .page_html import render as html

        return html(page)
    from .page_text import render as text

    return text(page, min(width, WIDEST))
