"""Modifiers: which fit an effect, what bounds a line, and how many events count."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from ...grammar import nodes as n
from ...grammar.diagnostics import Related
from ...grammar.printer import to_text
from .. import model as m
from ..reads import types_of
from ..rounding import UNITS
from .names import grouped_by
from .scope import Scope
from .values import LARGEST
from .windows import length, micros, refuse_hour

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
        if _is_about_events(modifier) and (each is None or each.unit == "lead"):
            does = "bounds the points of events" if isinstance(modifier, n.Bound) else "counts events"
            message = f"`{to_text(modifier)}` {does}, and this line "
            message += "pays once" if each is None else "pays for each lead"
            hint = "begin the line with `each` and a signal, if every event should pay"
            scope.refuse("T145", message, modifier.span, "no events to count", hint)


def _is_about_events(modifier: n.Modifier) -> bool:
    return isinstance(modifier, n.AtMost | n.Cooldown) or (isinstance(modifier, n.Bound) and modifier.per is not None)


def _only_once(modifier: n.Modifier, seen: dict[object, n.Modifier], scope: Scope) -> None:
    if isinstance(modifier, n.AtMost | n.Cooldown):
        return
    key: object = (modifier.kind, modifier.per) if isinstance(modifier, n.Bound) else "decay"
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


def bounds(nodes: tuple[n.Bound, ...], eachs: tuple[m.Each, ...], inside: Scope) -> tuple[m.Bound, ...]:
    """`max 15`, `min -10 per day`, each a number or a param.

    `eachs` are what the bounded lines run over, where there are bounds per period; `inside` is the scope of their
    events.
    """
    seen: dict[object, n.Modifier] = {}
    for node in nodes:
        _only_once(node, seen, inside)
    found = inside.every(nodes, lambda node: _bound(node, eachs, inside))
    for low in found:
        for high in found:
            if (low.kind, high.kind) == ("min", "max") and (low.per, low.prop) == (high.per, high.prop):
                _refuse_crossed(low, high, nodes, inside)
    return found


def _bound(node: n.Bound, eachs: tuple[m.Each, ...], inside: Scope) -> m.Bound:
    per, prop = (None, None) if node.per is None else _grouping(node.per, eachs, inside)
    return m.Bound(node.kind, fixed(node.value, "a bound", inside), per, prop)


def _refuse_crossed(low: m.Bound, high: m.Bound, nodes: tuple[n.Bound, ...], scope: Scope) -> None:
    least, most = _number(low.value), _number(high.value)
    if least is not None and most is not None and least > most:
        message, hint = f"`min {least:g}` is above `max {most:g}`", "swap the two numbers"
        scope.refuse("T132", message, nodes[0].span.to(nodes[-1].span), "the wrong way round", hint)


def bounds_of_block(
    nodes: tuple[n.Bound, ...], items: tuple[m.Line | m.Block, ...], is_whole: bool, scope: Scope
) -> tuple[m.Bound, ...]:
    """The bounds of a group or of a score's head. One per period needs lines that are all `each` over events
    (decision 7); `is_whole` is false where items are wrong themselves and have findings of their own."""
    periodic = next((node for node in nodes if node.per is not None), None)
    if periodic is None:
        return bounds(nodes, (), scope)
    lines = list(m.lines(items))
    other = next((line for line in lines if not _pays_per_event(line)), None)
    if other is not None or (is_whole and not lines):
        message = f"`{to_text(periodic)}` needs lines that are all `each` over events"
        label, hint = "not all lines have a time", "put those that are into a group of their own, with this bound"
        if other is None:
            label, hint = "no lines to bound", "leave it out, or write lines such as `each visited => +5`"
        related = () if other is None else (Related(other.span, "this line is not"),)
        scope.refuse("T145", message, periodic.span, label, hint, related)
    eachs = tuple(line.each for line in lines if line.each is not None)
    tests = [each.selection.test for each in eachs if each.selection is not None]
    types = dict.fromkeys(name for test in tests for name in types_of(test))
    return bounds(nodes, eachs, scope.on_events(tuple(types)))


def _pays_per_event(line: m.Line) -> bool:
    return isinstance(line.effect, m.Points) and line.each is not None and line.each.unit != "lead"


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
    """`at most 3 per day`, `at most once per 90 days`; `scope` is that of the events."""
    assert each is not None
    if isinstance(node, n.Cooldown):
        return m.Cooldown(_cooldown(node.duration, scope))
    scope.constant(node.count, "a count of events")
    count = scope.whole(node.count, "a count of events", 1)
    per, prop = _grouping(node.per, (each,), scope)
    return m.AtMost(count, per, prop)


def _cooldown(node: n.Duration, scope: Scope) -> int:
    scope.constant(node.count, "the length of a cooldown")
    found = micros(length(node, scope)) or 0
    if found <= 0:
        hint = "leave it out, if every event should count"
        scope.refuse("T120", "a cooldown takes some time", node.span, "no time at all", hint)
    return found


def _grouping(node: n.Name, eachs: tuple[m.Each, ...], scope: Scope) -> tuple[m.Grouping, m.Expr | None]:
    """What stands behind `per`: a calendar period, the contact, or a property of the events."""
    per = str(node)
    if per in PERIODS:
        return per, None  # type: ignore[return-value]
    refuse_hour(node, "write `per day`; `at most once per 1 hour` is a pause of an hour", scope)
    for each in eachs:
        if each.unit != "event" and (each.prop is None or scope.resolve(node) != each.prop):
            message = f"a {each.unit} has many events, so there is no `{per}` of it"
            hint = "write `per day`, `per week` or `per month`"
            scope.refuse("G105", message, node.span, "a property of single events", hint)
    if per != "contact":
        return "value", grouped_by(node, scope)
    if any(each.selection is not None and each.selection.scope == "lead" for each in eachs):
        message, hint = "a lead rule sees the events of one contact", "leave `per contact` to an account rule"
        scope.refuse("G104", message, node.span, "one contact only", hint)
    return "contact", None
