"""A run of those who were touched becomes one of everybody: all others are read from the snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlglot import exp

from ...grammar.nodes import Level
from ..data.sql import both, call, column, equals, run, table, text
from ..runners.embedded import Run
from ..sql.statements import temporary
from .columns import LEVELS, KeptColumn, known_columns, relation_of
from .opening import opened
from .trees import kept, named


@contextmanager
def whole(made: Run, path: Path, made_by: str) -> Iterator[None]:
    """Inside, the results of a run that were kept in the store at a path are those of the whole snapshot."""
    with opened(made.connection, path, made_by, to_write=False):
        known = known_columns(made.connection)
        (newest,) = made.connection.execute("SELECT max(instant) FROM store.snapshots").fetchall()[0]
        for level in LEVELS:
            name = table(f"{level}_results")
            run(made.connection, exp.Drop(tables=[name.copy()], kind="TABLE"))
            run(made.connection, temporary(name, _results(made, level, known[level], newest == made.as_of), "VIEW"))
        yield


def _results(made: Run, level: Level, known: Sequence[KeptColumn], is_newest: bool) -> exp.Select:
    """The snapshot of a level with the columns of the plan; the keys are in the order of the ids."""
    relation = relation_of(level, known)
    state = relation.newest() if is_newest else relation.state(made.as_of).subquery()
    key = exp.Window(this=call("row_number"), order=exp.Order(expressions=[exp.Ordered(this=column("id", "e"))]))
    columns = [named(key, "key"), named(column("id", "e"), "id")]
    for each in made.plan.results[level]:
        if each.title != "id":
            name = next((one.name for one in known if one.is_of(each)), each.title)
            columns.append(named(column(name, "s"), each.name))
    mine = both(equals(column("level", "e"), text(level)), equals(column("entity", "e"), column("entity", "s")))
    query = exp.select(*columns).from_(exp.alias_(state, "s", table=True))
    return query.join(kept("entities", "e"), on=mine)
