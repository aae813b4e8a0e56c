"""An explanation as one page that needs nothing else: opens from disk, prints, follows light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from ..engine.explain.report import Explanation
from .explain_rows import rows
from .page_html import whole
from .reports import printable
from .rows import MARKS, Row

# What stands below a line is as deep as 4.5 steps, the column of points: so wide is it with its gap.
_STYLE = """
.origin, .place, .detail { color: color-mix(in srgb, currentColor 72%, transparent); }
.summary { font-size: 1.1rem; padding: .6rem .9rem; border-left: 4px solid light-dark(#0a58ca, #6ea8fe); }
.row { display: flex; gap: .5rem; margin-left: calc(var(--deep) * 1.2rem); break-inside: avoid; }
.row > span:last-child { min-width: 0; overflow-wrap: anywhere; }
.points { min-width: 4.8rem; text-align: right; font-variant-numeric: tabular-nums; font-weight: 600; flex: none; }
.place { font-size: .8em; white-space: nowrap; }
.met > .mark, .gain > .points { color: light-dark(#116329, #4ac26b); }
.unmet > .mark, .loss > .points { color: light-dark(#a40e26, #ff7b72); }
.idle { color: color-mix(in srgb, currentColor 62%, transparent); }
.sum { border-top: 1px solid var(--line); font-weight: 600; }
.step { font-weight: 600; margin-top: .3rem; }
@media (max-width: 40rem) {
  .row { margin-left: calc(var(--deep) * .7rem); gap: .3rem; }
  .points { min-width: 2.8rem; }
}
"""


def render_html(explanation: Explanation, first: str, depth: int | None = None) -> str:
    """The explanation as a page; `first` says by which rules and when. Everything from rules and data is escaped."""
    title = f"{explanation.level} {explanation.id}"
    body = [f"<h1>{_escaped(title)}</h1>", f'<p class="origin">{_escaped(first)}</p>', *_rows(rows(explanation, depth))]
    return whole(title, "\n".join(body), _STYLE)


def _rows(found: Iterator[Row]) -> Iterator[str]:
    for row in found:
        if row.role == "summary":
            yield f'<p class="summary">{_escaped(row.text)}</p>'
        elif row.role == "head":
            yield f"<h2>{_escaped(row.text)}</h2>"
        elif row.role != "blank":
            yield f'<div class="row {row.role}" style="--deep: {row.indent}">{_front(row)}{_said(row)}</div>'


def _front(row: Row) -> str:
    if row.points is not None:
        return f'<span class="points">{_escaped(row.points)}</span>'
    return f'<span class="mark">{MARKS[row.role]}</span>' if row.role in MARKS else ""


def _said(row: Row) -> str:
    place = f' <span class="place">{_escaped(row.place)}</span>' if row.place else ""
    return f"<span>{_escaped(row.text)}{place}</span>"


def _escaped(text: str) -> str:
    return escape(printable(text))
