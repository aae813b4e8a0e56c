"""What sources promise of their ids, `unique: true`: a run believes it, and whoever asks for it finds out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import duckdb
from sqlglot import exp

from ...grammar.diagnostics import Diagnostic, Related, finding
from .batches import Batch
from .duplicates import kept
from .layout import Layout
from .rejected import Places
from .repeats import repeated
from .sql import call, column, number, rows

_SHOWN = 5
"""How many of the ids are shown with their places."""


def promise_unique(batches: Sequence[Batch]) -> bool:
    """Whether no two records of these can have one id, if all that their sources say is true."""
    return all(batch.source.unique for batch in batches)


def broken_promise(
    connection: duckdb.DuckDBPyConnection, layout: Layout, batches: Sequence[Batch], places: Places
) -> Iterator[Diagnostic]:
    """An error where a source of these records promises unique ids, and several records have one."""
    promising = next((batch.source for batch in batches if batch.source.unique), None)
    if promising is None:
        return
    keys = repeated(layout, kept(layout))
    (count,) = rows(connection, exp.select(call("count", exp.Star())).from_(keys.subquery("repeated")))[0]
    if not count:
        return
    found = list(_places(connection, layout, places))
    (id_, again), *others = found
    many = "1 id stands" if count == 1 else f"{count:,} ids stand"
    yield finding(
        "D111",
        f"{many} in several {layout.kind}, such as `{id_}`, and `unique: true` promises that none does",
        again[-1].span,
        label=f"`{id_}` again",
        hint="take `unique: true` out of `sources`, so that repeated records are left out, or mend the export",
        related=(
            *again[:-1],
            *(place for _, both in others for place in both),
            Related(promising.span, "promised here"),
        ),
    )


def _places(
    connection: duckdb.DuckDBPyConnection, layout: Layout, places: Places
) -> Iterator[tuple[str, tuple[Related, ...]]]:
    """The first of the repeated ids, each with the places of its first two records."""
    several = repeated(layout, kept(layout)).order_by(column("id")).limit(_SHOWN)
    ids = exp.select(column("id")).from_(several.subquery("several"))
    query = kept(layout, column("id"), column("rowid")).where(exp.In(this=column("id"), query=ids.subquery()))
    for id_, some in groupby(rows(connection, query.order_by(number(1), number(2))), key=lambda row: str(row[0])):
        first_two = [int(str(row)) for _, row in some][:2]
        yield id_, tuple(Related(places.span(row), f"`{id_}`") for row in first_two)
