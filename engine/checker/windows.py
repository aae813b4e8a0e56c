"""The pieces of a selection: windows, sequences, how often; lengths of time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ...grammar import nodes as n
from .. import model as m
from ..instants import parse_instant
from .conditions import quantity
from .scope import Scope

LONGEST = 10_000 * m.MICROS["year"]
Anchor = Callable[[n.Expr, Scope], m.Selection]


def filter_test(node: n.Window | n.Sequence, scope: Scope, anchor: Anchor) -> m.Expr:
    """A window or a sequence as a test of single events; `anchor` reads the other side of a sequence."""
    if not isinstance(node, n.Sequence):
        return replace(_window(node, scope), origin=node)
    span = _some_length(node.duration, scope) if node.duration is not None else None
    return m.Near(node.relation, anchor(node.anchor, scope), span, node.same_contact or scope.ignoring, origin=node)


# --- lengths of time ----------------------------------------------------------------


def length(node: n.Duration, scope: Scope) -> m.Length:
    """A duration of so many units; a number or a param, not negative."""
    count = scope.number(node.count)
    if not isinstance(count, m.Const):
        scope.later("a length of time that is a field", node.span, "write a number or a param")
    found = m.Length(count, m.MICROS[node.unit])
    if micros(found) < 0:
        scope.refuse("T120", "a length of time is not negative", node.span, "below 0")
    if micros(found) > LONGEST:
        scope.refuse("T120", "a length of time is at most 10,000 years", node.span, "longer than that")
    return found


def _some_length(node: n.Duration, scope: Scope) -> m.Length:
    """A length in which something can happen; a param may be 0, as one way to switch a line off."""
    found = length(node, scope)
    if isinstance(found.count, m.Const) and found.count.value == 0 and found.count.param is None:
        scope.refuse("T120", "nothing happens within no time", node.span, "selects nothing", "write a length above 0")
    return found


def micros(span: m.Length) -> int:
    """The length in microseconds where the text fixes it."""
    assert isinstance(span.count, m.Const) and isinstance(span.count.value, float)
    size = int(abs(span.count.value) * span.unit + 0.5)
    return -size if span.count.value < 0 else size


# --- windows ------------------------------------------------------------------------


def _window(node: n.Window, scope: Scope) -> m.Expr:
    if isinstance(node, n.Within):
        return m.AgeWindow(None, _some_length(node.duration, scope))
    if isinstance(node, n.MoreThanAgo):
        return m.AgeWindow(length(node.duration, scope), None)
    if isinstance(node, n.BetweenAgo):
        return _between_ago(node, scope)
    if isinstance(node, n.SinceMoment):
        return m.InstantWindow(_instant(node.moment, scope), None)
    if isinstance(node, n.BeforeMoment):
        return m.InstantWindow(None, _instant(node.moment, scope))
    if isinstance(node, n.BetweenMoments):
        return _between_moments(node, scope)
    assert isinstance(node, n.Calendar)
    text = "today" if (node.which, node.unit) == ("this", "day") else f"{node.which} {node.unit}"
    scope.later(f"the calendar window `{text}`", node.span, "write `within 30 days`, or `since` a date")


def _between_ago(node: n.BetweenAgo, scope: Scope) -> m.Expr:
    nearer = n.Duration(node.low, node.high.unit, span=node.low.span)
    low, high = scope.every((nearer, node.high), lambda item: length(item, scope))
    if micros(low) >= micros(high):
        scope.refuse(
            "T132",
            "this window is empty: it goes from the farther to the nearer",
            node.span,
            "the wrong way round",
            "write the smaller number first: `between 30 and 60 days ago`",
        )
    return m.AgeWindow(low, high)


def _between_moments(node: n.BetweenMoments, scope: Scope) -> m.Expr:
    start, end = scope.every((node.low, node.high), lambda item: _instant(item, scope))
    if start >= end:
        scope.refuse(
            "T132",
            "this window is empty: it ends before it begins",
            node.span,
            "the wrong way round",
            "write the earlier date first",
        )
    return m.InstantWindow(start, end)


def _instant(node: n.Expr, scope: Scope) -> int:
    found = scope.value(node, "date", "timestamp")
    if not isinstance(found, m.Const):
        scope.later("a window that begins or ends at a field", node.span, "write a date or a param")
    at = parse_instant(str(found.value), scope.book.zone) if found.kind == "date" else found.value
    assert isinstance(at, int)
    return at


# --- how often ----------------------------------------------------------------------


def often(node: n.Often, scope: Scope) -> m.Often:
    """`at least 3 times`."""
    if node.unit == "sessions":
        scope.later("counting sessions", node.span, "count days: `on at least 3 days`")
    if node.group is not None or node.stretch is not None:
        scope.later(f"`in {'one' if node.group is not None else 'any'} …`", node.span, "count within one window")
    if node.unit == "contacts" and scope.selects == "lead":
        scope.refuse(
            "G104",
            "a lead rule sees the events of one contact",
            node.span,
            "contacts counted in a lead rule",
            "count contacts in an account rule, or over `account.` and the signal",
        )
    least = 1 if node.op in ("at least", "fewer than") else 0
    return m.Often(quantity(node.op), scope.whole(node.count, "how often", least), node.unit)
