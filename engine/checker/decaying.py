"""Decay: of a line, of a block by default, and the event from which it counts."""

from __future__ import annotations

from dataclasses import replace

from ...grammar import nodes as n
from ...grammar.printer import to_text
from .. import model as m
from .aging import ages_by
from .scope import Scope

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
    effect: m.Points | m.Times,
    scope: Scope,
) -> m.Decay | None:
    """The line's own decay, or the default where the line could carry it (decision 15)."""
    own = next((mod for mod in item.modifiers if isinstance(mod, n.Decay)), None)
    decay = _decay(own, scope) if own is not None else default
    if decay is None or not isinstance(effect, m.Points):
        return None
    if each is not None and each.unit != "lead":
        return decay
    if each is not None:
        if own is not None:
            message, hint = "leads have no age: `each lead` cannot decay", "let the lead's own score decay"
            scope.refuse("T141", message, own.span, "nothing to age by", hint)
        return None
    assert condition is not None
    by, why = ages_by(condition)
    if by is None and own is not None:
        hint = "make one selection decide, or write `each S => …`, where every event has its own age"
        scope.refuse("T140", f"a decay needs the age of an event, and {why}", own.span, "which event's age?", hint)
    return replace(decay, ages_by=by) if by is not None else None


def _decay(node: n.Decay, scope: Scope) -> m.Decay:
    if node.amount is not None:
        scope.later("`loses …`", node.span, "`fades over` and `halves every` are there already")
    for part, word in ((node.floor, "to"), (node.grace, "after"), (node.since, "since")):
        if part is not None:
            scope.later(f"`{word} {to_text(part)}` in a decay", part.span)
    unit = node.period.unit
    if unit not in ("minute", "hour", *_IN_DAYS):
        message = f"a decay counts its age in minutes, hours or days, not in {unit}s"
        scope.refuse("T120", message, node.period.span, "not a unit of age", "write the length in minutes")
    count = scope.constant(node.period.count, "the length of a decay")
    if count <= 0:
        scope.refuse("T120", "a decay needs a length above 0", node.period.span, "nothing to decay over")
    if count * _IN_DAYS.get(unit, 1) > LONGEST:
        scope.refuse("T120", "a decay takes at most 10,000 years", node.period.span, "longer than that")
    if unit in ("minute", "hour"):
        return m.Decay(node.kind, unit, count)
    return m.Decay(node.kind, "day", count * _IN_DAYS[unit])
