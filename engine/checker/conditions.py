"""Conditions: logic, comparisons, membership, tests of texts."""

from __future__ import annotations

import itertools
import re

import re2

from ...grammar import nodes as n
from .. import model as m
from ..schema import Kind
from ..suggest import listing
from .book import Values
from .scope import NAMES, Scope, resolves
from .values import Anything, lookup, unified

_QUANTITIES: dict[str, m.Comparison] = {
    "at least": ">=",
    "at most": "<=",
    "exactly": "==",
    "more than": ">",
    "fewer than": "<",
}


def quantity(op: str) -> m.Comparison:
    """`at least` → `>=`."""
    return _QUANTITIES[op]


# --- logic --------------------------------------------------------------------------


@resolves(n.Not)
def negation(node: n.Not, scope: Scope) -> m.Expr:
    return m.Not(scope.condition(node.item))


@resolves(n.And)
def conjunction(node: n.And, scope: Scope) -> m.Expr:
    return m.And(scope.all_of(node.items, scope.condition))


@resolves(n.Or)
def disjunction(node: n.Or, scope: Scope) -> m.Expr:
    return m.Or(scope.all_of(node.items, scope.condition))


@resolves(n.SomeOf)
def some_of(node: n.SomeOf, scope: Scope) -> m.Expr:
    count = scope.number(node.count)
    items = scope.all_of(node.items, scope.condition)
    if (
        isinstance(count, m.Const)
        and isinstance(count.value, float)
        and count.value > len(items)
        and node.op != "at most"
    ):
        scope.refuse(
            "T120", f"there are only {len(items)} conditions in the brackets", node.count.span, "more than there are"
        )
    return m.SomeOf(quantity(node.op), count, items)


@resolves(n.Known)
def known(node: n.Known, scope: Scope) -> m.Expr:
    missing = m.Missing(scope.resolve(node.item))
    return missing if node.negated else m.Not(missing)


# --- comparisons --------------------------------------------------------------------


@resolves(n.Compare)
def comparison(node: n.Compare, scope: Scope) -> m.Expr:
    left, right = scope.all_of((node.left, node.right), scope.resolve)
    left, right = unified(node, left, right, scope)
    if left.kind == "list":
        scope.refuse(
            "T110",
            "a list is not compared as a whole",
            node.span,
            "a list",
            "write `contains` to ask for one of its values",
        )
    if left.kind == "bool" and node.op not in ("==", "!="):
        scope.refuse(
            "T110", f"true and false have no order: `{node.op}` does not compare them", node.span, "truth values"
        )
    _is_member(node.right, right, left, scope)
    _is_member(node.left, left, right, scope)
    return m.Compare(node.op, left, right, exact=_is_id(left) or _is_id(right))


def _is_id(expr: m.Expr) -> bool:
    if isinstance(expr, m.Field):
        return expr.name in ("id", "account_id")
    return isinstance(expr, m.EventAttr) and expr.name in ("contact", "id", "type")


def _is_member(node: n.Expr, literal: m.Expr, other: m.Expr, scope: Scope) -> None:
    """A literal compared with an enumeration, a grade or a stage is one of its values (decision 67)."""
    if not isinstance(literal, m.Const) or not isinstance(literal.value, str):
        return
    allowed = scope.book.enumeration(other, scope.types)
    if allowed is not None and literal.value.lower() not in {value.lower() for value in allowed}:
        scope.refuse(
            "T113",
            f"{scope.book.text(other.origin or node)} is never `{literal.value}`",
            node.span,
            "not one of its values",
            scope.book.suggest(literal.value, allowed, listing(allowed)),
        )


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
    if isinstance(container, n.Name):
        name = str(container)
        if name in scope.book.lists:
            return _in_list(node, item, name, scope)
        field = lookup(container, inside)
        if field is not None and field.kind == "list":
            return m.TextTest("contains", field, (scope.value(node.item, "text"),))
        if field is None:
            scope.refuse(
                "T106",
                f"there is no list `{name}`",
                container.span,
                "never defined",
                scope.book.suggest(name, scope.book.lists, f"define it: `list {name} = […]`"),
            )
    scope.refuse(
        "T110",
        "behind `in` stands a list, an array or a range",
        container.span,
        "none of these",
        "write `in ['a', 'b']`, `in 1..5` or the name of a list",
    )


def through_arguments(node: n.Expr, scope: Scope) -> tuple[n.Expr, Scope]:
    """The argument that a signal's parameter stands for, with the place where it was written."""
    while isinstance(node, n.Name) and len(node.parts) == 1 and node.parts[0] in scope.bound:
        node, scope = scope.bound[node.parts[0]]
    return node, scope


def _in_range(node: n.In, item: m.Expr, container: n.RangeOf, scope: Scope) -> m.Expr:
    low = scope.resolve(container.low) if container.low is not None else None
    high = scope.resolve(container.high) if container.high is not None else None
    for bound in (low, high):
        if bound is not None:
            item, _ = unified(node, item, bound, scope)
    if item.kind not in ("number", "date", "timestamp"):
        scope.refuse(
            "T110",
            f"a range holds numbers or dates, and {scope.book.text(node.item)} is {NAMES[item.kind]}",
            node.item.span,
            "no number",
        )
    low = unified(node, item, low, scope)[1] if low is not None else None
    high = unified(node, item, high, scope)[1] if high is not None else None
    if isinstance(low, m.Const) and isinstance(high, m.Const) and low.value > high.value:  # type: ignore[operator]
        scope.refuse(
            "T132",
            f"the range {scope.book.text(container)} is empty",
            container.span,
            "the wrong way round",
            "write the smaller end first",
        )
    return m.InRange(item, low, high)


def _in_items(node: n.In, item: m.Expr, container: n.ListOf, scope: Scope) -> m.Expr:
    values = scope.all_of(container.items, scope.resolve)
    checked = []
    for written, value in zip(container.items, values, strict=True):
        item, value = unified(node, item, value, scope)
        _is_member(written, value, item, scope)
        checked.append(value)
    if all(isinstance(value, m.Const) for value in checked):
        constants = tuple(dict.fromkeys(value.value for value in checked if isinstance(value, m.Const)))
        return m.InSet(item, constants, _is_id(item))
    return m.Or(tuple(m.Compare("==", item, value, _is_id(item), origin=node) for value in checked))


def _in_list(node: n.In, item: m.Expr, name: str, scope: Scope) -> m.Expr:
    item = scope.book.settle(item, scope.book.lists[name].kind)
    found = use_list(name, scope).of(item.kind)
    if found.values and item.kind != found.kind:
        scope.refuse(
            "T110",
            f"`{name}` holds {_plural(found.kind)}, and {scope.book.text(node.item)} is {NAMES[item.kind]}",
            node.span,
            "two types",
        )
    return m.InSet(item, found.values, _is_id(item), name)


def _plural(kind: Kind) -> str:
    return {"text": "texts", "number": "numbers", "date": "dates"}.get(kind, "values")


def use_list(name: str, scope: Scope) -> Values:
    """A list by its name, noted as used."""
    scope.book.usage.use("list", name)
    return scope.book.lists[name]


# --- texts --------------------------------------------------------------------------


@resolves(n.TextTest)
def text_test(node: n.TextTest, scope: Scope) -> m.Expr:
    item = scope.book.settle(scope.resolve(node.item), "text")
    if item.kind not in ("text", "list"):
        scope.refuse(
            "T110",
            f"`{node.op}` asks a text, and {scope.book.text(node.item)} is {NAMES[item.kind]}",
            node.item.span,
            f"this is {NAMES[item.kind]}",
        )
    if item.kind == "list" and node.op != "contains":
        scope.refuse(
            "T110",
            f"a list field has only `contains`, not `{node.op}`",
            node.span,
            "a list of texts",
            "write `contains 'value'`: one of its values is that text",
        )
    sought = _sought(node.sought, scope)
    if not sought:
        scope.refuse(
            "T120", "there is nothing to look for", node.sought.span, "an empty list", "put at least one text into it"
        )
    return m.TextTest(node.op, item, sought, node.every)


def _sought(node: n.Expr, scope: Scope) -> tuple[m.Expr, ...]:
    node, scope = through_arguments(node, scope)
    if isinstance(node, n.ListOf):
        return scope.all_of(node.items, lambda item: scope.value(item, "text"))
    if isinstance(node, n.Name) and str(node) in scope.book.lists:
        found = use_list(str(node), scope).of("text")
        if found.kind != "text" and found.values:
            scope.refuse("T110", f"`{node}` holds {_plural(found.kind)}, not texts", node.span, "not texts")
        return tuple(m.Const(value, kind="text") for value in found.values)
    return (scope.value(node, "text"),)


@resolves(n.Matches)
def matches(node: n.Matches, scope: Scope) -> m.Expr:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 8 << 20
    try:
        re2.compile(node.pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else "not understood"
        reason = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        scope.refuse(
            "T117",
            f"the pattern cannot be read: {reason}",
            node.span,
            "not RE2",
            "RE2 has no look-around and no back-references; see `matches` in the reference",
        )
    return m.Matches(scope.value(node.item, "text"), node.pattern, node.ignore_case)


# --- grades and stages --------------------------------------------------------------


@resolves(n.AtLeastAs)
def at_least_as(node: n.AtLeastAs, scope: Scope) -> m.Expr:
    item = scope.resolve(node.item)
    if not isinstance(item, m.Result) or item.what not in ("grade", "stage"):
        scope.refuse(
            "T110",
            f"`at least {node.value}` asks a grade or a stage, and {scope.book.text(node.item)} is neither",
            node.span,
            "no grade, no stage",
            "for numbers write `>=`; for events `at least 3 times`",
        )
    good = _stages_from(item, node.value, scope) if item.what == "stage" else _grades_from(item, node.value, scope)
    if not good:
        allowed = scope.book.enumeration(item) or ()
        scope.refuse(
            "T113",
            f"{scope.book.text(node.item)} is never `{node.value}`",
            node.span,
            "not one of its values",
            scope.book.suggest(node.value, allowed, listing(allowed)),
        )
    return m.InSet(item, good)


def _stages_from(item: m.Result, value: str, scope: Scope) -> tuple[str, ...]:
    names = [stage.name for stage in scope.book.ladders[item.level].stages]
    places = [index for index, name in enumerate(names) if name.lower() == value.lower()]
    return tuple(names[places[0] :]) if places else ()


def _grades_from(item: m.Result, value: str, scope: Scope) -> tuple[str, ...]:
    grade = scope.book.results[(item.level, item.name)]
    assert isinstance(grade, n.GradeDef)
    ladders = [[cut.label for cut in axis.cuts] for axis in grade.axes]
    for choice in itertools.product(*(range(len(labels)) for labels in ladders)):
        if "".join(labels[index] for labels, index in zip(ladders, choice, strict=True)).lower() == value.lower():
            good = itertools.product(*(labels[: index + 1] for labels, index in zip(ladders, choice, strict=True)))
            return tuple("".join(labels) for labels in good)
    return ()


@resolves(n.HeldFor)
def held_for(node: n.HeldFor, scope: Scope) -> m.Expr:
    scope.condition(node.condition)
    scope.later("`for at least …`, which looks at the days before,", node.span)


@resolves(n.InStage)
def in_stage(node: n.InStage, scope: Scope) -> m.Expr:
    scope.later("`in stage … more than`, which looks at the days before,", node.span)


def plain_name(text: str) -> bool:
    """Whether a name can stand in rules without quotes."""
    return re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text) is not None
