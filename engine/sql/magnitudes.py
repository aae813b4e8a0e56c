"""How large a number can get, as far as the rules tell: only what might overflow needs a guard in SQL."""

from __future__ import annotations

import math

from ..model import Arith, Const, Default, Expr
from ..plan.scalars import Call

_COUNTS = {"number": 1e19, "points": 1e15, "mean": 1e15}


def magnitude(expr: Expr) -> float:
    """An upper bound of |expr|; infinite for whatever the data decide."""
    match expr:
        case Const(value=bool()):
            return 1.0
        case Const(value=float() | int() as value):
            return abs(float(value))
        case Call(name=name) if name in _COUNTS:
            return _COUNTS[name]
        case Default(item=item, fallback=fallback):
            return max(magnitude(item), magnitude(fallback))
        case Arith(op="*", left=left, right=right):
            return magnitude(left) * magnitude(right)
        case Arith(op="/", left=left, right=Const(value=float() as value)) if value:
            return magnitude(left) / abs(value)
        case Arith(op="+" | "-", left=left, right=right):
            return magnitude(left) + magnitude(right)
    return math.inf


def may_overflow(expr: Arith) -> bool:
    """Whether the result might be infinite or no number."""
    return not magnitude(expr) < 1e300
