"""The pages of docs/codes, which are installed with the package: what a code means, what to avoid, what to prefer."""

from __future__ import annotations

from pathlib import Path

PAGES = Path(__file__).parents[1] / "docs" / "codes"


def code_page(code: str) -> str:
    """The page of a code, as Markdown without its title.

    >>> code_page("T103").splitlines()[0].startswith("Events are selected by a name")
    True
    """
    _, _, body = (PAGES / f"{code}.md").read_text(encoding="utf-8").partition("\n")
    return body.strip()
