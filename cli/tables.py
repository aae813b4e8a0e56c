"""Results as tables for people: the best first, as many columns as the terminal has room for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .console import width
from .reports import plural, printable

if TYPE_CHECKING:
    from ..engine.frames import Column, Row, Table
    from ..engine.records import Value

SHOWN = 20
WIDEST_CELL = 40
NARROWEST = 4
_NUMBERS = ("points", "number", "count")
_DATES = ("stage_since", "reached")
_STYLES = {"score": "cyan", "grade": "magenta", "stage": "bold green", "disqualified": "red"}


def show(table: Table, shown: Sequence[Row], timezone: str = "UTC") -> None:
    """Print these rows of a table, and say what is not shown. Stages have days in that time zone."""
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    cells = [
        [_shown(column, value, timezone) for column, value in zip(table.columns, row, strict=True)] for row in shown
    ]
    places, left_out = fitting(table.columns, cells, width())
    rich = RichTable(box=None, pad_edge=False, header_style="bold", title_justify="left")
    for place, room in zip(places, _rooms(table.columns, cells, places, width()), strict=True):
        column = table.columns[place]
        right = column.kind in _NUMBERS
        style = _STYLES.get(column.role, "")
        rich.add_column(Text(column.name), justify="right" if right else "left", style=style, no_wrap=True, width=room)
    for line in cells:
        rich.add_row(*(Text(line[place]) for place in places))
    console = Console(file=sys.stdout, width=width(), highlight=False)
    console.print(Text(table.name.capitalize(), style="bold underline"))
    console.print(rich if shown else Text("none"))
    everyone = len(table)
    if everyone > len(shown):
        rest = plural(everyone - len(shown), "more", "more")
        console.print(Text(f"… and {rest}: --top {everyone}, or --out DIR", style="dim"))
    if left_out:
        console.print(Text(f"not shown for want of room: {', '.join(left_out)}", style="dim"))


def _shown(column: Column, value: Value, timezone: str) -> str:
    """A value for people: what no tool reads back has four decimals, as points have."""
    from ..engine.instants import Zone, local_date
    from ..engine.writers import cell

    if column.role in _DATES and isinstance(value, int):
        return local_date(value, Zone.named(timezone)).isoformat()
    return printable(cell(column, round(value, 4) if isinstance(value, float) else value))


def fitting(columns: Sequence[Column], cells: Sequence[Sequence[str]], room: int) -> tuple[list[int], list[str]]:
    """The places of the columns that fit, and the names of those that do not.

    Details go first, then when stages were reached, measures, account ids, and scores from the first on; ids, the last
    score and the stage stay.
    """
    widths = [min(WIDEST_CELL, wide) for wide in _widths(columns, cells)]
    empty = [
        (column.role == "disqualified" or column.name == "account_id") and not any(line[place] for line in cells)
        for place, column in enumerate(columns)
    ]
    places = [place for place in range(len(columns)) if not empty[place]]
    left_out: list[str] = []
    for place in _order_of_leaving(columns):
        if sum(widths[kept] + 2 for kept in places) - 2 <= room:
            break
        places.remove(place)
        left_out.append(columns[place].name)
    return places, left_out


def _widths(columns: Sequence[Column], cells: Sequence[Sequence[str]]) -> list[int]:
    """How many columns of a terminal each column takes."""
    from rich.cells import cell_len

    return [
        max(cell_len(text) for text in (column.name, *(line[place] for line in cells)))
        for place, column in enumerate(columns)
    ]


def _rooms(columns: Sequence[Column], cells: Sequence[Sequence[str]], places: Sequence[int], room: int) -> list[int]:
    """How wide the chosen columns are drawn: where room is wanting the widest texts are cut, and no number."""
    widths = _widths(columns, cells)
    rooms = [widths[place] if columns[place].name == "id" else min(widths[place], WIDEST_CELL) for place in places]
    texts = [number for number, place in enumerate(places) if columns[place].kind not in _NUMBERS]
    wanting = sum(wide + 2 for wide in rooms) - 2 - room
    while wanting > 0 and texts:
        widest = max(texts, key=lambda number: rooms[number])
        if rooms[widest] <= NARROWEST:
            break
        rooms[widest] -= 1
        wanting -= 1
    return rooms


def _order_of_leaving(columns: Sequence[Column]) -> list[int]:
    scores = [place for place, column in enumerate(columns) if column.role == "score"]
    groups = (
        [place for place, column in enumerate(columns) if column.role == "detail" and column.kind != "points"][::-1],
        [place for place, column in enumerate(columns) if column.role == "reached"],
        [place for place, column in enumerate(columns) if column.role == "measure"],
        [place for place, column in enumerate(columns) if column.name == "account_id"],
        scores[:-1],
        [place for place, column in enumerate(columns) if column.role == "grade"],
    )
    return [place for group in groups for place in group]
