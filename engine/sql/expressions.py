"""Expressions as SQL. Logic has two values: where NULL would not do for false, it is coalesced.

In a place that only asks whether something is true (WHERE, CASE WHEN, under `and` and `or`), NULL counts as false by
itself; so `strict` is needed under `not` and for values that are stored.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from ..model import (
    And,
    Arith,
    Cases,
    Compare,
    Conditional,
    Const,
    Default,
    Expr,
    Function,
    InRange,
    InSet,
    Matches,
    Missing,
    Not,
    Or,
    SomeOf,
    TextTest,
    Weighted,
)
from ..plan.errors import refuse
from ..plan.scalars import Call, Column, Frame, Given, OfText, Over, leaves
from . import texts
from .calls import CALLS, add, case, cast, div, greatest, least, mul, sub, whole
from .literals import TYPES, literal, operand
from .magnitudes import may_overflow

E = exp.Expr

_COMPARISONS: dict[str, type[exp.Binary]] = {
    "==": exp.EQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}

_LOGIC = (And, Or, Not, Compare, InSet, InRange, Missing, TextTest, Matches, SomeOf)

_BESIDE = frozenset(
    {"add", "subtract", "multiply", "div", "floor_div", "floor_mod", "less", "least", "greatest", "micros"}
)
"""Calls in which a bare number stands beside a typed one."""


def value(expr: Expr) -> E:
    """An expression where its value is wanted; truth values are true or false, missing only in fields."""
    match expr:
        case Const():
            return literal(expr)
        case Column():
            return exp.Column(this=_name(expr.name), table=_name(expr.table))
        case Given():
            return cast(exp.Placeholder(this=expr.name), TYPES[expr.kind])
        case Call():
            return _call(expr)
        case Over():
            return _over(expr)
        case OfText():
            return _of_text(expr)
        case Arith():
            return _arith(expr)
        case Function():
            return _function(expr)
        case Default():
            return exp.Coalesce(this=value(expr.item), expressions=[value(expr.fallback)])
        case Conditional():
            other = None if expr.other is None else value(expr.other)
            return case(condition(expr.condition), value(expr.value), other)
        case Cases():
            return _cases(expr)
        case Weighted():
            return _weighted(expr)
    if isinstance(expr, _LOGIC):
        return condition(expr, strict=True)
    raise refuse(f"`{type(expr).__name__}`", expr)


def condition(expr: Expr, strict: bool = False) -> E:
    """An expression where its truth is wanted; `strict`: NULL will not do for false."""
    match expr:
        case Const():
            return exp.Boolean(this=expr.value is True)
        case And():
            return _joined(exp.And, [condition(item, strict) for item in expr.items], exp.true())
        case Or():
            return _joined(exp.Or, [condition(item, strict) for item in expr.items], exp.false())
        case Not(item=Missing(item=item)):
            return exp.Not(this=exp.Is(this=value(item), expression=exp.Null()))
        case Not():
            return exp.Not(this=_in(condition(expr.item, strict=True)))
        case Missing():
            return exp.Is(this=value(expr.item), expression=exp.Null())
        case Compare(op="!="):
            return exp.NullSafeNEQ(this=_side(expr.left, expr.right), expression=_side(expr.right, expr.left))
        case SomeOf():
            return _or_false(_some_of(expr), strict)
        case Compare():
            left, right = _side(expr.left, expr.right), _side(expr.right, expr.left)
            made = _COMPARISONS[expr.op](this=left, expression=right)
            return made if is_known(expr.left) and is_known(expr.right) else _or_false(made, strict)
        case InSet():
            return _or_false(_in_set(expr), strict)
        case InRange():
            return _or_false(_in_range(expr), strict)
        case TextTest():
            join, empty = (exp.And, exp.true()) if expr.every else (exp.Or, exp.false())
            tests = [texts.found(expr, value(expr.item), each, value(each)) for each in expr.sought]
            return _or_false(
                _joined(join, [_or_false(test, strict or expr.every is False) for test in tests], empty), strict
            )
        case Matches():
            return _or_false(texts.matches(value(expr.item), expr.pattern, expr.ignore_case), strict)
    return _or_false(value(expr), strict)


def is_known(expr: Expr) -> bool:
    """Whether a value is certainly not missing."""
    match expr:
        case Const():
            return expr.value is not None
        case Default():
            return is_known(expr.item) or is_known(expr.fallback)
        case Call(name="number" | "points", args=(item,)):
            return is_known(item)
    return False


def _or_false(test: E, strict: bool) -> E:
    if not strict or isinstance(test, (exp.Boolean, exp.Coalesce, exp.Not)):
        return test
    return exp.Coalesce(this=test, expressions=[exp.false()])


def _joined(kind: type[exp.Connector], items: list[E], empty: E) -> E:
    if not items:
        return empty
    joined = _in(items[0]) if len(items) > 1 else items[0]
    for item in items[1:]:
        joined = kind(this=joined, expression=_in(item))
    return joined


def _in(item: E) -> E:
    return exp.Paren(this=item) if isinstance(item, (exp.Connector, exp.Binary, exp.Not)) else item


def _side(expr: Expr, other: Expr) -> E:
    """One side of a comparison: beside a typed one a whole number stands bare."""
    if isinstance(expr, Const) and not isinstance(other, Const):
        return operand(expr)
    made = value(expr)
    return exp.Paren(this=made) if isinstance(made, (exp.Connector, exp.Not, exp.Predicate)) else made


def _in_set(expr: InSet) -> E:
    kind = expr.item.kind
    values: list[E] = [operand(Const(value=each, kind=kind)) for each in expr.values]
    item = value(expr.item)
    if len(values) == 1:
        return exp.EQ(this=item, expression=values[0])
    return exp.In(this=item, expressions=values)


def _in_range(expr: InRange) -> E:
    item = value(expr.item)
    tests: list[E] = []
    if expr.low is not None:
        tests.append(exp.GTE(this=item.copy(), expression=_side(expr.low, expr.item)))
    if expr.high is not None:
        tests.append(exp.LTE(this=item.copy(), expression=_side(expr.high, expr.item)))
    return _joined(exp.And, tests, exp.Not(this=exp.Is(this=item, expression=exp.Null())))


def _some_of(expr: SomeOf) -> E:
    held = [case(condition(item), whole(1), whole(0)) for item in expr.items]
    bound = operand(expr.count) if isinstance(expr.count, Const) else value(expr.count)
    if expr.op == "!=":
        return exp.NullSafeNEQ(this=add(*held), expression=bound)
    return _COMPARISONS[expr.op](this=exp.Paren(this=add(*held)) if len(held) > 1 else held[0], expression=bound)


# --- numbers ----------------------------------------------------------------------------------------------------


def _arith(expr: Arith) -> E:
    left, right = _beside(expr.left, expr.right), _beside(expr.right, expr.left)
    match expr.op:
        case "+":
            made = add(left, right)
        case "-":
            made = sub(left, right)
        case "*":
            made = mul(left, right)
        case "/":
            known = isinstance(expr.right, Const) and bool(expr.right.value)
            made = div(left, right if known else exp.Nullif(this=right, expression=whole(0)))
    return _finite(made) if may_overflow(expr) else made


def _beside(expr: Expr, other: Expr) -> E:
    return operand(expr) if isinstance(expr, Const) and not isinstance(other, Const) else value(expr)


def _finite(item: E) -> E:
    """Missing where a double has overflowed."""
    for end in ("Infinity", "-Infinity"):
        item = exp.Nullif(this=item, expression=cast(exp.Literal.string(end), "DOUBLE"))
    return item


def _function(expr: Function) -> E:
    args = [value(arg) for arg in expr.args]
    match expr.name:
        case "abs":
            return exp.Abs(this=args[0])
        case "floor":
            return exp.Floor(this=args[0])
        case "ceil":
            return exp.Ceil(this=args[0])
        case "sqrt":
            return CALLS["root"](args[0])
        case "log":
            positive = case(exp.GT(this=args[0].copy(), expression=whole(0)), exp.Ln(this=args[0]))
            return _rounded(positive, 9)
        case "round":
            return _rounded(args[0], _decimals(expr))
        case "min":
            return least(*args)
        case "max":
            return greatest(*args)
    raise refuse(f"the function `{expr.name}`", expr)


def _decimals(expr: Function) -> int:
    if len(expr.args) == 1:
        return 0
    decimals = expr.args[1]
    if isinstance(decimals, Const) and isinstance(decimals.value, (int, float)) and abs(decimals.value) <= 300:
        return int(decimals.value)
    raise refuse("`round` to a number of decimals that is not the same for all", expr)


def _rounded(item: E, decimals: int) -> E:
    """`rounding.round_to`: half away from zero, in doubles; missing where the scaled size overflows."""
    scale = literal(Const(value=10.0**decimals, kind="number"))
    size = add(mul(exp.Abs(this=item.copy()), scale), whole("0.5"))
    back = div(exp.Floor(this=_finite(size)), scale.copy())
    return mul(exp.Sign(this=item), back)


def _weighted(expr: Weighted) -> E:
    """The known terms divided by the weights of the known inputs."""
    totals, weights = [], []
    for term, weight in expr.terms:
        known = exp.Not(this=exp.Is(this=value(term), expression=exp.Null()))
        product = mul(value(term), value(weight))
        zero = literal(Const(value=0.0, kind="number"))
        totals.append(exp.Coalesce(this=product, expressions=[zero]))
        weights.append(case(known, exp.Coalesce(this=value(weight), expressions=[zero.copy()]), zero.copy()))
    return _finite(div(exp.Paren(this=add(*totals)), exp.Nullif(this=add(*weights), expression=whole(0))))


def _cases(expr: Cases) -> E:
    if not expr.items:
        return literal(Const(value=None, kind=expr.kind)) if expr.otherwise is None else value(expr.otherwise)
    ifs = [exp.If(this=condition(test), true=value(then)) for test, then in expr.items]
    return exp.Case(ifs=ifs, default=None if expr.otherwise is None else value(expr.otherwise))


# --- calls and windows ------------------------------------------------------------------------------------------


def _call(expr: Call) -> E:
    make: Callable[..., E] | None = CALLS.get(expr.name)
    if make is None:
        raise refuse(f"`{expr.name}`", expr)
    if expr.name == "any":
        return make(condition(expr.args[0], strict=True))
    if expr.name in _BESIDE and not all(isinstance(arg, Const) for arg in expr.args):
        return make(*(operand(arg) if isinstance(arg, Const) else value(arg) for arg in expr.args))
    return make(*(value(arg) for arg in expr.args))


def _of_text(expr: OfText) -> E:
    item = value(expr.item)
    found = [(exp.Literal.string(text), value(each)) for text, each in expr.values]
    if any(isinstance(leaf, Column) for leaf in leaves(expr.values)):
        return exp.Case(this=item, ifs=[exp.If(this=text, true=each) for text, each in found])
    entries = [exp.PropertyEQ(this=text, expression=each) for text, each in found]
    return exp.Bracket(this=exp.ToMap(this=exp.Struct(expressions=entries)), expressions=[item])


def _over(expr: Over) -> E:
    order = None
    if expr.order:
        keys = [exp.Ordered(this=value(key), desc=falling, nulls_first=False) for key, falling in expr.order]
        order = exp.Order(expressions=keys)
    item = value(expr.item)
    window = item.this if isinstance(item, exp.Cast) else item
    made = exp.Window(
        this=window, partition_by=[value(each) for each in expr.partition], order=order, spec=_frame(expr.frame)
    )
    return cast(made, "BIGINT") if isinstance(item, exp.Cast) else made


def _frame(frame: Frame | None) -> exp.WindowSpec | None:
    if frame is None:
        return None
    start, end = _end(frame.start), _end(frame.end)
    return exp.WindowSpec(
        kind=frame.kind,
        start=start,
        start_side=None if start == "CURRENT ROW" else frame.start_side,
        end=end,
        end_side=None if end == "CURRENT ROW" else frame.end_side,
    )


def _end(end: object) -> E | str:
    if isinstance(end, Expr):
        return operand(end) if isinstance(end, Const) else value(end)
    return "UNBOUNDED" if end == "unbounded" else "CURRENT ROW"


def _name(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)
