"""Modifiers: which fit an effect, what bounds a line, and how many events count."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from ...grammar import nodes as n
from ...grammar.diagnostics import Related
from ...grammar.printer import to_text
from .. import model as m
from ..rounding import UNITS
from .scope import Scope
from .values import LARGEST

PERIODS = ("day", "week", "month")
DECIMALS = len(str(UNITS)) - 1
SMALLEST = Decimal(1) / UNITS


def fits(modifiers: tuple[n.Modifier, ...], effect: n.Effect, each: m.Each | None, scope: Scope) -> None:
    """Refuse modifiers that cannot work on the effect, that are given twice, or that need `each`."""
    seen: dict[object, n.Modifier] = {}
    for modifier in modifiers:
        if not isinstance(effect, n.Points):
            message = f"`{to_text(modifier)}` works on points that are added"
            hint = "take it out, or add points instead"
            scope.refuse("T141", message, modifier.span, "not on this effect", hint)
        _only_once(modifier, seen, scope)
        if isinstance(modifier, n.AtMost | n.Cooldown) and (each is None or each.unit == "lead"):
            message = f"`{to_text(modifier)}` counts events, and this line "
            message += "pays once" if each is None else "pays for each lead"
            hint = "begin the line with `each` and a signal, if every event should pay"
            scope.refuse("T145", message, modifier.span, "no events to count", hint)
        if isinstance(modifier, n.NoDecay):
            scope.later("`no decay`", modifier.span, "move the line out of the block with the decay")


def _only_once(modifier: n.Modifier, seen: dict[object, n.Modifier], scope: Scope) -> None:
    if isinstance(modifier, n.AtMost | n.Cooldown):
        return
    key: object = (modifier.kind, modifier.per) if isinstance(modifier, n.Bound) else type(modifier)
    first = seen.setdefault(key, modifier)
    if first is not modifier:
        scope.refuse(
            "T142",
            f"`{to_text(modifier)}` comes on top of `{to_text(first)}`",
            modifier.span,
            "the second one",
            "keep one of them",
            (Related(first.span, "the first one"),),
        )


# --- bounds -------------------------------------------------------------------------


def bounds(nodes: tuple[n.Bound, ...], scope: Scope) -> tuple[m.Bound, ...]:
    """`max 15`, `min -10`, each a number or a param."""
    seen: dict[object, n.Modifier] = {}
    for node in nodes:
        _only_once(node, seen, scope)
    found = scope.every(nodes, lambda node: _bound(node, scope))
    ends = {item.kind: item.value for item in found}
    low, high = (_number(ends.get(kind)) for kind in ("min", "max"))
    if low is not None and high is not None and low > high:
        message, hint = f"`min {low:g}` is above `max {high:g}`", "swap the two numbers"
        scope.refuse("T132", message, nodes[0].span.to(nodes[-1].span), "the wrong way round", hint)
    return found


def _bound(node: n.Bound, scope: Scope) -> m.Bound:
    if node.per is not None:
        what = f"`{to_text(node)}`, a bound for each {node.per},"
        hint = f"`at most 3 per {node.per}` on a line bounds how many count"
        scope.later(what, node.span, hint)
    return m.Bound(node.kind, fixed(node.value, "a bound", scope))


def fixed(node: n.Expr, what: str, scope: Scope) -> m.Expr:
    """A number of points, or a param that is one, where the text must fix it."""
    refuse_decimals(node, f"{what} has", scope)
    if abs(scope.constant(node, what)) > LARGEST:
        message, hint = f"{what} stays within a thousand million", "choose a smaller scale"
        scope.refuse("T120", message, node.span, "too large", hint)
    return scope.number(node)


def refuse_decimals(node: n.Expr, what: str, scope: Scope) -> None:
    """Literal points have at most 4 decimals (decision 55)."""
    number = node.item if isinstance(node, n.Negative) else node
    if isinstance(number, n.Number) and -int(number.value.as_tuple().exponent) > DECIMALS:
        near = number.value.quantize(SMALLEST, ROUND_HALF_UP)
        hint = f"write `{near.normalize():f}`" if near else f"the smallest amount is `{SMALLEST}`"
        scope.refuse("T119", f"{what} at most {DECIMALS} decimals", node.span, "too many decimals", hint)


def _number(expr: m.Expr | None) -> float | None:
    return expr.value if isinstance(expr, m.Const) and isinstance(expr.value, float) else None


# --- how many count -----------------------------------------------------------------


def at_most(node: n.AtMost | n.Cooldown, each: m.Each | None, scope: Scope) -> m.AtMost | m.Cooldown:
    """`at most 3 per day`; `scope` is that of the events."""
    assert each is not None and each.selection is not None
    if isinstance(node, n.Cooldown):
        what, hint = f"`{to_text(node)}`, a cooldown,", "`at most once per week` counts by calendar weeks"
        scope.later(what, node.span, hint)
    scope.constant(node.count, "a count of events")
    count = scope.whole(node.count, "a count of events", 1)
    per = str(node.per)
    if per in PERIODS:
        return m.AtMost(count, per)  # type: ignore[arg-type]
    if each.unit != "event" and (each.prop is None or scope.resolve(node.per) != each.prop):
        message = f"a {each.unit} has many events, so there is no `{per}` of it"
        hint = "write `per day`, `per week` or `per month`"
        scope.refuse("G105", message, node.per.span, "a property of single events", hint)
    if per != "contact":
        return m.AtMost(count, "value", scope.value(node.per, "text", "number", "bool", "date", "timestamp"))
    if each.selection.scope == "lead":
        message, hint = "a lead rule sees the events of one contact", "leave `per contact` to an account rule"
        scope.refuse("G104", message, node.per.span, "one contact only", hint)
    return m.AtMost(count, "contact")
