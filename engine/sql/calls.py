"""What each call of a plan is in SQL: one table, which every dialect shares."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from ..datatypes import data_type
from . import texts

E = exp.Expr


def whole(value: int | str) -> E:
    """A bare number."""
    return exp.Literal.number(value)


def cast(item: E, type_: str) -> E:
    """An item as a type; one that is cast to it already stays as it is."""
    return exp.cast(item, data_type(type_), copy=False)


def case(condition: E, then: E, other: E | None = None) -> exp.Case:
    made = exp.Case(ifs=[exp.If(this=condition, true=then)])
    return made if other is None else made.else_(other, copy=False)


def sub(item: E, other: E) -> E:
    return exp.Sub(this=_in(item), expression=_in(other))


_LONG = 64
"""Terms of a sum that stand side by side."""


def add(*items: E) -> E:
    """A sum; a long one in halves, because engines bound how deep an expression may be."""
    if len(items) > _LONG:
        middle = len(items) // 2
        return exp.Add(this=_in(add(*items[:middle])), expression=_in(add(*items[middle:])))
    total = _in(items[0])
    for item in items[1:]:
        total = exp.Add(this=total, expression=_in(item))
    return total


def mul(item: E, other: E) -> E:
    return exp.Mul(this=_in(item), expression=_in(other))


def div(item: E, other: E) -> E:
    """Division of doubles."""
    return exp.Div(this=_in(item), expression=_in(other))


def int_div(item: E, other: E) -> E:
    """Division of whole numbers that are not negative."""
    return exp.IntDiv(this=_in(item), expression=_in(other))


def _in(item: E) -> E:
    """The operand in brackets if it needs them."""
    return (
        exp.Paren(this=item) if isinstance(item, (exp.Binary, exp.Unary)) and not isinstance(item, exp.Paren) else item
    )


def _units(item: E) -> E:
    """Half away from zero to 4 decimals, as whole units; missing beyond ±10^9."""
    size = exp.Floor(this=add(mul(exp.Abs(this=item.copy()), whole(10000)), whole("0.5")))
    rounded = cast(mul(exp.Sign(this=item.copy()), size), "BIGINT")
    return case(exp.LTE(this=exp.Abs(this=item), expression=whole(1_000_000_000)), rounded)


def _micros(count: E, unit: E) -> E:
    """A length of time; one beyond all instants is as long as any such, so that sums with instants stay in range."""
    most = cast(exp.Literal.string("1e18"), "DOUBLE")
    length = exp.Least(this=mul(count.copy(), unit), expressions=[most], ignore_nulls=True)
    rounded = cast(exp.Floor(this=add(length, whole("0.5"))), "BIGINT")
    most = cast(exp.Literal.string(repr(LARGEST / int(unit.name))), "DOUBLE")
    return case(exp.Between(this=count, low=whole(0), high=most), rounded)


LARGEST = 1.7976931348623157e308


def _whole(item: E) -> E:
    low = exp.LT(this=exp.Abs(this=item.copy()), expression=cast(exp.Literal.string("9e18"), "DOUBLE"))
    return case(low, cast(exp.Floor(this=item), "BIGINT"))


def _floor_div(item: E, unit: E) -> E:
    """Rounded down, also below zero: the instants from the year 1 on are moved above it first."""
    size = int(unit.name)
    moved = 10**17 // size + 1
    return sub(int_div(add(item, whole(moved * size)), unit), whole(moved))


def _floor_mod(item: E, unit: E) -> E:
    rest = exp.Mod(this=_in(item), expression=unit)
    return exp.Mod(this=exp.Paren(this=add(rest, unit.copy())), expression=unit.copy())


def _mean(total: E, count: E) -> E:
    number = mul(cast(count, "DOUBLE"), whole(10000))
    return div(cast(total, "DOUBLE"), exp.Nullif(this=number, expression=whole(0)))


def _scaled(total: E, factor: E) -> E:
    """Units × units of a factor, rounded half away from zero; exact in 128 bits."""
    product = mul(cast(exp.Abs(this=total.copy()), "INT128"), factor)
    size = int_div(add(product, whole(5000)), whole(10000))
    return mul(cast(size, "BIGINT"), cast(exp.Sign(this=total), "BIGINT"))


def _date_of_day(day: E) -> E:
    return exp.Add(this=cast(exp.Literal.string("1970-01-01"), "DATE"), expression=cast(day, "INT"))


def _months(date: E) -> E:
    return add(mul(exp.Year(this=date.copy()), whole(12)), exp.Month(this=date))


def _days_between(first: E, second: E) -> E:
    return cast(exp.DateDiff(this=second, expression=first, unit=exp.var("DAY")), "BIGINT")


def _fold_list(item: E) -> E:
    name = exp.to_identifier("text")
    each = exp.Lambda(this=exp.Lower(this=exp.column("text")), expressions=[name])
    return exp.Transform(this=item, expression=each)


def _root(item: E) -> E:
    return case(exp.GTE(this=item.copy(), expression=whole(0)), exp.Sqrt(this=item))


def _rest(item: E, lost: E) -> E:
    return exp.Greatest(this=sub(item, lost), expressions=[cast(whole(0), "DOUBLE")], ignore_nulls=True)


def least(*items: E) -> E:
    """The smallest known one."""
    return exp.Least(this=items[0], expressions=list(items[1:]), ignore_nulls=True)


def greatest(*items: E) -> E:
    """The largest known one."""
    return exp.Greatest(this=items[0], expressions=list(items[1:]), ignore_nulls=True)


def _plain_zero(item: E) -> E:
    return case(
        exp.NEQ(this=item.copy(), expression=whole(0)), item, case(_known(item.copy()), cast(whole(0), "DOUBLE"))
    )


def _known(item: E) -> E:
    return exp.Not(this=exp.Is(this=item, expression=exp.Null()))


def _concat(*items: E) -> E:
    joined = items[0]
    for item in items[1:]:
        joined = exp.DPipe(this=joined, expression=item)
    return joined


CALLS: dict[str, Callable[..., E]] = {
    "same": lambda item: item,
    "narrow": lambda item: cast(item, "INT"),
    "wide": lambda item: cast(item, "BIGINT"),
    "fold": lambda item: exp.Lower(this=item),
    "fold_list": _fold_list,
    "domain": texts.domain,
    "words": texts.words,
    "phrase": texts.phrase,
    "concat": _concat,
    "first_known": lambda *items: exp.Coalesce(this=items[0], expressions=list(items[1:])),
    "as_text": lambda item: cast(item, "VARCHAR"),
    "list_size": lambda item: cast(exp.ArraySize(this=item), "DOUBLE"),
    "number": lambda item: cast(item, "DOUBLE"),
    "points": lambda item: div(cast(item, "DOUBLE"), whole(10000)),
    "units": _units,
    "mean": _mean,
    "scaled": _scaled,
    "micros": _micros,
    "whole": _whole,
    "add": add,
    "subtract": sub,
    "multiply": mul,
    "product": lambda item, other: mul(cast(item, "INT128"), other),
    "div": int_div,
    "floor_div": _floor_div,
    "floor_mod": _floor_mod,
    "mod": lambda item, unit: exp.Mod(this=_in(item), expression=unit),  # of what is not negative
    "less": lambda item, other: exp.LT(this=item, expression=other),
    "alike": lambda item, other: exp.NullSafeEQ(this=item, expression=other),
    "least": least,
    "greatest": greatest,
    "null_if_zero": lambda item: exp.Nullif(this=item, expression=whole(0)),
    "plain_zero": _plain_zero,
    "size": lambda item: exp.Abs(this=item),
    "rest": _rest,
    "signed": lambda size, like: mul(exp.Sign(this=like), size),
    "root": _root,
    "date_of_day": _date_of_day,
    "days_between": _days_between,
    "month": lambda date: cast(exp.Month(this=date), "DOUBLE"),
    "months": _months,
    "row_number": lambda: exp.RowNumber(),
    "rank": lambda: exp.Rank(),
    "count": lambda item=None: exp.Count(this=exp.Star() if item is None else item),
    "count_distinct": lambda item: exp.Count(this=exp.Distinct(expressions=[item])),
    "sum": lambda item: cast(exp.Sum(this=item), "BIGINT"),
    "min": lambda item: exp.Min(this=item),
    "max": lambda item: exp.Max(this=item),
    "any": lambda item: exp.LogicalOr(this=item),
    "bits": lambda item: exp.BitwiseOrAgg(this=item),  # those that any of the rows has
    "common_bits": lambda item, other: exp.Paren(this=exp.BitwiseAnd(this=_in(item), expression=_in(other))),
}
