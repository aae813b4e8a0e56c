"""Lines: a condition or an `each`, an effect, and its modifiers."""

from __future__ import annotations

from dataclasses import replace

from ...grammar import nodes as n
from ...grammar.late_methods import dataclass
from ...grammar.printer import to_text
from .. import model as m
from .decaying import decay_of_line
from .ids import Ids
from .modifiers import at_most, bounds, fits, refuse_decimals
from .names import grouped_by
from .place import Place
from .rollups import lead_set
from .scope import Scope
from .selections import chosen
from .values import LARGEST, negated
from .windows import often


@dataclass(frozen=True)
class Head:
    """What a line runs over, or when it holds; `inside` is where its points are worked out."""

    inside: Scope
    condition: m.Expr | None = None
    each: m.Each | None = None


def read_line(item: n.Line | n.Otherwise, place: Place, ids: Ids, scope: Scope) -> m.Line:
    """A line that changes a score."""
    text = line_text(item)
    line_id = line_id_of(item, place, ids, scope)
    head = _head(item, scope)
    effect = _effect(item.effect, head, scope)
    fits(item.modifiers, item.effect, head.each, scope)
    of_events = replace(head.inside, points=False)
    eachs = () if head.each is None else (head.each,)
    limits = [mod for mod in item.modifiers if isinstance(mod, n.AtMost | n.Cooldown)]
    return m.Line(
        id=line_id,
        effect=effect,
        condition=head.condition,
        each=head.each,
        at_most=tuple(at_most(mod, head.each, of_events) for mod in limits),
        bounds=bounds(tuple(mod for mod in item.modifiers if isinstance(mod, n.Bound)), eachs, of_events),
        decay=decay_of_line(item, place.decay, head.condition, head.each, effect, scope),
        label=item.label,
        text=text,
        has_written_id=item.id is not None,
        span=item.span,
    )


def line_text(item: n.Line | n.Otherwise) -> str:
    """The canonical text of what comes before the effect."""
    return to_text(item.head) if isinstance(item, n.Line) else "otherwise"


def line_id_of(item: n.Line | n.Otherwise, place: Place, ids: Ids, scope: Scope) -> str:
    """The written id of a line, or one that is made from its text."""
    if item.id is not None:
        return ids.claim(item.id, item, scope)
    return ids.make(place.score, line_text(item))


def _head(item: n.Line | n.Otherwise, scope: Scope) -> Head:
    if isinstance(item, n.Otherwise):
        return Head(scope, scope.condition(n.Always(span=item.span)))
    if not isinstance(item.head, n.Each):
        return Head(scope, scope.condition(item.head))
    if isinstance(item.head.of, n.Leads):
        return Head(scope.on_members(), each=m.Each("lead", leads=lead_set(item.head.of, scope)))
    return _each(item.head, item.head.of, scope)


def _each(node: n.Each, of: n.Expr, scope: Scope) -> Head:
    if node.unit == "event" and isinstance(of, n.Selection) and of.often is not None:
        scope.refuse(
            "T144",
            "how often stands on groups of events, not on each event",
            of.often.span,
            "nothing to count",
            "drop `each`, or write `each day with …`",
        )
    found, types = chosen(of, scope)
    side = replace(scope, account_side=found.scope == "account")
    count = often(node.often, side, types) if node.often is not None else None
    inside = scope.on_events(types)
    prop = _prop(node.prop, found, inside) if node.prop is not None else None
    return Head(replace(inside, points=True), each=m.Each(node.unit, found, prop, count))


def _prop(node: n.Name, selection: m.Selection, scope: Scope) -> m.Expr:
    """What the events are grouped by: a property, or a field of their contact or account."""
    if str(node) == "contact" and selection.scope == "lead":
        message, label = "a lead rule sees the events of one contact", "one contact only"
        scope.refuse("G104", message, node.span, label, "write `each` and the signal")
    found = grouped_by(node, scope)
    if isinstance(found, m.Const):
        message = f"`{node}` is a param, the same for all events"
        scope.refuse("T105", message, node.span, "no property", "name a property of the events")
    return found


# --- effects ------------------------------------------------------------------------


def _effect(node: n.Effect, head: Head, scope: Scope) -> m.Effect:
    if isinstance(node, n.SetTo):
        return _set_to(node, head, scope)
    if isinstance(node, n.Times):
        return _times(node, head, scope)
    assert isinstance(node, n.Points)
    refuse_decimals(node.value, "points have", scope)
    value = _points(node.value, head.inside)
    if head.each is not None and head.each.unit not in ("event", "lead"):
        _only_the_group(node.value, value, head.each, scope)
    return m.Points(negated(value) if node.sign == "-" else value)


def _points(node: n.Expr, scope: Scope) -> m.Expr:
    value = scope.number(node)
    if isinstance(value, m.Const) and isinstance(value.value, float) and abs(value.value) > LARGEST:
        message, hint = "points stay within a thousand million", "choose a smaller scale"
        scope.refuse("T120", message, node.span, "too many points", hint)
    return value


def _set_to(node: n.SetTo, head: Head, scope: Scope) -> m.SetTo:
    if head.each is not None:
        message, hint = "`set` puts one total, not one for each event", "write a condition: `S => set 50`"
        scope.refuse("T141", message, node.span, "on an `each` line", hint)
    refuse_decimals(node.value, "points have", scope)
    return m.SetTo(_points(node.value, scope))


def _times(node: n.Times, head: Head, scope: Scope) -> m.Times:
    if head.each is not None:
        message = "a factor multiplies once, not for each event"
        hint = "write a condition: `S at least 3 times => *1.5`"
        scope.refuse("T141", message, node.span, "on an `each` line", hint)
    refuse_decimals(node.value, "a factor has", scope)
    factor = scope.number(node.value)
    if isinstance(factor, m.Const) and isinstance(factor.value, float) and factor.value < 0:
        scope.refuse("T120", "a factor is not negative", node.span, "below 0", "to take points away write `=> -10`")
    return m.Times(factor)


def _only_the_group(node: n.Expr, value: m.Expr, each: m.Each, scope: Scope) -> None:
    """Of a day or a value only its date or property is in scope (decision 17)."""
    for part in value.walk():
        is_date = each.unit != "value" and isinstance(part, m.EventAttr) and part.name == "date"
        if isinstance(part, m.Prop | m.EventAttr) and part != each.prop and not is_date:
            group = "value" if each.unit == "value" else each.unit
            what = "the value itself" if each.unit == "value" else "its `date`"
            span = part.origin.span if part.origin is not None else node.span
            hint = "write `each S => …` for points of each event"
            message = f"a {group} has many events: only {what} can be read"
            scope.refuse("G105", message, span, "a property of single events", hint)
