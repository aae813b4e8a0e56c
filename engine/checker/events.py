"""Selections: from signals, filters, windows and sequences to one test of single events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, NoReturn

from ...grammar import nodes as n
from ...grammar.diagnostics import Related
from .. import model as m
from ..functions import FUNCTIONS
from ..instants import parse_instant
from .conditions import quantity
from .scope import NAMES, Scope, reads_conditions, resolves
from .values import call_function, call_table, lookup, unknown_name


@dataclass(frozen=True)
class Tested:
    """An event test, the types that can pass it, and the signals by which it was named."""

    test: m.Expr
    types: tuple[str, ...]
    signals: tuple[str, ...] = ()


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
        return _signal_name(node.name, scope) is not None
    return isinstance(node, n.Name) and _signal_name(node, scope) is not None and _value_free(node, scope)


def _value_free(node: n.Name, scope: Scope) -> bool:
    return node.parts[0] not in scope.bound and (scope.level, node.parts[0]) not in scope.book.results


def _signal_name(name: n.Name, scope: Scope) -> str | None:
    """The signal or event type that a name stands for: `visited`, and `account.visited` in a lead rule."""
    text = str(name)
    book = scope.book
    if text in book.signals or text in book.schema.events:
        return text
    if name.parts[0] == "account" and len(name.parts) > 1:
        rest = ".".join(name.parts[1:])
        if (rest in book.signals or rest in book.schema.events) and rest not in book.field_names("account"):
            return rest
    return None


@resolves(n.Name)
def name(node: n.Name, scope: Scope) -> m.Expr:
    """A value by its name, or whether a signal's events happened."""
    if scope.row != "event" and is_selection(node, scope):
        return m.Happened(selection(node, scope))
    found = lookup(node, scope)
    if found is None:
        unknown_name(node, scope)
    return found


@resolves(n.Call)
def call(node: n.Call, scope: Scope) -> m.Expr:
    """A function, a table or a signal."""
    text = str(node.name)
    book = scope.book
    if text in book.tables:
        return call_table(node, scope)
    if _signal_name(node.name, scope) is not None:
        if scope.row == "event":
            scope.refuse(
                "G105",
                f"`{text}` selects events, and here is one event already",
                node.span,
                "a selection inside a selection",
                "write a sequence: `S within 7 days after T`",
            )
        return m.Happened(selection(node, scope))
    if text in FUNCTIONS:
        return call_function(node, scope)
    _refuse_unknown_call(node, scope)


def _refuse_unknown_call(node: n.Call, scope: Scope) -> NoReturn:
    book, text = scope.book, str(node.name)
    known = [*book.signal_names(), *book.tables, *FUNCTIONS]
    scope.refuse(
        "T103",
        f"there is no signal, table or function `{text}`",
        node.name.span,
        "unknown",
        book.suggest(text, known, f"define it: `signal {text}(…) = …`"),
    )


@resolves(n.Selection)
def happened(node: n.Selection, scope: Scope) -> m.Expr:
    """A selection as a condition, with how often."""
    if scope.row == "event":
        scope.refuse(
            "G105",
            "a selection cannot stand inside the test of an event",
            node.span,
            "a selection inside a selection",
            "write a sequence: `S within 7 days after T`",
        )
    if node.often is None:
        return m.Happened(selection(node, scope))
    found = selection(replace(node, often=None), scope)
    return m.Happened(found, often(node.often, replace(scope, account_side=found.scope == "account")))


@reads_conditions
def condition(node: n.Expr, scope: Scope) -> m.Expr:
    """Anything where a truth is needed."""
    if isinstance(node, n.Text) and scope.row != "event" and is_selection(node, scope):
        return m.Happened(selection(node, scope), origin=node)
    found = scope.book.settle(scope.resolve(node), "bool")
    if found.kind != "bool":
        hint = {"number": "compare it: `… >= 10`", "text": "compare it: `… == 'value'`, or write `is known`"}.get(
            found.kind, "write `is known`, or compare it"
        )
        scope.refuse(
            "T111",
            f"{scope.book.text(node)} is {NAMES[found.kind]}, not a condition",
            node.span,
            "not true or false",
            hint,
        )
    return found


# --- selections ---------------------------------------------------------------------


def selection(node: n.Expr, scope: Scope) -> m.Selection:
    """The events that a node selects; refused with a reason if it selects none."""
    return chosen(node, scope)[0]


def chosen(node: n.Expr, scope: Scope) -> tuple[m.Selection, tuple[str, ...]]:
    """A selection, and the event types that it can select."""
    which = None
    inner = node
    if isinstance(node, n.Selection):
        if node.often is not None:
            scope.refuse(
                "T121",
                "how often an event came is a condition, not a selection",
                node.often.span,
                "not here",
                "leave it out here, or compare a `count(…)`",
            )
        which = _which(node.which, scope)
        inner = replace(node, which=None)
    account_side = scope.level == "lead" and _all_of_the_account(inner, scope)
    scope = replace(scope, account_side=account_side)
    tested = _tested(inner, scope)
    return (
        m.Selection(scope.selects, tested.test, which, scope.book.text(node).strip("`"), tested.signals),
        tested.types,
    )


def _which(node: n.Which | None, scope: Scope) -> tuple[Literal["newest", "earliest"], m.Expr | None] | None:
    if node is None:
        return None
    scope.later(f"`{node.end}` before a selection", node.span)


def _all_of_the_account(node: n.Expr, scope: Scope) -> bool:
    """Whether a selection in a lead rule is over the account's events (`account.surging`); refused if only in part."""
    sources = list(_sources(node))
    sides = [
        source.parts[0] == "account" and _signal_name(source, scope) not in (None, str(source)) for source in sources
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
        parts = [_tested(item, scope) for item in node.items]
        return Tested(
            m.Or(tuple(part.test for part in parts), origin=node),
            tuple(dict.fromkeys(item for part in parts for item in part.types)),
            tuple(dict.fromkeys(item for part in parts for item in part.signals)),
        )
    if isinstance(node, n.Selection):
        if node.which is not None or node.often is not None:
            scope.refuse("T121", "inside brackets a selection has only windows and sequences", node.span, "not here")
        source = _tested(node.source, scope)
        filters = tuple(_filter(item, source.types, scope) for item in node.filters)
        return replace(source, test=_conjunction(source.test, *filters))
    if isinstance(node, n.Text):
        return _event_type(node.value, node, scope)
    if isinstance(node, n.Name | n.Call):
        return _named(node, scope)
    scope.refuse(
        "T121",
        f"{scope.book.text(node)} selects no events",
        node.span,
        "not a signal",
        "a signal, an event type, or several joined with `or`",
    )


def _conjunction(*tests: m.Expr) -> m.Expr:
    flat: list[m.Expr] = []
    for test in tests:
        flat.extend(test.items if isinstance(test, m.And) else (test,))
    return flat[0] if len(flat) == 1 else m.And(tuple(flat))


def _named(node: n.Name | n.Call, scope: Scope) -> Tested:
    name = node if isinstance(node, n.Name) else node.name
    text = _signal_name(name, scope)
    if text is None:
        if (
            str(name) in FUNCTIONS
            or str(name) in scope.book.tables
            or (isinstance(node, n.Name) and lookup(node, scope) is not None)
        ):
            scope.refuse("T121", f"{scope.book.text(node)} selects no events", node.span, "a value, not a signal")
        scope.refuse(
            "T103",
            f"there is no signal or event type `{name}`",
            name.span,
            "never defined",
            scope.book.suggest(str(name), scope.book.signal_names(), f"define it: `signal {name} = page_view where …`"),
        )
    args = node.args if isinstance(node, n.Call) else ()
    found = _signal(text, args, node, scope) if text in scope.book.signals else _event_type(text, node, scope)
    if text not in scope.book.signals and args:
        scope.refuse(
            "T114",
            f"`{text}` is an event type and takes no arguments",
            node.span,
            "arguments given",
            f"write `{text}(where …)`",
        )
    if isinstance(node, n.Call) and node.where is not None:
        where = replace(scope.on_events(found.types), bound=scope.bound).condition(node.where)
        found = replace(found, test=_conjunction(found.test, where))
    return found


def _event_type(text: str, node: n.Expr, scope: Scope) -> Tested:
    if text not in scope.book.schema.events:
        if not scope.book.schema.inferred:
            scope.refuse(
                "T103",
                f"there is no event type `{text}`",
                node.span,
                "not declared in the schema",
                scope.book.suggest(text, scope.book.signal_names()),
            )
        if scope.book.has_data:
            scope.note(
                "T107",
                f"no event in these data is a `{text}`",
                node.span,
                "never seen",
                scope.book.suggest(text, scope.book.schema.events),
            )
    scope.book.usage.use("event type", text)
    return Tested(m.OfType((text,), origin=node), (text,))


# --- signals ------------------------------------------------------------------------


def _signal(text: str, args: tuple[n.Expr, ...], node: n.Expr, scope: Scope) -> Tested:
    scope.book.usage.use("signal", text)
    overloads = scope.book.signals[text]
    definition = overloads.get(len(args))
    if definition is None:
        takes = " or ".join(str(count) if count else "no" for count in sorted(overloads))
        scope.refuse(
            "T114",
            f"`{text}` takes {takes} argument{'' if takes == '1' else 's'}",
            node.span,
            f"{len(args)} given",
            related=tuple(Related(item.span, "defined here") for item in overloads.values()),
        )
    if f"{text}/{len(args)}" in scope.signals:
        path = " → ".join(item.split("/")[0] for item in (*scope.signals, text))
        scope.refuse("G101", f"signals need each other: {path}", definition.span, "comes back to itself")
    return expand(definition, args, scope)


def expand(definition: n.SignalDef, args: tuple[n.Expr, ...], scope: Scope) -> Tested:
    """The test of a signal with its arguments in place."""
    caller = replace(scope, row="event", types=(), points=False)
    bound = {param: (arg, caller) for param, arg in zip(definition.params or (), args, strict=True)}
    inside = replace(scope, bound=bound, signals=(*scope.signals, f"{definition.name}/{len(args)}"))
    sources = [_tested(source, inside) for source in definition.sources]
    types = tuple(dict.fromkeys(item for source in sources for item in source.types))
    tests = tuple(source.test for source in sources)
    test = _either(tests, types, definition)
    if definition.where is not None:
        where = replace(inside, row="event", types=types).condition(definition.where)
        test = _conjunction(test, where)
    return Tested(test, types, (definition.name,))


def _either(tests: tuple[m.Expr, ...], types: tuple[str, ...], node: n.Node) -> m.Expr:
    """Several event types are one test of the type; anything else is an `or`."""
    if all(isinstance(test, m.OfType) for test in tests):
        return m.OfType(types, origin=node)
    return tests[0] if len(tests) == 1 else m.Or(tests, origin=node)


# --- windows and sequences ----------------------------------------------------------


def _filter(node: n.Window | n.Sequence, types: tuple[str, ...], scope: Scope) -> m.Expr:
    found = _sequence(node, scope) if isinstance(node, n.Sequence) else _window(node, scope)
    return replace(found, origin=node)


def length(node: n.Duration, scope: Scope) -> m.Length:
    """A duration of so many units; a number or a param, not negative."""
    if node.unit == "quarter":
        scope.refuse(
            "T120",
            "a quarter is no length of time",
            node.span,
            "a calendar period",
            "write `3 months` (90 days), or `this quarter`",
        )
    count = scope.number(node.count)
    if not isinstance(count, m.Const):
        scope.later("a window whose length is a field", node.span, "write a number or a param")
    elif isinstance(count.value, float) and count.value < 0:
        scope.refuse("T120", "a window cannot be negative", node.count.span, "below 0")
    return m.Length(count, m.MICROS[node.unit])


def micros(span: m.Length) -> int:
    """The length in microseconds where the text fixes it."""
    assert isinstance(span.count, m.Const) and isinstance(span.count.value, float)
    return int(span.count.value * span.unit + 0.5)


def _window(node: n.Window, scope: Scope) -> m.Expr:
    if isinstance(node, n.Within):
        return m.AgeWindow(None, length(node.duration, scope))
    if isinstance(node, n.MoreThanAgo):
        return m.AgeWindow(length(node.duration, scope), None)
    if isinstance(node, n.BetweenAgo):
        high = length(node.high, scope)
        low = length(n.Duration(node.low, node.high.unit, span=node.low.span), scope)
        if micros(low) >= micros(high):
            scope.refuse(
                "T132",
                "this window is empty: it goes from the nearer to the farther",
                node.span,
                "the wrong way round",
                "write the smaller number first: `between 30 and 60 days ago`",
            )
        return m.AgeWindow(low, high)
    if isinstance(node, n.SinceMoment):
        return m.InstantWindow(_instant(node.moment, scope), None)
    if isinstance(node, n.BeforeMoment):
        return m.InstantWindow(None, _instant(node.moment, scope))
    if isinstance(node, n.BetweenMoments):
        start, end = _instant(node.low, scope), _instant(node.high, scope)
        if start >= end:
            scope.refuse(
                "T132",
                "this window is empty: it ends before it begins",
                node.span,
                "the wrong way round",
                "write the earlier date first",
            )
        return m.InstantWindow(start, end)
    assert isinstance(node, n.Calendar)
    text = "today" if (node.which, node.unit) == ("this", "day") else f"{node.which} {node.unit}"
    scope.later(f"the calendar window `{text}`", node.span, "write `within 30 days`, or `since` a date")


def _instant(node: n.Expr, scope: Scope) -> int:
    found = scope.value(node, "date", "timestamp")
    if not isinstance(found, m.Const):
        scope.later("a window that begins at a field", node.span, "write a date or a param")
    at = parse_instant(str(found.value), scope.book.zone) if found.kind == "date" else found.value
    assert isinstance(at, int)
    return at


def _sequence(node: n.Sequence, scope: Scope) -> m.Expr:
    anchor_scope = replace(scope, account_side=False)
    if scope.level == "lead" and _all_of_the_account(node.anchor, scope):
        anchor_scope = replace(scope, account_side=True)
    tested = _tested(node.anchor, anchor_scope)
    anchor = m.Selection(
        anchor_scope.selects, tested.test, None, scope.book.text(node.anchor).strip("`"), tested.signals
    )
    span = length(node.duration, scope) if node.duration is not None else None
    return m.Near(node.relation, anchor, span, node.same_contact or scope.ignoring)


# --- how often ----------------------------------------------------------------------


def often(node: n.Often, scope: Scope) -> m.Often:
    """`at least 3 times`."""
    count = scope.number(node.count)
    if isinstance(count, m.Const) and isinstance(count.value, float) and count.value < 0:
        scope.refuse("T120", "nothing happens a negative number of times", node.count.span, "below 0")
    if node.unit == "contacts" and scope.selects == "lead":
        scope.refuse(
            "G104",
            "a lead rule sees the events of one contact",
            node.span,
            "contacts counted in a lead rule",
            "count contacts in an account rule",
        )
    if node.unit == "sessions":
        scope.later("counting sessions", node.span, "count days: `on at least 3 days`")
    if node.group is not None or node.stretch is not None:
        scope.later("`in one …` and `in any …`", node.span)
    return m.Often(quantity(node.op), count, node.unit)
