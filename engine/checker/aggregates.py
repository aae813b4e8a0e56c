"""Numbers made of many: of events, of leads, of the population."""

from __future__ import annotations

from ...grammar import nodes as n
from .. import model as m
from ..records import Value
from ..schema import Kind
from .conditions import through_arguments, use_list
from .events import chosen, is_selection, selection
from .scope import NAMES, Scope, resolves
from .values import lookup

_NUMERIC = ("sum", "avg", "median")
_ORDERED = ("min", "max")
_PICKED = ("newest", "earliest", "most_common")
_OF_LEADS = ("count", "distinct", "sum", "avg", "median", "min", "max", "share", "any", "all", "coverage")
_OF_EVENTS = ("count", "distinct", "sum", "avg", "median", "min", "max", "newest", "earliest", "most_common")


@resolves(n.Aggregate)
def aggregate(node: n.Aggregate, scope: Scope) -> m.Expr:
    if scope.row == "event" and not scope.points:
        scope.refuse(
            "G105",
            f"`{node.function}` cannot stand inside the test of an event",
            node.span,
            "an aggregate inside a selection",
            "make it a measure, and compare that outside",
        )
    if isinstance(node.of, n.Leads):
        return _of_leads(node, node.of, scope)
    if (
        node.function == "count"
        and node.what is None
        and not is_selection(node.of, scope)
        and isinstance(node.of, n.Name)
    ):
        value = lookup(node.of, scope)
        if value is not None and value.kind in ("list", "unknown"):
            return m.Function("count", (scope.book.settle(value, "list"),), kind="number")
    return _of_events(node, node.of, scope)


# --- of events ----------------------------------------------------------------------


def _of_events(node: n.Aggregate, of: n.Expr, scope: Scope) -> m.Expr:
    if node.function not in _OF_EVENTS:
        scope.refuse(
            "T114",
            f"`{node.function}` goes over leads, not events",
            node.span,
            "events given",
            f"write `{node.function}(leads where …)`",
        )
    if node.function == "most_common":
        scope.later("`most_common`", node.span)
    found, types = chosen(of, scope)
    if node.what is None:
        if node.function != "count":
            scope.refuse(
                "T114",
                f"`{node.function}` of what?",
                node.span,
                "no property",
                f"write `{node.function}(minutes of …)`",
            )
        return m.EventAggregate("count", None, found, kind="number")
    if node.function == "count":
        scope.refuse(
            "T114",
            "`count` counts events; `distinct` counts values",
            node.span,
            "a property given",
            "write `distinct(… of …)`",
        )
    if (
        scope.level == "lead"
        and isinstance(node.what, n.Name)
        and str(node.what) == "contact"
        and found.scope != "account"
    ):
        scope.refuse(
            "G104", "a lead rule sees the events of one contact", node.what.span, "contacts counted in a lead rule"
        )
    what = scope.on_events(types).resolve(node.what)
    what = _fits(node, what, scope, types)
    return m.EventAggregate(node.function, what, found, kind=_result_kind(node.function, what.kind))


def _fits(node: n.Aggregate, what: m.Expr, scope: Scope, types: tuple[str, ...]) -> m.Expr:
    """The kind that the aggregate needs."""
    assert node.what is not None
    wanted: tuple[Kind, ...] = ("number",)
    if node.function in (*_ORDERED,):
        wanted = ("number", "date", "timestamp")
    elif node.function in ("distinct", *_PICKED):
        wanted = ("text", "number", "bool", "date", "timestamp")
    if what.kind == "unknown":
        if isinstance(what, m.Prop):
            scope.book.settle_property(types, what.name, wanted[0])
        return scope.book.settle(what, wanted[0])
    if what.kind not in wanted:
        scope.refuse(
            "T110",
            f"`{node.function}` of {NAMES[what.kind]} makes no sense",
            node.what.span,
            f"this is {NAMES[what.kind]}",
        )
    return what


def _result_kind(function: str, kind: Kind) -> Kind:
    return kind if function in (*_ORDERED, *_PICKED) else "number"


@resolves(n.DaysSince)
def days_since(node: n.DaysSince, scope: Scope) -> m.Expr:
    if scope.row != "event" and is_selection(node.item, scope):
        return m.EventAggregate("days_since", None, selection(node.item, scope), kind="number")
    return m.Function("days_since", (scope.value(node.item, "date", "timestamp"),), kind="number")


@resolves(n.DaysUntil)
def days_until(node: n.DaysUntil, scope: Scope) -> m.Expr:
    return m.Function("days_until", (scope.value(node.item, "date", "timestamp"),), kind="number")


@resolves(n.PerPeriod)
def per_period(node: n.PerPeriod, scope: Scope) -> m.Expr:
    scope.later(
        "a count per period against the own past",
        node.span,
        "compare two windows: `count(S within 30 days) > count(S between 30 and 60 days ago)`",
    )


@resolves(n.Standing)
def standing(node: n.Standing, scope: Scope) -> m.Expr:
    scope.later(f"`{node.function}` among the whole population", node.span)


# --- of leads -----------------------------------------------------------------------


def lead_set(node: n.Leads, scope: Scope, where: bool = True) -> m.LeadSet:
    """The leads of the account that a roll-up goes over."""
    if scope.level == "lead":
        message = "a lead rule sees one lead" if scope.row != "member" else "a roll-up does not stand inside another"
        scope.refuse(
            "G104",
            message,
            node.span,
            "leads counted in a lead rule",
            "roll leads up in an account rule; a lead reads it as `account.name`",
        )
    members = scope.on_members()
    condition = members.condition(node.where) if node.where is not None and where else None
    if node.end is None:
        return m.LeadSet(condition)
    assert node.by is not None and node.count is not None
    return m.LeadSet(
        condition, node.end, scope.number(node.count), members.value(node.by, "number", "date", "timestamp")
    )


def _of_leads(node: n.Aggregate, of: n.Leads, scope: Scope) -> m.Expr:
    if node.function not in _OF_LEADS:
        scope.refuse("T114", f"`{node.function}` goes over events, not leads", node.span, "leads given")
    if node.function == "coverage":
        return _coverage(node, of, scope)
    if node.function in ("share", "any", "all"):
        return _truth_of_leads(node, of, scope)
    leads = lead_set(of, scope)
    if node.what is None:
        if node.function != "count":
            scope.refuse(
                "T114",
                f"`{node.function}` of what?",
                node.span,
                "no value",
                f"write `{node.function}(engagement of leads)`",
            )
        return m.LeadAggregate("count", None, leads, kind="number")
    if node.function == "count":
        scope.refuse(
            "T114",
            "`count` counts leads; `distinct` counts values",
            node.span,
            "a value given",
            "write `count(leads where …)`",
        )
    what = _fits(node, scope.on_members().resolve(node.what), scope, ())
    return m.LeadAggregate(node.function, what, leads, kind=_result_kind(node.function, what.kind))


def _truth_of_leads(node: n.Aggregate, of: n.Leads, scope: Scope) -> m.Expr:
    if node.what is not None or of.where is None or of.end is not None:
        scope.refuse(
            "T114",
            f"`{node.function}` takes `leads where …`",
            node.span,
            "not of that form",
            f"write `{node.function}(leads where engagement >= 20)`",
        )
    lead_set(n.Leads(span=of.span), scope)
    condition = scope.on_members().condition(of.where)
    return m.LeadAggregate(node.function, condition, m.LeadSet(), kind="number" if node.function == "share" else "bool")


def _coverage(node: n.Aggregate, of: n.Leads, scope: Scope) -> m.Expr:
    if node.what is None or not 1 <= len(node.args) <= 2:
        scope.refuse(
            "T114",
            "`coverage` takes a field of leads, a list and perhaps a table of weights",
            node.span,
            "not of that form",
            "write `coverage(role of leads where …, buying_roles)`",
        )
    leads = lead_set(of, scope)
    what = scope.on_members().resolve(node.what)
    values = _listed(node.args[0], scope)
    what = scope.book.settle(what, "text")
    weights = _weights(node.args[1], scope) if len(node.args) == 2 else None
    return m.Coverage(what, leads, values, weights, kind="number")


def _listed(node: n.Expr, scope: Scope) -> tuple[Value, ...]:
    node, scope = through_arguments(node, scope)
    if isinstance(node, n.Name) and str(node) in scope.book.lists:
        return use_list(str(node), scope).values
    if isinstance(node, n.ListOf):
        found = scope.all_of(node.items, lambda item: scope.value(item, "text", "number"))
        return tuple(dict.fromkeys(item.value for item in found if isinstance(item, m.Const)))
    known = scope.book.lists
    scope.refuse(
        "T106",
        f"{scope.book.text(node)} is no list",
        node.span,
        "the values to be covered",
        scope.book.suggest(str(node), known) if isinstance(node, n.Name) else "",
    )


def _weights(node: n.Expr, scope: Scope) -> m.Table:
    name = str(node) if isinstance(node, n.Name) else ""
    if name not in scope.book.tables:
        scope.refuse(
            "T104",
            f"{scope.book.text(node)} is no table",
            node.span,
            "the weights",
            scope.book.suggest(name, scope.book.tables),
        )
    scope.book.usage.use("table", name)
    info = scope.book.tables[name]
    if len(info.keys) != 1 or info.kind != "number":
        scope.refuse("T110", f"the weights `{name}` need one key and numbers", node.span, "not of that form")
    return info.table
