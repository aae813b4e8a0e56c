"""Decay: of a line, of a block by default, and the event from which it counts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from ...grammar import nodes as n
from .. import model as m
from .aging import ages_by
from .modifiers import fixed, refuse_decimals
from .scope import Scope
from .selections import selection
from .values import LARGEST
from .wording import POSITIVE, SHORTER

_IN_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
LONGEST = 10_000 * _IN_DAYS["year"]


def decay_by_default(node: n.Decay, scope: Scope) -> m.Decay:
    """The decay of a block's event lines."""
    return _decay(node, scope)


def decay_of_line(
    item: n.Line | n.Otherwise,
    default: m.Decay | None,
    condition: m.Expr | None,
    each: m.Each | None,
    effect: m.Effect,
    scope: Scope,
) -> m.Decay | None:
    """The line's own decay, or the default where the line could carry it (decision 15)."""
    own = next((mod for mod in item.modifiers if isinstance(mod, n.Decay)), None)
    decay = _decay(own, scope) if own is not None else default
    if decay is None or not isinstance(effect, m.Points) or any(isinstance(mod, n.NoDecay) for mod in item.modifiers):
        return None
    if each is not None and each.unit == "lead":
        if own is not None:
            message, hint = "leads have no age: `each lead` cannot decay", "let the lead's own score decay"
            scope.refuse("T141", message, own.span, "nothing to age by", hint)
        return None
    if each is not None or decay.ages_by is not None:
        return decay
    assert condition is not None
    by, why = ages_by(condition)
    if by is None and own is not None:
        hint = "say which: `… since S`, or write `each S => …`, where every event has its own age"
        scope.refuse("T140", f"a decay needs the age of an event, and {why}", own.span, "which event's age?", hint)
    return replace(decay, ages_by=by) if by is not None else None


def _decay(node: n.Decay, scope: Scope) -> m.Decay:
    unit, period = _period(node.period, scope)
    return m.Decay(
        node.kind,
        unit,
        period,
        None if node.amount is None else _amount(node, node.amount, scope),
        node.compounding,
        None if node.floor is None else _floor(node.floor, scope),
        0 if node.grace is None else _grace(node.grace, unit, scope),
        None if node.since is None else selection(node.since, scope),
    )


def _period(node: n.Duration, scope: Scope) -> tuple[m.AgeUnit, float]:
    """The unit in which the age is counted, and how many of it a period has."""
    unit = node.unit
    if unit not in ("minute", "hour", *_IN_DAYS):
        message = f"a decay counts its age in minutes, hours or days, not in {unit}s"
        scope.refuse("T120", message, node.span, "not a unit of age", "write the length in minutes")
    count = scope.constant(node.count, "the length of a decay")
    if count <= 0:
        hint = "write a length above 0, or leave the decay out"
        scope.refuse("T120", "a decay needs a length above 0", node.span, "nothing to decay over", hint)
    if count * _IN_DAYS.get(unit, 1) > LONGEST:
        scope.refuse("T120", "a decay takes at most 10,000 years", node.span, "longer than that", SHORTER)
    if unit == "minute" or unit == "hour":
        return unit, count
    return "day", count * _IN_DAYS[unit]


def _amount(node: n.Decay, amount: n.Expr, scope: Scope) -> float:
    """The percentage, or the points; a param may be 0, as one way to switch a decay off."""
    of_percent = node.kind == "loses percent"
    what = "what a decay takes away"
    if not of_percent:
        refuse_decimals(amount, "points have", scope)
    found = scope.constant(amount, what)
    if found < 0 or (found == 0 and isinstance(amount, n.Number)):
        hint = "points that grow with age are not a decay" if found < 0 else "leave the decay out"
        scope.refuse("T120", f"{what} is above 0", amount.span, "nothing is lost", hint)
    if of_percent and found > 100:
        hint = "`loses 100%` leaves nothing after one period"
        scope.refuse("T120", f"{what} is at most 100%", amount.span, "more than there is", hint)
    if found > LARGEST:
        message, hint = f"{what} stays within a thousand million", "choose a smaller scale"
        scope.refuse("T120", message, amount.span, "too large", hint)
    return found


def _floor(node: n.Expr, scope: Scope) -> float:
    found = fixed(node, "the end of a decay", scope)
    assert isinstance(found, m.Const) and isinstance(found.value, float)
    if found.value < 0:
        message, hint = "a decay ends at 0 or above", "it works on the size of the points, the sign stays: `to 2`"
        scope.refuse("T120", message, node.span, "below 0", hint)
    return found.value


def _grace(node: n.Duration, unit: m.AgeUnit, scope: Scope) -> int:
    """In whole units of the decay's age (decision 18)."""
    count = scope.constant(node.count, "a period of grace")
    units = Fraction(str(count)) * Fraction(m.MICROS[node.unit], m.MICROS[unit])
    if count < 0:
        scope.refuse("T120", "a length of time is not negative", node.span, "below 0", POSITIVE)
    if units * m.MICROS[unit] > LONGEST * m.MICROS["day"]:
        scope.refuse("T120", "a length of time is at most 10,000 years", node.span, "longer than that", SHORTER)
    if units.denominator != 1:
        message = f"this decay counts its age in whole {unit}s, and its grace is no whole number of them"
        hint = f"write it in {unit}s, or write the decay in the unit of the grace"
        scope.refuse("T120", message, node.span, f"not in whole {unit}s", hint)
    return int(units)
