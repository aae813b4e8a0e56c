"""Constants, typed so that no engine has to guess: a bare `0.3` is a DECIMAL in one and a DOUBLE in another."""

from __future__ import annotations

import datetime

from sqlglot import exp

from ..datatypes import data_type
from ..model import Const
from ..schema import Kind

TYPES: dict[Kind, str] = {
    "text": "TEXT",
    "number": "DOUBLE",
    "bool": "BOOLEAN",
    "date": "DATE",
    "timestamp": "BIGINT",
    "list": "ARRAY<TEXT>",
}

EXACT_DIGITS = 15
"""A decimal of so many digits turns into the nearest double in every engine."""


def literal(const: Const) -> exp.Expr:
    """A constant with its type."""
    value = const.value
    match value:
        case None:
            return exp.Null() if const.kind == "unknown" else _cast(exp.Null(), TYPES[const.kind])
        case bool():
            return exp.Boolean(this=value)
        case str():
            return exp.Literal.string(value)
        case float() | int() if const.kind == "number":
            return _cast(_decimal(float(value)), "DOUBLE")
        case int():
            return _cast(_whole(value), "BIGINT")
        case datetime.date():
            return _cast(exp.Literal.string(value.isoformat()), "DATE")
        case tuple():
            return exp.array(*(exp.Literal.string(item) for item in value))
    raise AssertionError(const)


def operand(const: Const) -> exp.Expr:
    """A constant beside something that already has the type: whole numbers stand bare."""
    value = const.value
    if isinstance(value, bool) or value is None:
        return literal(const)
    if isinstance(value, int) and const.kind == "timestamp":
        return _whole(value)
    if isinstance(value, (int, float)) and float(value).is_integer() and abs(value) < 1e15:
        return _whole(int(value))
    return literal(const)


def _cast(value: exp.Expr, type_: str) -> exp.Expr:
    return exp.Cast(this=value, to=data_type(type_))


def _whole(value: int) -> exp.Expr:
    number = exp.Literal.number(abs(value))
    return exp.Neg(this=number) if value < 0 else number


def _decimal(value: float) -> exp.Expr:
    text = repr(abs(value))
    if "e" in text or "n" in text or len(text.replace(".", "").lstrip("0")) > EXACT_DIGITS:
        return exp.Literal.string(repr(value))
    number = exp.Literal.number(text.removesuffix(".0"))
    return exp.Neg(this=number) if value < 0 else number
