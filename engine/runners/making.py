"""Makes the steps of a plan on DuckDB: each a temporary table, dropped after its last reader."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType

import duckdb
from sqlglot import exp

from ..datatypes import data_type
from ..instants import DAY, Zone, local_date, period_bounds
from ..model import Const
from ..plan.decays import table_value
from ..plan.steps import DecayStep, InstantColumn, Plan, Step
from ..sql.prepared import Prepared, prepared
from ..sql.queries import table
from ..sql.statements import temporary, text

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
    last = _last_readers(steps, kept)
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
    cursor.execute(text(exp.Drop(tables=[table(name)], kind="TABLE")))


def _fill(cursor: duckdb.DuckDBPyConnection, step: Prepared, ages: list[int]) -> None:
    """A decay table for the ages that occur."""
    if step.long:
        _fill_long(cursor, step, ages)
        return
    values: list[list[int] | list[int | float | None]] = [ages]
    types = ["BIGINT"]
    for column in step.decays:
        values.append([table_value(column, age) for age in ages])
        types.append("DOUBLE" if column.points is None else "BIGINT")
    names = ["age", *(column.name for column in step.decays)]
    fill_table(cursor, step.name, names, types, values)


def _fill_long(cursor: duckdb.DuckDBPyConnection, step: Prepared, ages: list[int]) -> None:
    """The same with a row for each decay and age."""
    numbers = [number for number, _ in enumerate(step.decays) for _ in ages]
    units = [table_value(column, age) for column in step.decays for age in ages]
    values = [numbers, ages * len(step.decays), units]
    fill_table(cursor, step.name, ["decay", "age", "units"], ["BIGINT"] * 3, values)


def fill_table(
    cursor: duckdb.DuckDBPyConnection, name: str, names: list[str], types: list[str], values: Sequence[object]
) -> None:
    """A temporary table out of lists, one for each column."""
    columns = [
        exp.alias_(
            exp.Unnest(expressions=[exp.Cast(this=exp.Placeholder(), to=data_type(f"{type_}[]", "duckdb"))]),
            exp.to_identifier(column, quoted=True),
        )
        for column, type_ in zip(names, types, strict=True)
    ]
    made = temporary(table(name), exp.Select(expressions=columns))
    cursor.execute(text(made), values)


def instant_values(plan: Plan, as_of: int, zone: Zone) -> dict[str, Const]:
    """The columns of the relation `instant`."""
    known = {"as_of": Const(value=as_of, kind="timestamp")}
    return known | {column.name: _instant_value(column, as_of, zone) for column in plan.instant}


def _instant_value(column: InstantColumn, as_of: int, zone: Zone) -> Const:
    if column.what == "today":
        return Const(value=local_date(as_of, zone), kind="date")
    if column.what == "day":
        return Const(value=zone.to_local(as_of) // DAY, kind="timestamp")
    start, end = period_bounds(as_of, zone, column.unit, column.back)
    return Const(value=start if column.what == "start" else end, kind="timestamp")


def _last_readers(steps: Sequence[AnyStep], kept: Collection[str]) -> dict[int, list[str]]:
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
