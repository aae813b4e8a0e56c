"""Selections: from names, calls and pieces to one test of single events."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, NoReturn

from ...grammar import nodes as n
from ...grammar.printer import to_text
from .. import model as m
from ..functions import FUNCTIONS, IN_WORDS
from .calls import call_function, call_table, unknown_call
from .names import lookup
from .scope import Scope, reads_conditions, resolves
from .signals import Tested, conjoined, event_type, expand_call
from .unknown import refuse_selection_in_test, unknown_name
from .windows import filter_test, often
from .wording import NAMES

LONGEST_LABEL = 80


# --- what is a selection ------------------------------------------------------------


def is_selection(node: n.Expr, scope: Scope) -> bool:
    """Whether a node selects events (rather than having a value of its own)."""
    if isinstance(node, n.Selection):
        return True
    if isinstance(node, n.Or):
        return all(is_selection(item, scope) for item in node.items)
    if isinstance(node, n.Text):
        return node.value in scope.book.schema.events
    if isinstance(node, n.Call):
        return signal_called(node.name, scope) is not None
    return isinstance(node, n.Name) and signal_called(node, scope) is not None and not _has_value(node, scope)


def _has_value(node: n.Name, scope: Scope) -> bool:
    """Whether a name that is a signal, too, has a value here: that goes before."""
    name, book = str(node), scope.book
    if name in scope.bound or (scope.level, name) in book.results:
        return True
    if name == "disqualified" or (name == "stage" and scope.level in book.ladders):
        return True
    if node.parts[0] == "account" and ("account", ".".join(node.parts[1:])) in book.results:
        return True
    return scope.row == "member" and name in book.field_names("contact")


def signal_called(name: n.Name, scope: Scope) -> str | None:
    """The signal or event type that a name stands for: `visited`, and `account.visited` in a lead rule."""
    text, book = str(name), scope.book
    if book.has_events(text):
        return text
    rest = ".".join(name.parts[1:])
    if name.parts[0] == "account" and book.has_events(rest) and rest not in book.field_names("account"):
        return rest
    return None


# --- as conditions ------------------------------------------------------------------


@resolves(n.Name)
def name(node: n.Name, scope: Scope) -> m.Expr:
    """A value by its name, or whether a signal's events happened."""
    if scope.row != "event" and is_selection(node, scope):
        return happened(node, scope)
    found = lookup(node, scope)
    if found is None:
        unknown_name(node, scope)
    return found


@resolves(n.Call)
def call(node: n.Call, scope: Scope) -> m.Expr:
    """A function, a table or a signal."""
    text = str(node.name)
    if text in scope.book.tables:
        return call_table(node, scope)
    if signal_called(node.name, scope) is not None:
        return happened(node, scope)
    if text in FUNCTIONS and text not in IN_WORDS:
        return call_function(node, scope)
    unknown_call(node, scope)


@resolves(n.Selection)
def happened(node: n.Expr, scope: Scope) -> m.Expr:
    """A selection as a condition, with how often."""
    if scope.row == "event":
        refuse_selection_in_test(node, scope)
    if scope.row == "record":
        message = f"`ignore contact` looks at the contact's fields, and {scope.book.text(node)} selects events"
        hint = "take the events out with `ignore`, or disqualify the lead"
        scope.refuse("G107", message, node.span, "events", hint)
    if not isinstance(node, n.Selection) or node.often is None:
        return m.Happened(selection(node, scope), origin=node)
    found, types = chosen(replace(node, often=None), scope)
    side = replace(scope, account_side=found.scope == "account")
    return m.Happened(found, often(node.often, side, types), origin=node)


@reads_conditions
def condition(node: n.Expr, scope: Scope) -> m.Expr:
    """Anything where a truth is needed."""
    if isinstance(node, n.Text) and scope.row != "event":
        return happened(node, scope)  # the name of an event type: no text is true or false
    found = scope.settle(scope.resolve(node), "bool")
    if found.kind != "bool":
        hints = {"number": "compare it: `… >= 10`", "text": "compare it: `… == 'value'`, or write `is known`"}
        scope.refuse(
            "T111",
            f"{scope.book.text(node)} is {NAMES[found.kind]}, not a condition",
            node.span,
            "not true or false",
            hints.get(found.kind, "write `is known`, or compare it"),
        )
    return found


# --- as events ----------------------------------------------------------------------


def selection(node: n.Expr, scope: Scope) -> m.Selection:
    """The events that a node selects; refused with a reason if it selects none."""
    return chosen(node, scope)[0]


def chosen(node: n.Expr, scope: Scope) -> tuple[m.Selection, tuple[str, ...]]:
    """A selection, and the event types that it can select."""
    if isinstance(node, n.Selection) and node.often is not None:
        scope.refuse(
            "T121",
            "how often an event came is a condition, not a selection",
            node.often.span,
            "not here",
            "leave it out here, or compare a `count(…)`",
        )
    inside = replace(scope, account_side=scope.level == "lead" and _is_the_accounts(node, scope))
    node = _unwrapped(node)
    which = _which(node.which, inside) if isinstance(node, n.Selection) and node.which is not None else None
    tested = _tested(replace(node, which=None) if isinstance(node, n.Selection) else node, inside)
    test = conjoined(tested.test, *(m.Near("since", start) for start in scope.since))
    label = to_text(node)[:LONGEST_LABEL]
    return m.Selection(inside.selects, test, which, label=label, signals=tested.signals), tested.types


def _unwrapped(node: n.Expr) -> n.Expr:
    """A selection without brackets around all of it: `(newest 3 S) at least 2 times` counts the newest 3."""
    while isinstance(node, n.Selection) and not node.filters and node.which is None:
        if not isinstance(node.source, n.Selection) or node.source.often is not None:
            break
        node = node.source
    return node


def _which(node: n.Which, scope: Scope) -> tuple[Literal["newest", "earliest"], m.Expr | None]:
    return node.end, None if node.count is None else scope.whole(node.count, f"how many of the {node.end}", 1)


def _is_the_accounts(node: n.Expr, scope: Scope) -> bool:
    """Whether a selection in a lead rule is over the account's events (`account.surging`); refused if only in part."""
    sides = [
        source.parts[0] == "account" and signal_called(source, scope) not in (None, str(source))
        for source in _sources(node)
    ]
    if any(sides) and not all(sides):
        scope.refuse(
            "T121",
            "a selection is either the lead's or the account's",
            node.span,
            "both at once",
            "write two conditions, joined with `or`",
        )
    return any(sides)


def _sources(node: n.Expr) -> list[n.Name]:
    if isinstance(node, n.Name):
        return [node]
    if isinstance(node, n.Call):
        return [node.name]
    if isinstance(node, n.Or):
        return [found for item in node.items for found in _sources(item)]
    return _sources(node.source) if isinstance(node, n.Selection) else []


def _tested(node: n.Expr, scope: Scope) -> Tested:
    if isinstance(node, n.Or):
        return _joined(scope.every(node.items, lambda item: _tested(item, scope)), node)
    if isinstance(node, n.Selection):
        return _with_pieces(node, scope)
    if isinstance(node, n.Text):
        return event_type(node.value, node, scope)
    if isinstance(node, n.Name | n.Call):
        return _named(node, scope)
    message, hint = f"{scope.book.text(node)} selects no events", "a signal, an event type, or several joined with `or`"
    scope.refuse("T121", message, node.span, "not a signal", hint)


def _joined(parts: tuple[Tested, ...], node: n.Expr) -> Tested:
    return Tested(
        m.Or(tuple(part.test for part in parts), origin=node),
        tuple(dict.fromkeys(item for part in parts for item in part.types)),
        tuple(dict.fromkeys(item for part in parts for item in part.signals)),
    )


def _with_pieces(node: n.Selection, scope: Scope) -> Tested:
    if node.which is not None:
        text = to_text(node.which)
        message = f"`{text}` stands before a whole selection: windows and sequences come first"
        hint = f"write `{text} S within 30 days`, without the brackets"
        scope.refuse("T121", message, node.which.span, "not inside brackets", hint)
    if node.often is not None:
        message, hint = "inside brackets a selection has only windows and sequences", "put it behind the brackets"
        scope.refuse("T121", message, node.often.span, "not here", hint)
    source = _tested(node.source, scope)
    filters = scope.every(node.filters, lambda item: filter_test(item, scope, anchor_of))
    return replace(source, test=conjoined(source.test, *filters))


def anchor_of(node: n.Expr, scope: Scope) -> m.Selection:
    """The other side of a sequence: in a lead rule the lead's own unless written `account.T` (decision 91)."""
    return selection(node, replace(scope, account_side=False))


def _named(node: n.Name | n.Call, scope: Scope) -> Tested:
    name = node if isinstance(node, n.Name) else node.name
    called = signal_called(name, scope)
    if called is None:
        _refuse_source(node, name, scope)
    found = expand_call(called, node.args if isinstance(node, n.Call) else (), node, scope)
    if isinstance(node, n.Call) and node.where is not None:
        where = replace(scope.on_events(found.types), bound=scope.bound).condition(node.where)
        found = replace(found, test=conjoined(found.test, where))
    return found


def _refuse_source(node: n.Name | n.Call, name: n.Name, scope: Scope) -> NoReturn:
    """Refuse a name that selects nothing: a value, or nothing at all."""
    book, text = scope.book, str(name)
    taken = text in FUNCTIONS or text in book.tables or text in book.lists or text in book.params
    if taken or (isinstance(node, n.Name) and _is_a_value(node, scope)):
        message, hint = f"{book.text(node)} selects no events", "name a signal or an event type"
        if isinstance(node, n.Name) and _is_a_time(node, scope):
            hint = f"a date is no event: for its age write `days since {node} < 30`"
        scope.refuse("T121", message, node.span, "a value, not a signal", hint)
    hint = f"define it: `signal {text} = …`"
    if book.schema.inferred and not book.has_data:
        hint = f"if it is an event type, add `--data`, or name it: `signal my_{text} = {text}`"
    message = f"there is no signal or event type `{text}`"
    scope.refuse_unknown("T103", text, message, name.span, "never defined", book.signal_names(), hint)


def _is_a_time(node: n.Name, scope: Scope) -> bool:
    found = lookup(node, scope) if node.parts[0] in ("contact", "account") and len(node.parts) > 1 else None
    return found is not None and found.kind in ("date", "timestamp")


def _is_a_value(node: n.Name, scope: Scope) -> bool:
    """Whether a name has a value here, or would have in a rule of the other level."""
    if node.parts[0] in ("contact", "account", "event") and len(node.parts) > 1:
        return lookup(node, scope) is not None
    levels: tuple[n.Level, ...] = ("lead", "account")
    return any((level, str(node)) in scope.book.results for level in levels)
