"""Numbers made of an account's leads."""

from __future__ import annotations

from ...grammar import nodes as n
from .. import model as m
from ..records import Value
from ..schema import Kind
from .book import Values
from .conditions import through_arguments, unknown_list, use_list
from .enumerations import is_one_of
from .scope import Scope
from .wording import NAMES, plural

OF_LEADS = ("count", "distinct", "sum", "avg", "median", "min", "max", "share", "any", "all", "coverage")


def of_leads(node: n.Aggregate, of: n.Leads, scope: Scope) -> m.Expr:
    """`count(leads where …)`, `max(fit of leads)`, `share(leads where …)`, `coverage(role of leads, roles)`."""
    name = node.function
    if name not in OF_LEADS:
        hint = f"over leads go {', '.join(f'`{item}`' for item in OF_LEADS)}"
        scope.refuse("T114", f"`{name}` does not go over leads", node.span, "leads given", hint)
    if name == "coverage":
        return _coverage(node, of, scope)
    if name in ("share", "any", "all"):
        return _truth(node, of, scope)
    leads = lead_set(of, scope)
    if name == "count":
        if node.what is not None:
            message = "`count` counts leads; `distinct` counts values"
            scope.refuse("T114", message, node.what.span, "a value given", "write `count(leads where …)`")
        return m.LeadAggregate("count", None, leads, kind="number")
    if node.what is None:
        hint = f"write `{name}(engagement of leads)`"
        scope.refuse("T114", f"`{name}` of what?", node.span, "no value", hint)
    members = scope.on_members()
    what = fitting(node, members.resolve(node.what), members)
    return m.LeadAggregate(name, what, leads, kind=result_kind(name, what.kind))


def lead_set(node: n.Leads, scope: Scope) -> m.LeadSet:
    """The leads of the account that a roll-up goes over."""
    _refuse_in_lead(node, scope)
    members = scope.on_members()
    condition = members.condition(node.where) if node.where is not None else None
    if node.end is None:
        return m.LeadSet(condition)
    assert node.count is not None
    if node.by is None:
        hint = f"write `{node.end} 3 leads by engagement`"
        scope.refuse("T114", f"`{node.end}` leads by what?", node.span, "no order", hint)
    count = scope.whole(node.count, "a count of leads", 1)
    return m.LeadSet(condition, node.end, count, members.value(node.by, "number", "date", "timestamp"))


def _refuse_in_lead(node: n.Leads, scope: Scope) -> None:
    if scope.row == "member":
        message, hint = "a roll-up does not stand inside another", "make one of them a result of its own"
        scope.refuse("G104", message, node.span, "leads of a lead", hint)
    if scope.level == "lead":
        message, label = "a lead rule sees one lead", "leads counted in a lead rule"
        hint = "roll leads up in an account rule; a lead reads it as `account.name`"
        scope.refuse("G104", message, node.span, label, hint)


def _truth(node: n.Aggregate, of: n.Leads, scope: Scope) -> m.Expr:
    _refuse_in_lead(of, scope)
    if node.what is not None or of.where is None or of.end is not None:
        message = f"`{node.function}` takes `leads where …`"
        hint = f"write `{node.function}(leads where engagement >= 20)`"
        scope.refuse("T114", message, node.span, "not of that form", hint)
    condition = scope.on_members().condition(of.where)
    return m.LeadAggregate(node.function, condition, m.LeadSet(), kind="number" if node.function == "share" else "bool")


# --- what an aggregate works on -----------------------------------------------------


def fitting(node: n.Aggregate, what: m.Expr, scope: Scope) -> m.Expr:
    """The value of each event or lead, of a kind that the aggregate can work on."""
    assert node.what is not None
    wanted: tuple[Kind, ...] = ("number",)
    if node.function in ("min", "max"):
        wanted = ("number", "date", "timestamp")
    elif node.function in ("distinct", "newest", "earliest", "most_common"):
        wanted = ("text", "number", "bool", "date", "timestamp")
    what = scope.settle(what, wanted[0])
    if what.kind not in wanted:
        message = f"there is no `{node.function}` of {NAMES[what.kind]}"
        hint = "`distinct` counts how many different values there are" if what.kind == "text" else ""
        scope.refuse("T110", message, node.what.span, f"this is {NAMES[what.kind]}", hint)
    return what


def result_kind(function: str, kind: Kind) -> Kind:
    """The kind of an aggregate by that of its values."""
    return kind if function in ("min", "max", "newest", "earliest", "most_common") else "number"


# --- coverage -----------------------------------------------------------------------


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
    members = scope.on_members()
    what = members.resolve(node.what)
    values = _listed(node.args[0], what, scope)
    what = members.settle(what, values.kind)
    if what.kind != values.kind and values.values:
        message = f"the list holds {plural(values.kind)}, and {scope.book.text(node.what)} is {NAMES[what.kind]}"
        scope.refuse("T110", message, node.args[0].span, "two types")
    weights = _weights(node.args[1], values.kind, scope) if len(node.args) == 2 else None
    return m.Coverage(what, leads, values.values, weights, kind="number")


def _listed(node: n.Expr, what: m.Expr, scope: Scope) -> Values:
    """The distinct values that are to be covered."""
    node, scope = through_arguments(node, scope)
    if isinstance(node, n.Name):
        if str(node) not in scope.book.lists:
            unknown_list(node, scope)
        return use_list(str(node), scope).of(what.kind).folded()
    if not isinstance(node, n.ListOf):
        message, hint = f"{scope.book.text(node)} is no list", "name a list, or write `['a', 'b']`"
        scope.refuse("T110", message, node.span, "the values to be covered", hint)
    found = scope.every(node.items, lambda item: scope.value(item, "text", "number"))
    scope.every(zip(node.items, found, strict=True), lambda pair: is_one_of(*pair, what, scope))
    if len({item.kind for item in found}) > 1 or not all(isinstance(item, m.Const) for item in found):
        message = "the values to be covered are texts, or numbers, that the text fixes"
        scope.refuse("T110", message, node.span, "not of one type", "write `['a', 'b']`")
    values: tuple[Value, ...] = tuple(dict.fromkeys(item.value for item in found if isinstance(item, m.Const)))
    return Values(found[0].kind if found else "text", values).folded()


def _weights(node: n.Expr, kind: Kind, scope: Scope) -> m.Table:
    name = str(node) if isinstance(node, n.Name) else ""
    if name not in scope.book.tables:
        message = f"{scope.book.text(node)} is no table"
        hint = f"define it: `table {name or 'weights'} = {{champion: 2}} default 1`"
        scope.refuse_unknown("T104", name, message, node.span, "the weights", scope.book.tables, hint)
    scope.book.usage.use("table", name)
    info = scope.book.tables[name]
    if info.keys != (kind,) or info.kind != "number":
        hint = f"its keys are {plural(kind)}, its values numbers"
        scope.refuse("T110", f"the table `{name}` cannot weigh {plural(kind)}", node.span, "not of that form", hint)
    return info.table
