"""An explanation as Markdown: headings, and lists inside lists."""

from __future__ import annotations

from collections.abc import Iterator

from ..engine.explain.report import Explanation
from .explain_next import DASH
from .explain_rows import rows
from .page_markdown import escaped
from .rows import MARKS, Row


def render_markdown(explanation: Explanation, depth: int | None = None) -> str:
    """The explanation as a page: its sentence, then a heading for each part with what is below it as a list."""
    return "\n".join(_lines(f"{explanation.level} {explanation.id}", rows(explanation, depth))) + "\n"


def _lines(title: str, found: Iterator[Row]) -> Iterator[str]:
    yield f"# {escaped(title)}"
    above: list[int] = []
    for row in found:
        if row.role in ("summary", "head"):
            above = []
            yield from ("", escaped(row.text)) if row.role == "summary" else ("", f"## {escaped(row.text)}", "")
        elif row.role != "blank":
            above = [indent for indent in above if indent < row.indent] + [row.indent]
            text = row.text.removeprefix(DASH)  # a list has bullets of its own
            yield "  " * (len(above) - 1) + f"- {_prefix(row)}{escaped(text)}{_place(row)}"


def _prefix(row: Row) -> str:
    if row.points is not None:
        return f"**{row.points}** "
    return f"{MARKS[row.role]} " if row.role in MARKS else ""


def _place(row: Row) -> str:
    return f" ({escaped(row.place)})" if row.place else ""
