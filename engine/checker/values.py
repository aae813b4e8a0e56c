"""Values: literals, arithmetic, defaults, and two values that must be of one kind."""

from __future__ import annotations

import datetime
from typing import NoReturn

from ...grammar import nodes as n
from ...grammar.late_methods import dataclass
from ...grammar.printer import to_text
from .. import model as m
from ..instants import parse_instant
from .scope import Refused, Scope, resolves
from .wording import NAMES, conversion

LARGEST = 1_000_000_000.0
"""Points and whatever bounds them stay within ±10^9 (decision 55)."""


# --- literals -----------------------------------------------------------------------


@resolves(n.Number)
def number(node: n.Number, scope: Scope) -> m.Expr:
    return m.Const(float(node.value), kind="number")


@resolves(n.Text)
def text(node: n.Text, scope: Scope) -> m.Expr:
    if not node.value.strip():
        scope.refuse(
            "T115",
            "an empty text is a missing value",
            node.span,
            "nothing is equal to it",
            "write `is missing` or `is known`",
        )
    return m.Const(node.value.strip(), kind="text")


@resolves(n.Bool)
def truth(node: n.Bool, scope: Scope) -> m.Expr:
    return m.Const(node.value, kind="bool")


@resolves(n.Always)
def always(node: n.Always, scope: Scope) -> m.Expr:
    return m.Const(True, kind="bool")


@resolves(n.Moment)
def moment(node: n.Moment, scope: Scope) -> m.Expr:
    try:
        datetime.datetime.fromisoformat(node.text)
    except ValueError:
        raise Refused from None  # the parser has said so
    at = parse_instant(node.text, scope.book.zone)
    if at is None:
        scope.refuse(
            "T116",
            f"`{node.text}` is no instant",
            node.span,
            "no such time",
            "write `2026-01-31` or `2026-01-31T07:00Z`",
        )
    if len(node.text) == len("2026-01-31"):
        return m.Const(datetime.date.fromisoformat(node.text), kind="date")
    return m.Const(at, kind="timestamp")


@resolves(n.ListOf, n.RangeOf)
def no_value(node: n.Expr, scope: Scope) -> m.Expr:
    is_list = isinstance(node, n.ListOf)
    what, after = ("a list", "`in`, `contains`, `mentions` and the like") if is_list else ("a range", "`in`")
    scope.refuse("T110", f"{what} stands only after {after}", node.span, f"{what} is no value")


@dataclass(frozen=True)
class Anything(n.Expr):
    """The argument of a signal that is read for itself: it fits wherever its parameter stands."""


@resolves(Anything)
def anything(node: Anything, scope: Scope) -> m.Expr:
    return m.Const(None, kind="unknown")


# --- arithmetic ---------------------------------------------------------------------


@resolves(n.Arith)
def arithmetic(node: n.Arith, scope: Scope) -> m.Expr:
    left, right = scope.every((node.left, node.right), scope.number)
    return m.Arith(node.op, left, right, kind="number")


@resolves(n.Negative)
def negative(node: n.Negative, scope: Scope) -> m.Expr:
    return negated(scope.number(node.item))


def negated(item: m.Expr) -> m.Expr:
    """The number with the other sign; a param keeps its name, and 0 its sign."""
    if isinstance(item, m.Const) and isinstance(item.value, float) and item.param is None:
        return m.Const(-item.value if item.value else 0.0, kind="number")
    return m.Arith("-", m.Const(0.0, kind="number"), item, kind="number")


# --- one kind -----------------------------------------------------------------------


@resolves(n.Default)
def default(node: n.Default, scope: Scope) -> m.Expr:
    item, fallback = scope.every((node.item, node.fallback), scope.resolve)
    item, fallback = unified(node, item, fallback, scope)
    return m.Default(item, fallback, kind=item.kind)


@resolves(n.Conditional)
def conditional(node: n.Conditional, scope: Scope) -> m.Expr:
    condition = scope.condition(node.condition)
    if node.other is None:
        value = scope.resolve(node.value)
        return m.Conditional(value, condition, None, kind=value.kind)
    value, other = scope.every((node.value, node.other), scope.resolve)
    value, other = unified(node, value, other, scope)
    return m.Conditional(value, condition, other, kind=value.kind)


def unified(node: n.Expr, left: m.Expr, right: m.Expr, scope: Scope) -> tuple[m.Expr, m.Expr]:
    """Both with one kind, where one may be unknown; refused if they differ."""
    left, right = scope.settle(left, right.kind), scope.settle(right, left.kind)
    if {left.kind, right.kind} == {"date", "timestamp"}:
        left, right = _as_timestamp(left, scope), _as_timestamp(right, scope)
    if left.kind != right.kind:
        _refuse_two_kinds(node, left, right, scope)
    return left, right


def _refuse_two_kinds(node: n.Expr, left: m.Expr, right: m.Expr, scope: Scope) -> NoReturn:
    """Refuse two kinds; of a literal and something else, the literal is what can be changed."""
    for literal, other in ((right, left), (left, right)):
        if isinstance(literal.origin, _LITERALS) and other.origin is not None:
            message = (
                f"{scope.book.text(other.origin)} is {NAMES[other.kind]}, and {scope.book.text(literal.origin)} is not"
            )
            hint = conversion(literal.kind, other.kind, literal.origin) or conversion(other.kind, literal.kind)
            if isinstance(other, m.Happened) and literal.kind == "number":
                hint = f"to compare how often, count: `count({to_text(other.origin)})`"
            if scope.book.schema.inferred and (other.kind, literal.kind) == ("text", "number"):
                hint = _NOT_ALL_NUMBERS
            scope.refuse("T110", message, literal.origin.span, f"this is {NAMES[literal.kind]}", hint or _NOTHING)
    message = f"{NAMES[left.kind]} and {NAMES[right.kind]} do not go together in {scope.book.text(node)}"
    hint = conversion(right.kind, left.kind) or conversion(left.kind, right.kind)
    scope.refuse("T110", message, node.span, "two types", hint or _NOTHING)


_LITERALS = (n.Text, n.Number, n.Bool, n.Moment)
_NOT_ALL_NUMBERS = "in these data it is a text, because not every value is a number (`1,000` is written `1000`)"
_NOTHING = "nothing is converted in silence"


def _as_timestamp(expr: m.Expr, scope: Scope) -> m.Expr:
    """A date that the text gives is its first instant where a timestamp is needed."""
    if isinstance(expr, m.Const) and expr.kind == "date":
        at = parse_instant(str(expr.value), scope.book.zone)
        return m.Const(at, param=expr.param, kind="timestamp", origin=expr.origin)
    return expr
