"""`disqualify` lines: definitions of their own, wherever they stand (decision 11)."""

from __future__ import annotations

from ...grammar import nodes as n
from ...grammar.printer import to_text
from .. import model as m
from .aging import ages_by
from .ids import Ids
from .lines import line_id_of, line_text
from .modifiers import fits
from .place import Place
from .scope import Scope
from .windows import some_length


def disqualification(item: n.Line | n.Otherwise, place: Place, ids: Ids, scope: Scope) -> m.Disqualification:
    """A `disqualify` line with the conditions of the `when` blocks around it."""
    effect = item.effect
    assert isinstance(effect, n.Disqualify)
    line_id = line_id_of(item, place, ids, scope)
    condition = _condition(item, effect, place, scope)
    lasting, by = None, None
    if effect.lasting is not None:
        lasting = some_length(effect.lasting, scope)
        by = _counted_from(effect.lasting, condition, scope)
    return m.Disqualification(
        level=scope.level,
        id=line_id,
        reason=effect.reason.strip(),
        condition=m.And((*place.gates, condition)) if place.gates else condition,
        lasting=lasting,
        ages_by=by,
        score=place.score,
        label=item.label,
        text=line_text(item),
        has_written_id=item.id is not None,
        span=item.span,
    )


def _condition(item: n.Line | n.Otherwise, effect: n.Disqualify, place: Place, scope: Scope) -> m.Expr:
    if place.chosen_by or isinstance(item, n.Otherwise):
        block = place.chosen_by or "first of"
        message, hint = f"`disqualify` gives no points, so no `{block}` can choose it", "move it out of the block"
        scope.refuse("T145", message, effect.span, f"inside `{block}`", hint)
    if isinstance(item.head, n.Each):
        message, hint = "one event is enough to disqualify", f"write `{to_text(item.head.of)}` without `each`"
        if isinstance(item.head.of, n.Leads):
            message, hint = "`disqualify` is about one lead or account", "write a lead rule, or `any(leads where …)`"
        scope.refuse("T141", message, item.head.span, "`each` on `disqualify`", hint)
    if not effect.reason.strip():
        message, hint = "a disqualification has a reason", "write `disqualify 'competitor'`"
        scope.refuse("T115", message, effect.span, "an empty text", hint)
    fits(item.modifiers, effect, None, scope)
    return scope.condition(item.head)


def _counted_from(node: n.Duration, condition: m.Expr, scope: Scope) -> m.Selection:
    by, why = ages_by(condition)
    if by is None:
        message = f"`for {to_text(node)}` counts from an event, and {why}"
        hint = "make one selection decide: `unsubscribed => disqualify 'unsubscribed' for 180 days`"
        scope.refuse("T140", message, node.span, "from which event?", hint)
    return by
