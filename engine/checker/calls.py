"""Calls that give a value: functions and tables."""

from __future__ import annotations

from typing import NoReturn

from ...grammar import nodes as n
from .. import model as m
from ..fold import fold
from ..functions import FUNCTIONS, IN_WORDS
from ..suggest import listing
from .enumerations import values_of
from .scope import Scope

MOST_DECIMALS = 9


def call_function(node: n.Call, scope: Scope) -> m.Expr:
    """`round(x)`, `domain(contact.email)`, `min(a, b)`; refused with the number or types of arguments that it takes."""
    name = str(node.name)
    signature = FUNCTIONS[name]
    count = len(node.args)
    if count < signature.least or (signature.most is not None and count > signature.most) or node.where is not None:
        given = f"{count} given" if node.where is None else "a `where`, as for events"
        message = f"`{name}` takes {signature.arguments}"
        scope.refuse("T114", message, node.span, given, f"write `{signature.example}`")
    if name == "weighted":
        return m.Weighted(scope.every(node.args, lambda item: _term(item, scope)), kind="number")
    args = scope.every(node.args, lambda item: scope.value(item, *signature.takes))
    if name == "round" and count == 2:
        decimals = scope.constant(node.args[1], "the number of decimals")
        if decimals not in range(MOST_DECIMALS + 1):
            message = f"`round` keeps 0 to {MOST_DECIMALS} decimals"
            scope.refuse("T120", message, node.args[1].span, "not such a number", "write `round(x, 2)`, or `round(x)`")
    return m.Function(name, args, kind=signature.gives)


def _term(node: n.Expr, scope: Scope) -> tuple[m.Expr, m.Expr]:
    """One input of `weighted` and its weight."""
    if not isinstance(node, n.Arith) or node.op != "*":
        message = "each input of `weighted` is written as `value * weight`"
        scope.refuse("T114", message, node.span, "no weight", f"write `{FUNCTIONS['weighted'].example}`")
    value, weight = scope.every((node.left, node.right), scope.number)
    if isinstance(value, m.Const) and not isinstance(weight, m.Const):
        value, weight = weight, value
    if not isinstance(weight, m.Const):
        hint = "write `value * 0.4`"
        scope.refuse("T110", "a weight is a number or a param", node.span, "no factor is fixed by the text", hint)
    if isinstance(weight.value, float) and weight.value < 0:
        scope.refuse("T120", "a weight is not negative", node.span, "below 0", "subtract it: `weighted(…) - 0.2 * x`")
    return value, weight


def call_table(node: n.Call, scope: Scope) -> m.Expr:
    """`seniority_points(contact.seniority)`."""
    name = str(node.name)
    info = scope.book.tables[name]
    scope.book.usage.use("table", name)
    if len(node.args) != len(info.keys) or node.where is not None:
        takes = "one key" if len(info.keys) == 1 else f"{len(info.keys)} keys"
        given = f"{len(node.args)} given" if node.where is None else "a `where`, as for events"
        hint = f"write `{name}({'x' if len(info.keys) == 1 else 'x, y'})`"
        scope.refuse("T114", f"the table `{name}` takes {takes}", node.span, given, hint)
    pairs = zip(node.args, info.keys, strict=True)
    args = scope.every(pairs, lambda pair: scope.value(pair[0], pair[1]))
    for position, arg in enumerate(args):
        _keys_can_be_found(node.args[position], arg, name, position, scope)
    return m.Lookup(info.table, args, kind=info.kind)


def _keys_can_be_found(node: n.Expr, arg: m.Expr, name: str, position: int, scope: Scope) -> None:
    """A key that the enumeration lacks by which the table is asked is never found; the table may have other uses."""
    allowed = values_of(arg, scope)
    if allowed is None:
        return
    folded = set(map(fold, allowed))
    info = scope.book.tables[name]
    for entry, place in zip(info.table.entries, info.places, strict=True):
        key = entry.keys[position]
        if isinstance(key, str) and fold(key) not in folded:
            meant = scope.book.meant(key, allowed)
            hint = f"did you mean `{meant}`?" if meant else listing(allowed)
            message = f"{scope.book.text(node)} is never `{key}`, so this entry of `{name}` is not found by it"
            scope.note("T138", message, place, "never found", hint)


def unknown_call(node: n.Call, scope: Scope) -> NoReturn:
    """Refuse a call of something that nothing defines."""
    name = str(node.name)
    if name in IN_WORDS:
        argument = scope.book.text(node.args[0]).strip("`") if node.args else "x"
        hint = f"write `{IN_WORDS[name]} {argument}`"
        scope.refuse("T103", f"there is no function `{name}`", node.name.span, "written in two words", hint)
    known = [*scope.book.signal_names(), *scope.book.tables, *(item for item in FUNCTIONS if item not in IN_WORDS)]
    message = f"there is no signal, table or function `{name}`"
    hint = f"define it: `signal {name}(…) = …`"
    scope.refuse_unknown("T103", name, message, node.name.span, "never defined", known, hint)
