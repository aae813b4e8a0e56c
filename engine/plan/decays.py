"""What points are worth at an age: as numbers for the decay tables, and as expressions that look them up."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from ..decay import factor as exact_factor
from ..decay import points_lost
from ..model import Arith, Cases, Compare, Conditional, Const, Decay, Default, Expr
from ..rounding import to_units
from .scalars import call, integer, number
from .steps import DecayColumn


@lru_cache(maxsize=100_000)
def factor(decay: Decay, age: int) -> float:
    """`decay.factor`, remembered: several lines often share a decay."""
    return exact_factor(decay, age)


LookUp = Callable[[float | None], Expr]
"""What a decay table has at the age of a row, or of an owner: for constant points their units, for None the factor."""


def worth(points: Expr, decay: Decay | None, look_up: LookUp | None, always_aged: bool = True) -> Expr:
    """The units that points are worth; where there is no age nothing decays."""
    if decay is None or look_up is None:
        return units(points)
    if isinstance(points, Const) and not isinstance(points.value, float):
        return units(points)
    constant = _table_points(points)
    if constant is not None:
        found = look_up(constant)
        return found if always_aged else Default(item=found, fallback=units(points), kind="timestamp")
    found = look_up(None)
    if not always_aged:
        nothing_lost = number(0.0 if decay.kind == "loses points" else 1.0)
        found = Default(item=found, fallback=nothing_lost, kind="number")
    return call("units", _decayed(points, decay, found))


def _table_points(points: Expr) -> float | None:
    """Constant points whose units a decay table has. Not those beyond the limit: of these an older event may be in
    range where the newest is not, so that the newest is no longer the one with the most."""
    value = points.value if isinstance(points, Const) else None
    return value if isinstance(value, float) and to_units(value) is not None else None


def units(points: Expr) -> Expr:
    """Points as whole units, missing where they are beyond the limit."""
    if isinstance(points, Const):
        return integer(to_units(points.value if isinstance(points.value, float) else None))
    if isinstance(points, Cases) and all(isinstance(value, Const) for _, value in points.items):
        items = tuple((test, units(value)) for test, value in points.items)
        otherwise = None if points.otherwise is None else units(points.otherwise)
        return Cases(items=items, otherwise=otherwise, kind="timestamp")
    return call("units", points)


def table_value(column: DecayColumn, age: int) -> int | float | None:
    """The entry of a decay table at an age: units for constant points, else the factor or what is lost."""
    decay = column.decay
    if column.points is None:
        return points_lost(decay, age) if decay.kind == "loses points" else factor(decay, age)
    return to_units(decayed(column.points, decay, age))


def decayed(points: float, decay: Decay, age: int) -> float:
    """Points at an age: the size shrinks, not below the floor; the sign stays.

    >>> decayed(-8.0, Decay("halves", "day", 30.0, floor=3.0), 60)
    -3.0
    """
    size = abs(points)
    if decay.floor is not None and size <= decay.floor:
        return points
    left = max(0.0, size - points_lost(decay, age)) if decay.kind == "loses points" else size * factor(decay, age)
    return math.copysign(left if decay.floor is None else max(left, decay.floor), points)


def _decayed(points: Expr, decay: Decay, looked_up: Expr) -> Expr:
    """The same in an expression, for points that vary."""
    simple = decay.kind != "loses points" and decay.floor is None
    if simple:
        return Arith(op="*", left=points, right=looked_up, kind="number")
    size = call("size", points, kind="number")
    if decay.kind == "loses points":
        left: Expr = call("rest", size, looked_up, kind="number")
    else:
        left = Arith(op="*", left=size, right=looked_up, kind="number")
    if decay.floor is None:
        return call("signed", left, points, kind="number")
    floored = call("greatest", left, number(decay.floor), kind="number")
    small = Compare(op="<=", left=size, right=number(decay.floor))
    return Conditional(
        value=points, condition=small, other=call("signed", floored, points, kind="number"), kind="number"
    )
