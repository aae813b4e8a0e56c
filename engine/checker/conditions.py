"""Conditions: logic, comparisons, membership."""

from __future__ import annotations

from itertools import pairwise
from typing import NoReturn

from ...grammar import nodes as n
from ...grammar.printer import to_text
from .. import model as m
from .book import Values
from .enumerations import is_one_of
from .names import lookup
from .scope import Scope, resolves
from .values import Anything, unified
from .wording import NAMES, conversion, plural

_QUANTITIES: dict[n.Quantity, m.Comparison] = {
    "at least": ">=",
    "at most": "<=",
    "exactly": "==",
    "more than": ">",
    "fewer than": "<",
}
_ALWAYS_KNOWN = (
    *(m.Not, m.And, m.Or, m.SomeOf, m.Compare, m.InSet, m.InRange, m.Missing, m.TextTest, m.Matches),
    *(m.Happened, m.Const),
)


def quantity(op: n.Quantity) -> m.Comparison:
    """`at least` → `>=`."""
    return _QUANTITIES[op]


# --- logic --------------------------------------------------------------------------


@resolves(n.Not)
def negation(node: n.Not, scope: Scope) -> m.Expr:
    return m.Not(scope.condition(node.item))


@resolves(n.And)
def conjunction(node: n.And, scope: Scope) -> m.Expr:
    return m.And(scope.every(node.items, scope.condition))


def _refuse_bare_values(node: n.Or, scope: Scope) -> None:
    """`role == 'a' or 'b'`: the second text is compared with nothing."""
    for before, item in pairwise(node.items):
        match before, item:
            case n.Compare(op="==", left=left, right=n.Text() as first), n.Text(value=value) as second:
                if not scope.book.has_events(value):
                    message = f"{scope.book.text(second)} alone is no condition"
                    hint = f"write `{to_text(left)} in [{to_text(first)}, {to_text(second)}]`"
                    scope.refuse("T111", message, second.span, "compared with nothing", hint)


@resolves(n.Or)
def disjunction(node: n.Or, scope: Scope) -> m.Expr:
    _refuse_bare_values(node, scope)
    return m.Or(scope.every(node.items, scope.condition))


@resolves(n.SomeOf)
def some_of(node: n.SomeOf, scope: Scope) -> m.Expr:
    items = scope.every(node.items, scope.condition)
    count = scope.whole(node.count, "a count of conditions", 1 if node.op == "at least" else 0)
    most = count.value if isinstance(count, m.Const) and isinstance(count.value, float) else 0.0
    if most > len(items) and node.op != "at most":
        there = f"there {'are' if len(items) > 1 else 'is'} only {len(items)} condition{'s' * (len(items) > 1)}"
        hint = f"ask for {len(items)} or fewer"
        scope.refuse("T120", f"{there} in the brackets", node.count.span, "more than there are", hint)
    return m.SomeOf(quantity(node.op), count, items)


@resolves(n.Known)
def known(node: n.Known, scope: Scope) -> m.Expr:
    item = scope.resolve(node.item)
    if isinstance(item, _ALWAYS_KNOWN) and item.kind != "unknown":
        hint = "write the condition itself, or `not` before it"
        if not isinstance(item, m.Happened):
            message = f"{scope.book.text(node.item)} is never missing"
        else:
            message = f"{scope.book.text(node.item)} selects events: either there are some or there are none"
        scope.refuse("T110", message, node.item.span, "always known", hint)
    missing = m.Missing(item)
    return missing if node.negated else m.Not(missing)


# --- comparisons --------------------------------------------------------------------


@resolves(n.Compare)
def comparison(node: n.Compare, scope: Scope) -> m.Expr:
    left, right = scope.every((node.left, node.right), scope.resolve)
    left, right = unified(node, left, right, scope)
    if left.kind == "list":
        hint = "write `contains` to ask for one of its values"
        scope.refuse("T110", "a list is not compared as a whole", node.span, "a list", hint)
    if left.kind == "bool" and node.op not in ("==", "!="):
        message = f"true and false have no order: `{node.op}` does not compare them"
        scope.refuse("T110", message, node.span, "truth values", "write the condition itself, or `not` before it")
    is_one_of(node.right, right, left, scope)
    is_one_of(node.left, left, right, scope)
    return m.Compare(node.op, left, right, exact=is_id(left) or is_id(right))


def is_id(expr: m.Expr) -> bool:
    """Whether a text is an id or the name of an event type, which compare exactly."""
    if isinstance(expr, m.Field):
        return expr.name in ("id", "account_id")
    return isinstance(expr, m.EventAttr) and expr.name in ("contact", "id", "type")


# --- membership ---------------------------------------------------------------------


@resolves(n.In)
def membership(node: n.In, scope: Scope) -> m.Expr:
    found = _member(node, scope)
    return m.Not(found, origin=node) if node.negated else found


def _member(node: n.In, scope: Scope) -> m.Expr:
    item = scope.resolve(node.item)
    container, inside = through_arguments(node.container, scope)
    if isinstance(container, Anything):
        return m.InSet(item, ())
    if isinstance(container, n.RangeOf):
        return _in_range(node, item, container, inside)
    if isinstance(container, n.ListOf):
        return _in_items(node, item, container, inside)
    if isinstance(container, n.Name) and str(container) in scope.book.lists:
        return _in_list(node, item, str(container), scope)
    if isinstance(container, n.Name):
        return _in_field(node, container, inside)
    refuse_container(container, scope)


def _in_field(node: n.In, container: n.Name, scope: Scope) -> m.Expr:
    """One of the values of a list field."""
    found = lookup(container, scope)
    if found is None:
        unknown_list(container, scope)
    found = scope.settle(found, "list")
    if found.kind != "list":
        refuse_container(container, scope)
    return m.TextTest("contains", found, (scope.value(node.item, "text"),))


def unknown_list(node: n.Name, scope: Scope) -> NoReturn:
    """Refuse a list that nothing defines."""
    name = str(node)
    hint = f"define it: `list {name} = […]`"
    scope.refuse_unknown("T106", name, f"there is no list `{name}`", node.span, "never defined", scope.book.lists, hint)


def refuse_container(node: n.Expr, scope: Scope) -> NoReturn:
    """Refuse something that holds nothing."""
    scope.refuse(
        "T110",
        "behind `in` stands a list, an array or a range",
        node.span,
        "none of these",
        "write `in ['a', 'b']`, `in 1..5` or the name of a list",
    )


def through_arguments(node: n.Expr, scope: Scope) -> tuple[n.Expr, Scope]:
    """The argument that a signal's parameter stands for, with the place where it was written."""
    while isinstance(node, n.Name) and len(node.parts) == 1 and node.parts[0] in scope.bound:
        node, scope = scope.bound[node.parts[0]]
    return node, scope


def _in_range(node: n.In, item: m.Expr, container: n.RangeOf, scope: Scope) -> m.Expr:
    written = [end for end in (container.low, container.high) if end is not None]
    ends = list(scope.every(written, scope.resolve))
    if item.kind not in ("number", "date", "timestamp", "unknown"):
        message = f"a range holds numbers or dates, and {scope.book.text(node.item)} is {NAMES[item.kind]}"
        hint = conversion(item.kind, "number") or "write the condition itself"
        scope.refuse("T110", message, node.item.span, f"this is {NAMES[item.kind]}", hint)
    for end in ends:
        item, _ = unified(node, item, end, scope)
    ends = [unified(node, item, end, scope)[1] for end in ends]
    low = ends.pop(0) if container.low is not None else None
    high = ends.pop() if ends else None
    refuse_empty(low, high, container, scope)
    return m.InRange(item, low, high)


def refuse_empty(low: m.Expr | None, high: m.Expr | None, node: n.RangeOf, scope: Scope) -> None:
    """Refuse a range whose ends the text fixes, the wrong way round."""
    if not isinstance(low, m.Const) or not isinstance(high, m.Const) or None in (low.value, high.value):
        return
    if low.value > high.value:  # type: ignore[operator]
        scope.refuse(
            "T132",
            f"the range {scope.book.text(node)} is empty",
            node.span,
            "the wrong way round",
            "write the smaller end first",
        )


def _in_items(node: n.In, item: m.Expr, container: n.ListOf, scope: Scope) -> m.Expr:
    values = scope.every(container.items, scope.resolve)
    for value in values:
        item, _ = unified(node, item, value, scope)
    checked = [unified(node, item, value, scope)[1] for value in values]
    scope.every(zip(container.items, checked, strict=True), lambda pair: is_one_of(*pair, item, scope))
    if all(isinstance(value, m.Const) for value in checked):
        constants = tuple(dict.fromkeys(value.value for value in checked if isinstance(value, m.Const)))
        return m.InSet(item, constants, is_id(item))
    return m.Or(tuple(m.Compare("==", item, value, is_id(item), origin=node) for value in checked))


def _in_list(node: n.In, item: m.Expr, name: str, scope: Scope) -> m.Expr:
    item = scope.settle(item, scope.book.lists[name].kind)
    found = use_list(name, scope).of(item.kind)
    if found.values and item.kind not in (found.kind, "unknown"):
        message = f"`{name}` holds {plural(found.kind)}, and {scope.book.text(node.item)} is {NAMES[item.kind]}"
        hint = "put its values into quotes" if item.kind == "text" else f"make a list of {plural(item.kind)}"
        scope.refuse("T110", message, node.container.span, f"{plural(found.kind)}", hint)
    exact = is_id(item)
    return m.InSet(item, (found if exact else found.folded()).values, exact, name)


def use_list(name: str, scope: Scope) -> Values:
    """A list by its name, noted as used."""
    scope.book.usage.use("list", name)
    return scope.book.lists[name]
