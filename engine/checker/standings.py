"""`rank` and `percentile`: where an entity stands among all of its level (decision 37)."""

from __future__ import annotations

from ...grammar import nodes as n
from .. import model as m
from .names import lookup
from .scope import Scope, resolves
from .wording import NAMES


@resolves(n.Standing)
def standing(node: n.Standing, scope: Scope) -> m.Expr:
    """The standing of a number; within those that share a value where `per` gives one."""
    if scope.row not in ("entity", "member"):
        scope.refuse(
            "G105",
            f"{scope.book.text(node)} compares leads or accounts, and here is one {_one(scope)}",
            node.span,
            "the whole population compared here",
            "make it a measure, and compare that outside of the selection",
        )
    what = scope.number(node.what)
    if scope.level == "lead" and _is_the_accounts(what):
        scope.refuse(
            "G103",
            f"{scope.book.text(node.what)} is a value of accounts, and a lead rule compares leads",
            node.what.span,
            "the same for all leads of an account",
            f"make `measure standing for account = {node.function}(…)` of it, and read `account.standing`",
        )
    return m.Standing(node.function, what, _segment(node.per, scope) if node.per is not None else None, kind="number")


def _one(scope: Scope) -> str:
    return "event" if scope.row == "event" else "record as it was read"


def _is_the_accounts(what: m.Expr) -> bool:
    """Whether a number is made of values of the account alone."""
    read = [part for part in what.walk() if isinstance(part, m.Field | m.Result)]
    selects = any(isinstance(part, m.Happened | m.EventAggregate | m.PeriodAggregate) for part in what.walk())
    return bool(read) and not selects and all(part.level == "account" for part in read)


def _segment(node: n.Expr, scope: Scope) -> m.Expr:
    """What must be the same for those who are compared: a value, or a field of this level by its bare name."""
    whose = "contact" if scope.level == "lead" else "account"
    book = scope.book
    is_bare = isinstance(node, n.Name) and (str(node) in book.field_names(whose) or book.schema.inferred)
    if is_bare and isinstance(node, n.Name) and lookup(node, scope) is None:
        node = n.Name((whose, *node.parts), span=node.span)
    found = scope.settle(scope.resolve(node), "text")
    if found.kind == "list":
        message = f"{scope.book.text(node)} is {NAMES['list']}, and one value is needed behind `per`"
        scope.refuse("T110", message, node.span, "many values", "name a field with one value")
    return found
