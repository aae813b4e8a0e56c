"""Numbers made of many events, and of the whole population."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

from ...grammar import nodes as n
from ...grammar.printer import to_text
from .. import model as m
from ..suggest import listing
from .names import EVENT_ATTRIBUTES, lookup, names_session
from .rollups import OF_LEADS, fitting, of_leads, result_kind
from .scope import Refused, Scope, resolves
from .selections import chosen, is_selection, selection
from .wording import SHORTER

OF_EVENTS = ("count", "distinct", "sum", "avg", "median", "min", "max", "newest", "earliest", "most_common")


@resolves(n.Aggregate)
def aggregate(node: n.Aggregate, scope: Scope) -> m.Expr:
    if scope.row == "event" and not _counts_a_list(node, scope):
        _refuse_in_event(node, scope)
    if isinstance(node.of, n.Leads):
        return of_leads(node, node.of, scope)
    if _counts_a_list(node, scope):
        return m.Function("count", (scope.value(node.of, "list"),), kind="number")
    return _of_events(node, node.of, scope)


def _counts_a_list(node: n.Aggregate, scope: Scope) -> bool:
    """Whether this is `count(account.technologies)`, not a count of events."""
    if node.function != "count" or node.what is not None or not isinstance(node.of, n.Name):
        return False
    if scope.row != "event" and is_selection(node.of, scope):
        return False
    with scope.book.silence():
        try:
            found = lookup(node.of, scope)
        except Refused:
            return False
    return found is not None and found.kind in ("list", "unknown")


def _of_events(node: n.Aggregate, of: n.Expr, scope: Scope) -> m.Expr:
    if node.function not in OF_EVENTS:
        _refuse_function(node, scope)
    found, types = chosen(of, scope)
    if node.function == "count":
        if node.what is not None:
            message = "`count` counts events; `distinct` counts values"
            scope.refuse("T114", message, node.what.span, "a property given", "write `distinct(… of …)`")
        return m.EventAggregate("count", None, found, kind="number")
    if node.what is None:
        hint = f"write `{node.function}(minutes of …)`"
        scope.refuse("T114", f"`{node.function}` of what?", node.span, "no property", hint)
    if found.scope == "lead" and node.what == n.Name(("contact",)):
        scope.refuse(
            "G104",
            "a lead rule sees the events of one contact",
            node.what.span,
            "contacts counted in a lead rule",
            "count contacts in an account rule, or over `account.` and the signal",
        )
    inside = scope.on_events(types)
    is_session = node.function == "distinct" and isinstance(node.what, n.Name) and names_session(node.what)
    what = EVENT_ATTRIBUTES["session"] if is_session else fitting(node, inside.resolve(node.what), inside)
    return m.EventAggregate(node.function, what, found, kind=result_kind(node.function, what.kind))


def _refuse_function(node: n.Aggregate, scope: Scope) -> NoReturn:
    name = node.function
    if name in OF_LEADS:
        message, label = f"`{name}` goes over leads, not events", "events given"
        scope.refuse("T114", message, node.span, label, f"write `{name}(leads where …)`")
    known = sorted({*OF_EVENTS, *OF_LEADS})
    message = f"there is no aggregate `{name}`"
    place = replace(node.span, end_line=node.span.line, end_column=node.span.column + len(name))
    scope.refuse_unknown("T103", name, message, place, "never defined", known, listing(known, len(known)))


# --- time and the population ---------------------------------------------------------


@resolves(n.DaysSince)
def days_since(node: n.DaysSince, scope: Scope) -> m.Expr:
    if scope.row in ("entity", "member") and is_selection(node.item, scope):
        return m.EventAggregate("days_since", None, selection(node.item, scope), kind="number")
    return m.Function("days_since", (scope.value(node.item, "date", "timestamp"),), kind="number")


@resolves(n.DaysUntil)
def days_until(node: n.DaysUntil, scope: Scope) -> m.Expr:
    return m.Function("days_until", (scope.value(node.item, "date", "timestamp"),), kind="number")


@resolves(n.PerPeriod)
def per_period(node: n.PerPeriod, scope: Scope) -> m.Expr:
    """`avg(count of S per week over 12 weeks)`: the periods are whole numbers of the unit (decision 27)."""
    if scope.row == "event":
        _refuse_in_event(node, scope)
    found = selection(node.of, scope)
    return m.PeriodAggregate(node.function, found, m.MICROS[node.unit], _periods(node, scope), kind="number")


def _periods(node: n.PerPeriod, scope: Scope) -> m.Expr:
    """How many periods: 12 weeks and 84 days are both 12 of a week; a field must be in a multiple of the unit."""
    count = scope.whole(node.over.count, "the number of periods", 1)
    length, unit = m.MICROS[node.over.unit], m.MICROS[node.unit]
    known = count.value if isinstance(count, m.Const) and isinstance(count.value, float) else None
    if known is not None and int(known) * length > m.LONGEST:
        scope.refuse("T120", "a length of time is at most 10,000 years", node.over.span, "longer than that", SHORTER)
    if length == unit:
        return count
    if (length if known is None else int(known) * length) % unit:
        message = f"{to_text(node.over)} are no whole number of {node.unit}s"
        scope.refuse("T120", message, node.over.span, "two units", f"write `over 12 {node.unit}s`")
    return m.Arith("/", m.Arith("*", count, _number(length), kind="number"), _number(unit), kind="number")


def _number(value: int) -> m.Const:
    return m.Const(float(value), kind="number")


def _refuse_in_event(node: n.Expr, scope: Scope) -> NoReturn:
    scope.refuse(
        "G105",
        f"{scope.book.text(node)} is made of many events or leads, and here is one event",
        node.span,
        "an aggregate for each event",
        "make it a measure, and compare that outside of the selection",
    )
