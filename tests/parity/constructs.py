"""Everything that can be written: the kinds of nodes, the choices each leaves, functions, and what events can be asked.

Read off the syntax tree itself, so that a construct which is added is asked for by itself.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from scoreline.engine.checker.names import EVENT_ATTRIBUTES
from scoreline.engine.functions import FUNCTIONS
from scoreline.grammar import nodes
from scoreline.grammar.parser import parse
from scoreline.grammar.source import Source

#: What only makes sense with files beside the rules, or with a ruleset below; other tests have these.
ELSEWHERE = {"FromFile", "FromFile.column", "FromFile.value", "Remove", "RemoveStage"}
#: Units that one field of the tree shares with another, whose language has more of them; and the name under which the
#: tree has the count of a list.
NEVER = {
    *(f"Calendar.unit={unit}" for unit in ("hour", "minute", "second")),
    *(f"{kind}.unit=quarter" for kind in ("Duration", "PerPeriod")),
    "function count",
}
OF_MANY = (
    *("count", "distinct", "sum", "avg", "median", "min", "max", "newest", "earliest", "most_common"),
    *("share", "any", "all", "coverage"),
)


def everything() -> set[str]:
    """All constructs that random rulesets must have."""
    found = {f"function {name}" for name in FUNCTIONS} | {f"aggregate {name}" for name in OF_MANY}
    found |= {f"event {name}" for name in EVENT_ATTRIBUTES}
    for kind in _kinds():
        found.add(kind.__name__)
        for name, hint in _choices(kind):
            found |= _outcomes(kind.__name__, name, hint)
    return found - ELSEWHERE - NEVER


def _kinds() -> Iterator[type]:
    """The kinds of nodes that stand in a tree themselves."""
    for kind in vars(nodes).values():
        if inspect.isclass(kind) and is_dataclass(kind) and issubclass(kind, nodes.Node) and not kind.__subclasses__():
            yield kind


def _choices(kind: type) -> Iterator[tuple[str, Any]]:
    hints = get_type_hints(kind)
    left_out = ("span", "before", "behind", "after", "named", "label", "id")
    yield from ((spec.name, hints[spec.name]) for spec in fields(kind) if spec.name not in left_out)


def _outcomes(kind: str, name: str, hint: Any) -> set[str]:
    """Each value of a field with few of them; that an optional one is there; that a flag is up."""
    if hint is bool:
        return {f"{kind}.{name}"}
    parts = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
    values = [value for part in parts if get_origin(part) is Literal for value in get_args(part)]
    if values:
        return {f"{kind}.{name}={value}" for value in values}
    return {f"{kind}.{name}"} if type(None) in parts else set()


def constructs_of(text: str) -> Iterator[str]:
    """The constructs of a ruleset in one file, as often as they occur."""
    tree, _ = parse(Source("random.rules", text))
    waiting: list[object] = [tree]
    while waiting:
        value = waiting.pop()
        if isinstance(value, tuple):
            waiting.extend(value)
        elif isinstance(value, nodes.Node):
            yield from _named(value)
            waiting.extend(getattr(value, spec.name) for spec in fields(value))


def _named(node: nodes.Node) -> Iterator[str]:
    kind = type(node).__name__
    yield kind
    for name, hint in _choices(type(node)):
        value = getattr(node, name)
        known = _outcomes(kind, name, hint)
        if f"{kind}.{name}={value}" in known:
            yield f"{kind}.{name}={value}"
        elif f"{kind}.{name}" in known and value not in (None, False):
            yield f"{kind}.{name}"
    if isinstance(node, nodes.Call):
        yield f"function {node.name}"
    elif isinstance(node, nodes.Aggregate | nodes.PerPeriod):
        yield f"aggregate {node.function}"
    elif isinstance(node, nodes.DaysSince | nodes.DaysUntil):
        yield f"function {'days_since' if isinstance(node, nodes.DaysSince) else 'days_until'}"
    elif isinstance(node, nodes.Name):
        yield f"event {node.parts[-1]}"
