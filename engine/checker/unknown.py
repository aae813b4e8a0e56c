"""Names that stand for nothing where they are written: what was meant, or where they would mean something."""

from __future__ import annotations

from typing import NoReturn

from ...grammar import nodes as n
from ..fold import fold
from .names import EVENT_ATTRIBUTES, refuse_property, refuse_result_in_test
from .scope import Scope


def unknown_name(node: n.Name, scope: Scope) -> NoReturn:
    """Refuse a name that has no value here."""
    if scope.row == "event":
        _in_a_test(node, scope)
    _of_the_other_level(node, scope)
    _without_its_owner(node, scope)
    _of_an_owner_by_another_name(node, scope)
    _of_another_sort(node, scope)
    book, name = scope.book, str(node)
    known = [*book.params]
    if scope.row != "event":
        known += [*book.result_names(scope.level), *book.signal_names()]
    if scope.row in ("member", "record"):
        known += book.field_names("contact")
    hint = f"a text stands in quotes: `'{name}'`"
    if scope.row == "entity" and not _is_a_member(name, scope):
        hint = "define it as a signal, a measure, a score or a param; a text stands in quotes"
    scope.refuse_unknown("T101", name, f"nothing is named `{name}`", node.span, "never defined", known, hint)


def _is_a_member(name: str, scope: Scope) -> bool:
    """Whether it is one of the values that a field may have: a text whose quotes were forgotten."""
    schema = scope.book.schema
    declared = [*schema.contact.values(), *schema.account.values()]
    return any(fold(name) == fold(value) for each in declared for value in each.values or ())


def _in_a_test(node: n.Name, scope: Scope) -> None:
    name = str(node)
    if (scope.level, name) in scope.book.results:
        refuse_result_in_test(node, scope)
    if scope.book.has_events(name):
        refuse_selection_in_test(node, scope)
    if scope.types:
        _of_another_sort(node, scope)
        refuse_property(node, name, list(scope.types), scope)


def refuse_selection_in_test(node: n.Expr, scope: Scope) -> NoReturn:
    """Events are not selected for a single event, nor for its points."""
    if scope.points:
        scope.refuse(
            "G105",
            f"{scope.book.text(node)} selects events, and these are the points of one event",
            node.span,
            "a selection for each event",
            "make it a measure, and use its name here",
        )
    scope.refuse(
        "G105",
        f"{scope.book.text(node)} selects events, and this is the test of one event",
        node.span,
        "a selection inside a selection",
        "write a sequence: `S within 7 days after T`",
    )


def _of_the_other_level(node: n.Name, scope: Scope) -> None:
    book, name = scope.book, str(node)
    if scope.level == "account" and ("lead", name) in book.results:
        scope.refuse(
            "G102",
            f"`{name}` is a result of leads, and an account has many of them",
            node.span,
            "which lead's?",
            f"aggregate it: `max({name} of leads)`, `avg({name} of leads)`, `any(leads where {name} …)`",
        )
    if scope.level == "lead" and ("account", name) in book.results:
        message = f"`{name}` is a result of the account"
        scope.refuse("G103", message, node.span, "not of this level", f"write `account.{name}`")
    if name == "stage":
        message, hint = f"there are no stages for {scope.level}s", f"define `stages for {scope.level}:`"
        scope.refuse("T101", message, node.span, "never defined", hint)


def _without_its_owner(node: n.Name, scope: Scope) -> None:
    """A field by its bare name."""
    book, name = scope.book, str(node)
    of_contacts = name in book.field_names("contact")
    if of_contacts and name != "id" and scope.row == "entity" and scope.level == "account":
        scope.refuse(
            "G103",
            f"`{name}` is a field of contacts, and an account has many of them",
            node.span,
            "a contact's field in an account rule",
            f"say which leads: `count(leads where {name} …)`, `any(leads where {name} …)`, `each lead where {name} …`",
        )
    for owner in ("account",) if scope.level == "account" else ("contact", "account"):
        if name in book.field_names(owner):
            message = f"nothing is named `{name}` here"
            scope.refuse("T101", message, node.span, "a field is read with its owner", f"write `{owner}.{name}`")


_OWNERS = dict.fromkeys(("lead", "person", "people", "prospect"), "contact") | dict.fromkeys(
    ("company", "organisation", "organization"), "account"
)


def _of_an_owner_by_another_name(node: n.Name, scope: Scope) -> None:
    """`lead.role`, `company.employees`."""
    owner = _OWNERS.get(node.parts[0]) if len(node.parts) > 1 else None
    if owner:
        name = str(node)
        meant = ".".join([owner, *node.parts[1:]])
        message = f"nothing is named `{name}`"
        scope.refuse("T101", message, node.span, f"fields belong to `{owner}`", f"write `{meant}`")


def _of_another_sort(node: n.Name, scope: Scope) -> None:
    book, name = scope.book, str(node)
    if name in book.lists:
        scope.refuse("T110", f"`{name}` is a list, not a value", node.span, "a list", f"write `x in {name}`")
    if name in book.tables:
        hint = f"look something up: `{name}(x)`"
        scope.refuse("T110", f"`{name}` is a table, not a value", node.span, "a table", hint)
    if name in EVENT_ATTRIBUTES and scope.row == "entity":
        scope.refuse(
            "G105",
            f"`{name}` is what every event has, and here is none",
            node.span,
            "outside of a selection",
            f"use it in `where`: `visited(where {name} …)`",
        )
