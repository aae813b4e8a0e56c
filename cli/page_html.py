"""A page of HTML that needs nothing else: opens from disk, prints, follows light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from .curve_svg import svg
from .pages import Block, Code, Curves, Drawn, Folded, Grid, Head, Link, Page, Point, Points, Prose, Said, Strong, plain
from .reports import printable

_STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .4rem; }
code { font-size: .9em; background: color-mix(in srgb, currentColor 8%, transparent); padding: .1em .3em;
       border-radius: .25em; overflow-wrap: anywhere; }
ul { padding-left: 1.3rem; } li.plus::marker { content: "+ "; } li.minus::marker { content: "− "; }
li.tilde::marker { content: "~ "; }
.plus::marker, .good { color: light-dark(#116329, #4ac26b); }
.minus::marker, .bad { color: light-dark(#a40e26, #ff7b72); }
.tilde::marker, .doubt { color: light-dark(#7d4e00, #d29922); }
.wide { overflow-x: auto; } h3 { margin: 1.5rem 0 .3rem; } a { color: inherit; text-underline-offset: .2em; }
:target { background: color-mix(in srgb, currentColor 10%, transparent); }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } h2, h3 { break-after: avoid; }
  li, tr { break-inside: avoid; } }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.right { text-align: right; } pre { line-height: 1.15; overflow-x: auto; }
svg { width: 26rem; max-width: 100%; }
summary { cursor: pointer; font-weight: 600; margin: 1rem 0 .4rem; }
"""
_CLASSES = {"+": "plus", "−": "minus", "~": "tilde"}


def render(page: Page) -> str:
    """The page; everything from rules and data is escaped."""
    title = next((plain(block.text) for block in page if isinstance(block, Head)), "scoreline diff")
    body = "\n".join(line for block in page for line in _block(block))
    return whole(title, body)


def whole(title: str, body: str, style: str = "") -> str:
    """A document with this title (as text) and body (as HTML), in the style of all pages and one of its own."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(printable(title))}</title>\n"
        '<meta name="viewport" content="width=device-width">\n'
        f"<style>{_STYLE}{style}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _block(block: Block) -> Iterator[str]:
    match block:
        case Head(text=text, level=level, anchor=anchor):
            yield f"<h{level}{_id(anchor)}>{_text(text)}</h{level}>"
        case Prose(text=text, tone=tone):
            yield f'<p class="{tone}">{_text(text)}</p>' if tone != "plain" else f"<p>{_text(text)}</p>"
        case Points(points=points):
            yield from _points(points)
        case Grid():
            yield from _grid(block)
        case Drawn(lines=lines, said=said):
            drawing = escape("\n".join(map(printable, lines)))
            yield f'<pre role="img" tabindex="0" aria-label="{escape(printable(said))}">{drawing}</pre>'
        case Curves(left=left, right=right, said=said):
            yield f'<div role="img" aria-label="{escape(printable(said))}">{svg(left)}{svg(right)}</div>'
        case Folded(title=title, blocks=blocks):
            yield f"<details><summary>{_text(title)}</summary>"
            for inner in blocks:
                yield from _block(inner)
            yield "</details>"


def _text(text: Said) -> str:
    return "".join(map(_piece, text))


def _piece(piece: str) -> str:
    shown = escape(printable(piece))
    match piece:
        case Code():
            return f"<code>{shown}</code>"
        case Strong():
            return f"<strong>{shown}</strong>"
        case Link(to=to):
            return f'<a href="#{escape(to)}">{shown}</a>'
    return shown


def _id(anchor: str) -> str:
    return f' id="{escape(anchor)}"' if anchor else ""


def _points(points: tuple[Point, ...]) -> Iterator[str]:
    yield "<ul>"
    for point in points:
        mark = f' class="{_CLASSES[point.sign]}"' if point.sign in _CLASSES else ""
        yield f"<li{_id(point.anchor)}{mark}>{_text(point.text)}"
        if point.below:
            yield from _points(point.below)
        yield "</li>"
    yield "</ul>"


def _grid(grid: Grid) -> Iterator[str]:
    yield '<div class="wide" role="group" aria-label="table" tabindex="0"><table><thead><tr>'
    yield "".join(_head(grid, place, name) for place, name in enumerate(grid.columns))
    yield "</tr></thead><tbody>"
    for row in grid.rows:
        yield (
            "<tr>" + "".join(f"<td{_side(grid, place)}>{_text(cell)}</td>" for place, cell in enumerate(row)) + "</tr>"
        )
    yield "</tbody></table></div>"


def _head(grid: Grid, place: int, name: str) -> str:
    """The head of a column; one without a name heads nothing."""
    return f'<th scope="col"{_side(grid, place)}>{escape(name)}</th>' if name else "<td></td>"


def _side(grid: Grid, place: int) -> str:
    return ' class="right"' if place in grid.right else ""
