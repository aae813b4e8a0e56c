"""Makes the steps of a plan on DuckDB: each a temporary table, dropped after its last reader."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

import duckdb
from sqlglot import exp

from ..datatypes import data_type
from ..model import Const
from ..plan.steps import DecayStep, Step
from ..sql.prepared import Prepared, prepared
from ..sql.queries import table
from ..sql.statements import temporary, text
from .filling import Column, decay_columns, decay_values

AnyStep = Step | DecayStep | Prepared


def make_steps(
    cursor: duckdb.DuckDBPyConnection,
    steps: Sequence[AnyStep],
    kept: Collection[str],
    done: Callable[[AnyStep, float], None] | None = None,
    instant: Mapping[str, Const] = MappingProxyType({}),
) -> None:
    """Makes each step a temporary table, which is dropped after its last reader if it is not kept.

    `done` is told of each step and of its seconds when it is done; `instant` has what steps for any instant ask for.
    """
    last = last_readers(steps, kept)
    for position, step in enumerate(steps):
        begun = time.perf_counter()
        ready = step if isinstance(step, Prepared) else prepared(step)
        found = cursor.execute(ready.statement, ready.given(instant)) if ready.asks else cursor.execute(ready.statement)
        if ready.is_decay:
            _fill(cursor, ready, [age for (age,) in found.fetchall() if age is not None])
        if done is not None:
            done(step, time.perf_counter() - begun)
        for name in last.get(position, ()):
            drop(cursor, name)


def drop(cursor: duckdb.DuckDBPyConnection, name: str) -> None:
    """Drops a table of a step."""
    cursor.execute(dropping(name))


def dropping(name: str) -> str:
    """The statement that drops the table of a step."""
    return text(exp.Drop(tables=[table(name)], kind="TABLE"))


def _fill(cursor: duckdb.DuckDBPyConnection, step: Prepared, ages: list[int]) -> None:
    """A decay table for the ages that occur."""
    names, types = zip(*decay_columns(step.decays, step.long), strict=True)
    fill_table(cursor, step.name, names, types, decay_values(step.decays, step.long, ages))


def fill_table(
    cursor: duckdb.DuckDBPyConnection, name: str, names: Sequence[str], types: Sequence[str], values: Sequence[object]
) -> None:
    """A temporary table out of lists, one for each column."""
    cursor.execute(filling(name, zip(names, types, strict=True)), values)


def filling(name: str, columns: Iterable[Column], lasting: bool = False) -> str:
    """The statement that makes a table out of lists, its parameters; a temporary one, unless it is `lasting`."""
    lists = [
        exp.alias_(
            exp.Unnest(expressions=[exp.Cast(this=exp.Placeholder(), to=data_type(f"{type_}[]", "duckdb"))]),
            exp.to_identifier(column, quoted=True),
        )
        for column, type_ in columns
    ]
    query = exp.Select(expressions=lists)
    return text(
        exp.Create(this=table(name), kind="TABLE", expression=query) if lasting else temporary(table(name), query)
    )


def last_readers(steps: Sequence[AnyStep], kept: Collection[str]) -> dict[int, list[str]]:
    """After which step each table has been read for the last time."""
    last: dict[str, int] = {}
    for position, step in enumerate(steps):
        last[step.name] = position
        for name in step.reads:
            if name in last:
                last[name] = position
    gone: dict[int, list[str]] = {}
    for name, position in last.items():
        if name not in kept:
            gone.setdefault(position, []).append(name)
    return gone
