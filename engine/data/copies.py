"""Records that are there more than once, of files that are in order otherwise: only they are read again, and whole.

Which of several records of one id counts, the whole of each decides; a run has read only what its rules need.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
from sqlglot import exp

from .duplicates import Duplicates, find_duplicates
from .intake import Intake, open_table, working
from .layout import Layout
from .relations import Readable
from .repeats import repeated
from .sql import Sql, column, drop_table, insert, negated, run, table

_REPEATED = "repeated ids"


def choose_copies(
    connection: duckdb.DuckDBPyConnection, layout: Layout, parts: Sequence[tuple[Intake, Readable]]
) -> Duplicates:
    """Of the records of each key in the table of a layout keep the one that counts.

    `parts` are where they come from, with the columns of the whole layout.
    """
    whole = parts[0][0].layout
    keys = repeated(layout, table(layout.kind))
    run(connection, exp.Create(this=table(_REPEATED), kind="TABLE", expression=keys))
    try:
        open_table(connection, whole)
        columns = [exp.to_identifier(name, quoted=True) for name in whole.names]
        into = exp.Schema(this=working(whole), expressions=columns)
        if layout.names == whole.names:  # then there is nothing more to know of them
            known = exp.select(*map(column, layout.names)).from_(table(layout.kind))
            run(connection, insert(known.where(_is_repeated(column("id"))), into))
        else:
            for intake, relation in parts:
                found = intake.among(relation, _is_repeated)
                run(connection, insert(found.query, into), found.parameters)
        duplicates = find_duplicates(connection, whole)
        run(connection, exp.Delete(this=table(layout.kind), where=exp.Where(this=_is_repeated(column("id")))))
        run(connection, insert(_chosen(layout, duplicates), table(layout.kind)))
        return duplicates
    finally:
        run(connection, drop_table(working(whole)))
        run(connection, drop_table(table(_REPEATED)))


def _is_repeated(id_: Sql) -> Sql:
    return exp.In(this=id_, query=exp.select(column("id")).from_(table(_REPEATED)).subquery())


def _chosen(layout: Layout, duplicates: Duplicates) -> exp.Select:
    kept = exp.select(*map(column, layout.names)).from_(working(layout))
    lost = duplicates.query()
    return kept if lost is None else kept.where(negated(exp.In(this=column("rowid"), query=lost.subquery())))
