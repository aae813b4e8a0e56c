"""What a value is where nothing was found: where all that it reads is missing."""

from __future__ import annotations

import operator
from collections.abc import Callable

from ..model import And, Compare, Conditional, Const, Default, Expr, Missing, Not, Or
from ..records import Value
from .scalars import Call, Column, Ref


class _Unknown(Exception):
    """It cannot be told without the engine."""


def nothing(expr: Expr) -> Const | None:
    """The value where every column is missing; None if it cannot be told.

    >>> nothing(Default(item=Column(table="h", name="n"), fallback=Const(value=0))).value
    0
    """
    try:
        return Const(value=_value(expr))
    except _Unknown:
        return None


def _value(expr: Expr) -> Value:
    match expr:
        case Const():
            return expr.value
        case Column() | Ref():
            return None
        case Default():
            item = _value(expr.item)
            return _value(expr.fallback) if item is None else item
        case Conditional():
            if _value(expr.condition):
                return _value(expr.value)
            return None if expr.other is None else _value(expr.other)
        case And():
            return all(_value(item) for item in expr.items)
        case Or():
            return any(_value(item) for item in expr.items)
        case Not():
            return not _value(expr.item)
        case Missing():
            return _value(expr.item) is None
        case Compare():
            return _compared(expr)
        case Call():
            return _called(expr)
    raise _Unknown


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _compared(expr: Compare) -> bool:
    left, right = _value(expr.left), _value(expr.right)
    if expr.op == "!=":
        return left != right
    if left is None or right is None:
        return False
    if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
        raise _Unknown
    return _COMPARISONS[expr.op](left, right)


_OF_WHOLE: dict[str, Callable[[int, int], int]] = {
    "add": lambda left, right: left + right,
    "subtract": lambda left, right: left - right,
    "multiply": lambda left, right: left * right,
}
_MISSING_IF_ANY_IS = frozenset({*_OF_WHOLE, "div", "number", "points", "units", "scaled", "same", "null_if_zero"})


def _called(expr: Call) -> Value:
    values = [_value(arg) for arg in expr.args]
    if expr.name in _MISSING_IF_ANY_IS and None in values:
        return None
    known = [value for value in values if isinstance(value, int)]
    if len(known) != len([value for value in values if value is not None]):
        raise _Unknown
    if expr.name in ("least", "greatest"):
        chosen = min if expr.name == "least" else max
        return chosen(known, default=None)
    if expr.name in _OF_WHOLE and known:
        total = known[0]
        for value in known[1:]:
            total = _OF_WHOLE[expr.name](total, value)
        return total
    if expr.name == "same":
        return known[0]
    if expr.name == "null_if_zero":
        return known[0] or None
    raise _Unknown
