"""What Python puts into tables of the engine: decays by age, and what depends on nothing but the instant."""

from __future__ import annotations

from collections.abc import Sequence

from ..instants import DAY, Zone, local_date, period_bounds
from ..model import Const
from ..plan.decays import table_value
from ..plan.steps import NUMBER, DecayColumn, InstantColumn

Column = tuple[str, str]
"""The name and the type of a column."""


def decay_columns(decays: Sequence[DecayColumn], long: bool) -> list[Column]:
    """The columns of a decay table; if it is `long`, it has a row for each decay and age."""
    if long:
        return [("decay", "BIGINT"), ("age", "BIGINT"), ("units", "BIGINT")]
    return [("age", "BIGINT"), *((each.name, "DOUBLE" if each.points is None else "BIGINT") for each in decays)]


def decay_values(decays: Sequence[DecayColumn], long: bool, ages: Sequence[int]) -> list[object]:
    """The values of these columns at the ages that occur."""
    worth = [[table_value(column, age) for age in ages] for column in decays]
    if not long:
        return [ages, *worth]
    numbers = [number for number, _ in enumerate(decays) for _ in ages]
    return [numbers, [*ages] * len(decays), [units for each in worth for units in each]]


def instant_values(columns: Sequence[InstantColumn], as_of: int, zone: Zone) -> dict[str, Const]:
    """The columns of the relation `instant`."""
    known = {"as_of": Const(value=as_of, kind="timestamp")}
    return known | {column.name: _instant_value(column, as_of, zone) for column in columns}


def _instant_value(column: InstantColumn, as_of: int, zone: Zone) -> Const:
    if column.what == "today":
        return Const(value=local_date(as_of, zone), kind="date")
    if column.what == "day":
        return Const(value=zone.to_local(as_of) // DAY, kind="timestamp")
    start, end = period_bounds(as_of, zone, column.unit, column.back)
    return Const(value=start if column.what == "start" else end, kind="timestamp")


def instants_columns(columns: Sequence[InstantColumn]) -> list[Column]:
    """The columns of the relation of many instants."""
    rest = [(each.name, "DATE" if each.what == "today" else "BIGINT") for each in columns]
    return [(NUMBER, "BIGINT"), ("as_of", "BIGINT"), *rest]


def instants_values(columns: Sequence[InstantColumn], instants: Sequence[int], zone: Zone) -> list[object]:
    """The values of these columns."""
    rows = [instant_values(columns, at, zone) for at in instants]
    return [list(range(len(rows))), *([row[name].value for row in rows] for name in rows[0])]
