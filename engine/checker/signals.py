"""Signals: written out into tests of single events, with their arguments in place."""

from __future__ import annotations

from dataclasses import replace

from ...grammar import nodes as n
from ...grammar.diagnostics import Related
from ...grammar.late_methods import dataclass
from .. import model as m
from .names import never_seen
from .scope import Refused, Scope


@dataclass(frozen=True)
class Tested:
    """An event test, the types that can pass it, and the signals by which it was named."""

    test: m.Expr
    types: tuple[str, ...]
    signals: tuple[str, ...] = ()


def expand_call(name: str, args: tuple[n.Expr, ...], node: n.Expr, scope: Scope) -> Tested:
    """The test of a signal or an event type that is called with these arguments."""
    if name in scope.book.signals:
        scope.book.usage.use("signal", name)
        return expand(_overload(name, len(args), node, scope), args, scope)
    if args:
        scope.refuse(
            "T114",
            f"`{name}` is an event type and takes no arguments",
            node.span,
            "arguments given",
            f"write `{name}(where …)`, or define a signal with a parameter",
        )
    return event_type(name, node, scope)


def _overload(name: str, count: int, node: n.Expr, scope: Scope) -> n.SignalDef:
    overloads = scope.book.signals[name]
    if count not in overloads:
        counts = sorted(overloads)
        takes = " or ".join(str(item) if item else "no" for item in counts)
        message = f"`{name}` takes {takes} argument{'' if counts[-1] == 1 else 's'}"
        forms = (f"`{name}({', '.join(overloads[item].params or ())})`".replace("()", "") for item in counts)
        related = tuple(Related(item.place, "defined here") for item in overloads.values())
        scope.refuse("T114", message, node.span, f"{count} given", f"write {' or '.join(forms)}", related)
    return overloads[count]


def event_type(name: str, node: n.Expr, scope: Scope) -> Tested:
    """The test of one event type; where data say what there is, one that they do not have may come later."""
    book = scope.book
    if name not in book.schema.events:
        message = f"there is no event type `{name}`"
        if not book.schema.inferred:
            hint = "declare it in `schema:`, under `events`"
            scope.refuse_unknown("T103", name, message, node.span, "never declared", book.signal_names(), hint)
        if book.has_data:
            never_seen(node, f"no event in these data is a `{name}`", book.schema.events, scope)
    book.usage.use("event type", name)
    return Tested(m.OfType((name,), origin=node), (name,))


def expand(definition: n.SignalDef, args: tuple[n.Expr, ...], scope: Scope) -> Tested:
    """The test of a signal with its arguments in place."""
    if (definition.name, len(args)) in scope.book.endless or not scope.grow(definition):
        raise Refused
    caller = replace(scope, row="event", types=(), points=False)
    bound = {param: (arg, caller) for param, arg in zip(definition.params or (), args, strict=True)}
    inside = replace(scope, bound=bound, signal=scope.signal or definition)
    sources = scope.every(definition.sources, lambda source: _source(source, inside))
    types = tuple(dict.fromkeys(item for source in sources for item in source.types))
    test = _either(tuple(source.test for source in sources), types, definition)
    if definition.where is not None:
        where = replace(inside, row="event", types=types).condition(definition.where)
        test = conjoined(test, where)
    return Tested(test, types, (definition.name,))


def _source(node: n.Expr, scope: Scope) -> Tested:
    """What a signal is made of: event types, and other signals."""
    book = scope.book
    name = node.value if isinstance(node, n.Text) else str(node.name if isinstance(node, n.Call) else node)
    args = node.args if isinstance(node, n.Call) else ()
    if not book.has_events(name) and not (book.schema.inferred and not args):
        message = f"there is no signal or event type `{name}`"
        hint = "declare the event type in `schema:`, under `events`"
        span = node.name.span if isinstance(node, n.Call) else node.span
        scope.refuse_unknown("T103", name, message, span, "never defined", book.signal_names(), hint)
    found = expand_call(name, args, node, scope)
    if isinstance(node, n.Call) and node.where is not None:
        where = replace(scope, row="event", types=found.types).condition(node.where)
        found = replace(found, test=conjoined(found.test, where))
    return found


def _either(tests: tuple[m.Expr, ...], types: tuple[str, ...], node: n.Node) -> m.Expr:
    """Several event types are one test of the type; anything else is an `or`."""
    if all(isinstance(test, m.OfType) for test in tests):
        return m.OfType(types, origin=node)
    return tests[0] if len(tests) == 1 else m.Or(tests, origin=node)


def conjoined(*tests: m.Expr) -> m.Expr:
    """All of the tests as one, flat."""
    flat: list[m.Expr] = []
    for test in tests:
        flat.extend(test.items if isinstance(test, m.And) else (test,))
    return flat[0] if len(flat) == 1 else m.And(tuple(flat))
