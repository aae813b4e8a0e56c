"""Tests of texts: what they contain, and patterns."""

from __future__ import annotations

import re

import re2

from ...grammar import nodes as n
from .. import model as m
from .conditions import through_arguments, use_list
from .scope import Scope, resolves
from .wording import NAMES, plural

_MEMORY = 8 << 20
_NOT_SHARED = re.compile(r"(?:\\.|[^\\])*?(?P<part>\(\?[imsU-]+[:)]|\\C)", re.DOTALL)


@resolves(n.TextTest)
def text_test(node: n.TextTest, scope: Scope) -> m.Expr:
    item = scope.settle(scope.resolve(node.item), "text")
    if item.kind not in ("text", "list"):
        message = f"`{node.op}` asks a text, and {scope.book.text(node.item)} is {NAMES[item.kind]}"
        hint = "compare it: `>= 5`, `in 1..5`" if item.kind == "number" else "compare it, with `==` or `>=`"
        scope.refuse("T110", message, node.item.span, f"this is {NAMES[item.kind]}", hint)
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
        scope.refuse("T120", "there is nothing to look for", node.sought.span, "an empty list", "put a text into it")
    return m.TextTest(node.op, item, sought, node.every)


def _sought(node: n.Expr, scope: Scope) -> tuple[m.Expr, ...]:
    node, scope = through_arguments(node, scope)
    if isinstance(node, n.ListOf):
        return scope.every(node.items, lambda item: scope.value(item, "text"))
    if isinstance(node, n.Name) and str(node) in scope.book.lists:
        found = use_list(str(node), scope).of("text").folded()
        if found.kind != "text" and found.values:
            message, hint = f"`{node}` holds {plural(found.kind)}, not texts", "put its values into quotes"
            scope.refuse("T110", message, node.span, "not texts", hint)
        return tuple(m.Const(value, kind="text") for value in found.values)
    return (scope.value(node, "text"),)


@resolves(n.Matches)
def matches(node: n.Matches, scope: Scope) -> m.Expr:
    item = scope.value(node.item, "text")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        re2.compile(node.pattern, options)
    except re2.error as error:
        hint = "patterns are those of RE2, which take linear time: no look-around, no back-references"
        scope.refuse("T117", f"the pattern cannot be read: {_reason(error)}", node.span, "not a pattern of RE2", hint)
    special = _NOT_SHARED.match(node.pattern)
    if special:
        message = f"`{special['part']}` in a pattern does not mean the same on every engine"
        hint = "ignore case with `/…/i`, and write the rest out"
        scope.refuse("T117", message, node.span, f"has `{special['part']}`", hint)
    return m.Matches(item, node.pattern, node.ignore_case)


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else "not understood"
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
