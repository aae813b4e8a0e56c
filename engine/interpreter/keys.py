"""Values as they compare, and the keys by which events and leads are grouped."""

from __future__ import annotations

from datetime import date

from ..fold import fold
from ..instants import Period, local_date, period_start
from ..model import EventAttr, Expr, Field
from ..records import Value
from .rows import Context, Row

Comparable = float | str | bool | date | int | tuple[str, ...]


def comparable(value: Value, exact: bool = False) -> Comparable | None:
    """A value as it compares: texts folded unless they are ids."""
    if exact:
        return value
    if isinstance(value, str):
        return fold(value)
    if isinstance(value, tuple):
        return tuple(map(fold, value))
    return value


def is_id(expr: Expr) -> bool:
    """Whether an expression gives ids, which compare as they are (decision 56)."""
    if isinstance(expr, EventAttr):
        return expr.name in ("contact", "id", "type", "session")
    return isinstance(expr, Field) and expr.name in ("id", "account_id")


def key_of(context: Context, expr: Expr, row: Row) -> Comparable | None:
    """The value of an expression as a key of groups."""
    return comparable(context.value(expr, row), is_id(expr))


def period_key(context: Context, period: Period, at: int) -> date:
    """The first date of the calendar period that holds an instant, in the ruleset's timezone."""
    return period_start(local_date(at, context.zone), period)


def smallest_spelling(values: list[Value]) -> Value:
    """What stands for a group of values that are equal but for their case."""
    texts = [value for value in values if isinstance(value, str)]
    return min(texts) if texts else values[0]
