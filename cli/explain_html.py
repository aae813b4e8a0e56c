"""An explanation as one page that needs nothing else: opens from disk, prints, follows light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from ..engine.explain.report import Explanation
from .explain_rows import rows
from .rows import MARKS, Row

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .3rem; }
.row { display: flex; gap: .6rem; }
.points { min-width: 5.5rem; text-align: right; font-variant-numeric: tabular-nums; font-weight: 600; }
.detail { opacity: .8; }
.place { opacity: .65; font-size: .85em; }
"""


def render_html(explanation: Explanation, first: str, depth: int | None = None) -> str:
    """The explanation as a page; `first` says by which rules and when. Everything from rules and data is escaped."""
    title = escape(f"{explanation.level} {explanation.id}")
    body = "\n".join(_rows(rows(explanation, depth)))
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n<p>{escape(first)}</p>\n{body}\n</body>\n</html>\n"
    )


def _rows(found: Iterator[Row]) -> Iterator[str]:
    for row in found:
        if row.role == "summary":
            yield f"<p><strong>{escape(row.text)}</strong></p>"
        elif row.role == "head":
            yield f"<h2>{escape(row.text)}</h2>"
        elif row.role != "blank":
            yield f'<div class="row {row.role}" style="margin-left: {row.indent}rem">{_front(row)}{_said(row)}</div>'


def _front(row: Row) -> str:
    if row.points is not None:
        return f'<span class="points">{escape(row.points)}</span>'
    return f"<span>{MARKS[row.role]}</span>" if row.role in MARKS else ""


def _said(row: Row) -> str:
    place = f' <span class="place">{escape(row.place)}</span>' if row.place else ""
    return f"<span>{escape(row.text)}{place}</span>"
