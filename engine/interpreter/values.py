"""The values of a row: literals, fields, properties, results of other rules, and what is computed of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from ..fold import fold
from ..instants import DAY, age_in, local_date, period_start
from ..model import (
    Arith,
    Cases,
    Conditional,
    Const,
    Default,
    EventAttr,
    Expr,
    Field,
    Function,
    Prop,
    Result,
    Weighted,
)
from ..records import Value
from . import numbers, texts
from .people import Event
from .rows import Context, Row

KINDS: Mapping[type, str] = {
    float: "number",
    str: "text",
    bool: "bool",
    date: "date",
    int: "timestamp",
    tuple: "list",
}


def const(context: Context, expr: Const, row: Row) -> Value:
    return expr.value


def field_value(context: Context, expr: Field, row: Row) -> Value:
    """In an event's row the fields are those of the event's own contact and account."""
    holder = row if row.event is None else row.event
    entity = holder.lead if expr.level == "contact" else holder.account
    return None if entity is None else context.field(entity, expr.name)


def prop(context: Context, expr: Prop, row: Row) -> Value:
    """A property counts only as the kind that the rule asks for: two types may use one name differently."""
    assert row.event is not None
    value = row.event.properties.get(expr.name)
    return value if KINDS.get(type(value)) == expr.kind else None


def event_attribute(context: Context, expr: EventAttr, row: Row) -> Value:
    assert row.event is not None
    return ATTRIBUTES[expr.name](context, row.event)


def _contact(context: Context, event: Event) -> str | None:
    return None if event.lead is None else event.lead.id


def _date(context: Context, event: Event) -> date:
    return local_date(event.at, context.zone)


ATTRIBUTES: Mapping[str, Callable[[Context, Event], Value]] = {
    "age": lambda context, event: float(age_in(event.at, context.as_of)),
    "contact": _contact,
    "id": lambda context, event: event.id,
    "type": lambda context, event: event.type,
    "hour": lambda context, event: float(context.zone.to_local(event.at) % DAY // (DAY // 24)),
    "weekday": lambda context, event: float(_date(context, event).isoweekday()),
    "date": _date,
    "week": lambda context, event: period_start(_date(context, event), "week"),
    "month": lambda context, event: float(_date(context, event).month),
    "session": lambda context, event: context.session(event),
}


def result(context: Context, expr: Result, row: Row) -> Value:
    entity = row.lead if expr.level == "lead" else row.account
    return None if entity is None else context.result(expr, entity)


def cases(context: Context, expr: Cases, row: Row) -> Value:
    for condition, value in expr.items:
        if context.holds(condition, row):
            return context.value(value, row)
    return None if expr.otherwise is None else context.value(expr.otherwise, row)


def default(context: Context, expr: Default, row: Row) -> Value:
    value = context.value(expr.item, row)
    return context.value(expr.fallback, row) if value is None else value


def conditional(context: Context, expr: Conditional, row: Row) -> Value:
    if context.holds(expr.condition, row):
        return context.value(expr.value, row)
    return None if expr.other is None else context.value(expr.other, row)


def arith(context: Context, expr: Arith, row: Row) -> Value:
    return numbers.arithmetic(expr.op, context.number(expr.left, row), context.number(expr.right, row))


def weighted(context: Context, expr: Weighted, row: Row) -> Value:
    """The weighted average of the known inputs (decision 44)."""
    sum_of_terms = sum_of_weights = 0.0
    for value_of, weight_of in expr.terms:
        value, weight = context.number(value_of, row), context.number(weight_of, row)
        if value is not None and weight is not None:
            sum_of_terms += value * weight
            sum_of_weights += weight
    return numbers.divide(sum_of_terms, sum_of_weights)


# --- functions ----------------------------------------------------------------------------------------------------


def function(context: Context, expr: Function, row: Row) -> Value:
    args = [context.value(arg, row) for arg in expr.args]
    return FUNCTIONS[expr.name](context, args)


def _strict(compute: Callable[..., Value]) -> Callable[[Context, list[Any]], Value]:
    """A function that is missing where an input is missing."""
    return lambda context, args: None if None in args else compute(*args)


def _least(context: Context, args: list[Any]) -> Value:
    return min((arg for arg in args if arg is not None), default=None)


def _largest(context: Context, args: list[Any]) -> Value:
    return max((arg for arg in args if arg is not None), default=None)


def _days_since(context: Context, args: list[Any]) -> Value:
    return _days(context, args[0], 1)


def _days_until(context: Context, args: list[Any]) -> Value:
    return _days(context, args[0], -1)


def _days(context: Context, moment: Any, sign: int) -> float | None:
    """Between dates a difference of calendar dates, between instants whole 24-hour days, rounded down (decision 40)."""
    if moment is None:
        return None
    if isinstance(moment, date):
        return float(sign * (local_date(context.as_of, context.zone) - moment).days)
    return float(sign * (context.as_of - moment) // DAY)


FUNCTIONS: Mapping[str, Callable[[Context, list[Any]], Value]] = {
    **{name: _strict(compute) for name, compute in numbers.FUNCTIONS.items()},
    "min": _least,
    "max": _largest,
    "domain": _strict(texts.domain),
    "lower": _strict(fold),
    "count": _strict(lambda items: float(len(items))),
    "days_since": _days_since,
    "days_until": _days_until,
}
"""The same names as in `engine/functions.py`, but for `weighted`, which is an expression of its own."""

HANDLERS: Mapping[type[Expr], Callable[[Context, Any, Row], Value]] = {
    Const: const,
    Field: field_value,
    Prop: prop,
    EventAttr: event_attribute,
    Result: result,
    Cases: cases,
    Default: default,
    Conditional: conditional,
    Arith: arith,
    Weighted: weighted,
    Function: function,
}
