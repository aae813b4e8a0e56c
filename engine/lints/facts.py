"""What a single test says: which values of what it leaves possible where it holds, and where it does not.

A test says something of several values at once (`title contains 'cfo'` also says that the title is known).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from ..fold import fold
from ..functions import FUNCTIONS
from ..model import (
    AgeWindow,
    Arith,
    CalendarWindow,
    Compare,
    Comparison,
    Const,
    EventAggregate,
    EventAttr,
    Expr,
    Field,
    Function,
    Happened,
    InRange,
    InSet,
    InstantWindow,
    Length,
    Matches,
    Missing,
    OfType,
    TextTest,
)
from ..schema import Schema
from .domains import (
    ABSENT,
    EVERY_NUMBER,
    FALSE,
    KNOWN,
    NOT_TRUE,
    TRUE,
    UNKNOWN,
    Domain,
    Numbers,
    Stretch,
    Values,
    names,
    numbers,
)
from .tallies import Tally, fixed, tally_of, times

Subject = object
"""What a domain is of: an expression, a tally, a pair of expressions, or the type, age or instant of an event."""

TYPE, AGE, INSTANT = "type of the event", "age of the event", "time of the event"

MIRRORED: dict[Comparison, Comparison] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
ORDERS: dict[Comparison, tuple[str, ...]] = {
    "<": ("<",),
    "<=": ("<", "="),
    ">": (">",),
    ">=": (">", "="),
    "==": ("=",),
    "!=": ("<", ">"),
}
EVERY_ORDER = names("<=>")
MISSING_IN_MISSING_OUT = frozenset(FUNCTIONS) - {"min", "max", "weighted"}

Fact = tuple[Subject, Domain]


def ranked(value: object) -> float | None:
    """A value as a number on its scale: numbers, instants and dates have one."""
    if isinstance(value, bool):
        return None
    if isinstance(value, datetime.date):
        return float(value.toordinal())
    return float(value) if isinstance(value, float | int) else None


def plain(expr: Expr | None) -> bool:
    """A literal; params are none, they are there to be tuned."""
    return isinstance(expr, Const) and expr.param is None


def facts(expr: Expr, truth: bool) -> Iterator[Fact]:
    """What is known where a test gives True, or where it does not."""
    match expr:
        case Missing(item=item):
            yield item, (ABSENT if truth else KNOWN)
            yield from _inputs(item) if not truth else ()
        case Compare():
            yield from _comparison(expr, truth)
        case InSet(item=item):
            yield from _one_of(expr, truth)
            yield from _inputs(item) if truth else ()
        case InRange(item=item):
            yield from _range(expr, truth)
            yield from _inputs(item) if truth else ()
        case TextTest(item=item) | Matches(item=item):
            yield expr, (TRUE if truth else FALSE)
            if truth:
                yield item, KNOWN
                yield from _inputs(item)
        case Happened():
            yield from _happened(expr, truth)
        case OfType() | AgeWindow() | InstantWindow() | CalendarWindow():
            yield from _event(expr, truth)
        case _:
            yield expr, (TRUE if truth else NOT_TRUE)


def _inputs(item: Expr) -> Iterator[Fact]:
    """Where a value is known, so are the inputs without which it would be missing."""
    for child in item.children() if _needs_all(item) else ():
        yield child, KNOWN
        yield from _inputs(child)


def _needs_all(item: Expr) -> bool:
    return isinstance(item, Arith) or (isinstance(item, Function) and item.name in MISSING_IN_MISSING_OUT)


# --- comparisons --------------------------------------------------------------------------------------------------


def _comparison(expr: Compare, truth: bool) -> Iterator[Fact]:
    op, left, right = expr.op, expr.left, expr.right
    if plain(left) and not plain(right):
        op, left, right = MIRRORED[op], right, left
    if truth and op != "!=":
        yield from ((side, KNOWN) for side in (left, right))
        yield from _inputs(left)
        yield from _inputs(right)
    values = _values(op, right, expr.exact) if isinstance(right, Const) and plain(right) and not plain(left) else None
    tally = tally_of(left)
    if values is not None:
        yield tally or left, _truth_of(op, values, truth)
    elif not any(plain(side) for side in (left, right)):
        yield from _pair(op, left, right, truth)
    else:
        yield expr, (TRUE if truth else NOT_TRUE)


def _values(op: Comparison, bound: Const, exact: bool) -> Values | None:
    """The known values for which a comparison with a literal is true."""
    number = ranked(bound.value)
    if number is not None:
        return numbers(op, number)
    if op not in ("==", "!="):
        return None  # texts in order: nothing is proved
    single = names([_folded(bound.value, exact)])
    return single if op == "==" else single.rest()


def _truth_of(op: Comparison, values: Values, truth: bool) -> Domain:
    """Only `!=` is true where the value is missing; every other comparison is false there."""
    return Domain(values if truth else values.rest(), missing=truth == (op == "!="))


def _pair(op: Comparison, left: Expr, right: Expr, truth: bool) -> Iterator[Fact]:
    """How two values compare; a param counts as a value that is not known here."""
    turned = _named(left) > _named(right)
    pair = (_named(right), _named(left)) if turned else (_named(left), _named(right))
    orders = names(ORDERS[MIRRORED[op] if turned else op])
    yield ("order", *pair), Domain(orders if truth else EVERY_ORDER.overlap(orders.rest()), not truth or op == "!=")


def _named(expr: Expr) -> str:
    """A text by which equal expressions are the same; params of one value stay apart."""
    return f"param {expr.param}" if isinstance(expr, Const) and expr.param else repr(expr)


def _one_of(expr: InSet, truth: bool) -> Iterator[Fact]:
    scale = {number for value in expr.values if (number := ranked(value)) is not None}
    values: Values
    if scale:
        values = Numbers(tuple(Stretch(number, number) for number in sorted(scale)))
    else:
        values = names(_folded(value, expr.exact) for value in expr.values)
    yield expr.item, Domain(values if truth else values.rest(), missing=not truth)


def _range(expr: InRange, truth: bool) -> Iterator[Fact]:
    low, high = _bound(expr.low, ">="), _bound(expr.high, "<=")
    if low is None or high is None:
        yield expr, (TRUE if truth else FALSE)
        if truth:
            yield expr.item, KNOWN
        return
    values = low.overlap(high)
    yield tally_of(expr.item) or expr.item, Domain(values if truth else values.rest(), missing=not truth)


def _bound(bound: Expr | None, op: Comparison) -> Numbers | None:
    if bound is None:
        return EVERY_NUMBER
    number = ranked(bound.value) if isinstance(bound, Const) and plain(bound) else None
    return None if number is None else numbers(op, number)


def _folded(value: object, exact: bool) -> object:
    return fold(value) if isinstance(value, str) and not exact else value


# --- events -------------------------------------------------------------------------------------------------------


def _happened(expr: Happened, truth: bool) -> Iterator[Fact]:
    tally, asked = tally_of(expr), times(expr.often)
    if tally is None or asked is None or not (tally.is_plain or asked[0] in (">", ">=")):
        yield expr, (TRUE if truth else FALSE)
        return
    op, count = asked
    values = numbers(op, count) if truth else numbers(op, count).rest()
    yield tally, Domain(values)
    if truth and tally != Tally(tally.selection) and values.low > 0:
        yield Tally(tally.selection), Domain(numbers(">=", 1))


def _event(expr: Expr, truth: bool) -> Iterator[Fact]:
    match expr:
        case OfType(types=types):
            values: Values = names(types)
            yield TYPE, Domain(values if truth else values.rest())
        case AgeWindow(low=low, high=high) if _fixed(low) and _fixed(high):
            values = _ages(low, high)
            yield AGE, Domain(values if truth else values.rest())
        case InstantWindow(start=start, end=end) if _known_instant(start) and _known_instant(end):
            values = EVERY_NUMBER if start is None else numbers(">=", fixed(start) or 0.0)
            values = values if end is None else values.overlap(numbers("<", fixed(end) or 0.0))
            yield INSTANT, Domain(values if truth else values.rest())
        case CalendarWindow(unit=unit, offset=offset):
            values = numbers("==", offset)
            yield ("calendar", unit), Domain(values if truth else values.rest())
        case _:
            yield expr, (TRUE if truth else FALSE)


def _fixed(length: Length | None) -> bool:
    return length is None or fixed(length.count) is not None


def _known_instant(moment: Expr | None) -> bool:
    return moment is None or fixed(moment) is not None


def micros(length: Length) -> float:
    """A fixed length in microseconds; below 0 it selects nothing."""
    return float(round((fixed(length.count) or 0.0) * length.unit))


def _ages(low: Length | None, high: Length | None) -> Numbers:
    values = EVERY_NUMBER
    ends: tuple[tuple[Length | None, Comparison], ...] = ((low, ">="), (high, "<"))
    for length, op in ends:
        if length is not None:
            bound = micros(length)
            values = values.overlap(numbers(op, bound)) if bound >= 0 else Numbers(())
    return values


# --- what is known of a value before any test -------------------------------------------------------------------------


def beforehand(subject: Subject, schema: Schema) -> Domain:
    """The values that a subject can have at all."""
    match subject:
        case Field(level=level, name=name):
            declared = schema.fields(level).get(name)
            if declared is not None and declared.values is not None:
                return Domain(names(map(fold, declared.values)), missing=True)
            if declared is not None and declared.kind == "bool":
                return Domain(names([True, False]), missing=True)
        case EventAttr(name="hour"):
            return Domain(numbers(">=", 0).overlap(numbers("<=", 23)))
        case EventAttr(name="weekday"):
            return Domain(numbers(">=", 1).overlap(numbers("<=", 7)))
        case EventAttr(name="month"):
            return Domain(numbers(">=", 1).overlap(numbers("<=", 12)))
        case EventAttr(name="age") | Tally():
            return Domain(numbers(">=", 0))
        case "age of the event":
            return Domain(numbers(">=", 0))
        case EventAggregate(function="distinct"):
            return Domain(numbers(">=", 0))
        case EventAggregate(function="days_since"):
            return Domain(numbers(">=", 0), missing=True)
    return UNKNOWN
