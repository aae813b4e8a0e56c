"""The normal form of a piece of a model: equal for pieces that give every lead and account the same results.

Not in it are ids of lines and labels, the order of what is added up, of `and` and `or`, and of the values of a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass

from .. import model as m

_LEFT_OUT: Mapping[type, frozenset[str]] = {
    m.Line: frozenset({"id"}),
    m.Block: frozenset({"id"}),
    m.Disqualification: frozenset({"id", "position"}),
    m.Stage: frozenset({"label"}),
}
_UNORDERED: Mapping[type, str] = {
    m.And: "items",
    m.Or: "items",
    m.SomeOf: "items",
    m.InSet: "values",
    m.TextTest: "sought",
    m.Coverage: "values",
}


def meaning(value: object) -> str:
    """The normal form as a text.

    >>> one, two = m.Const(value=1.0, kind="number"), m.Const(value=2.0, kind="number", param="two")
    >>> meaning(m.Or((one, two))) == meaning(m.Or((two, one)))
    True
    """
    if is_dataclass(value):
        return f"{type(value).__name__}({','.join(_parts(value))})"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key!r}:{meaning(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, tuple | list):
        return f"[{','.join(map(meaning, value))}]"
    return repr(value)


def _parts(value: object) -> Iterable[str]:
    kind = type(value)
    for name in _compared(kind):
        inner = getattr(value, name)
        if name == "items" and _adds_up(value):
            yield _sum(inner)
        elif name == _UNORDERED.get(kind):
            yield f"[{','.join(sorted(map(meaning, inner)))}]"
        else:
            yield meaning(inner)


_NAMES: dict[type, tuple[str, ...]] = {}


def _compared(kind: type) -> tuple[str, ...]:
    if kind not in _NAMES:
        left_out = _LEFT_OUT.get(kind, frozenset())
        _NAMES[kind] = tuple(spec.name for spec in fields(kind) if spec.compare and spec.name not in left_out)
    return _NAMES[kind]


def _adds_up(value: object) -> bool:
    return isinstance(value, m.Score) or (isinstance(value, m.Block) and value.kind in ("group", "when"))


def _sum(items: tuple[m.Line | m.Block, ...]) -> str:
    """What is added up, in any order; then the rest, where the order counts."""
    added = sorted(meaning(item) for item in items if is_additive(item))
    rest = ("|".join(map(meaning, turn)) for turn in turns(items))
    return f"[{','.join(added)};{';'.join(rest)}]"


def turns(items: Iterable[m.Line | m.Block]) -> list[list[m.Line | m.Block]]:
    """The items of a sum whose order counts, apart where it does not count between them.

    Multipliers have their turn before every `set`; blocks that do more than add may hold both.
    """
    rest = [item for item in items if not is_additive(item)]
    if not all(isinstance(item, m.Line) for item in rest):
        return [rest]
    return [[item for item in rest if isinstance(getattr(item, "effect", None), kind)] for kind in (m.Times, m.SetTo)]


def is_additive(item: m.Line | m.Block) -> bool:
    """Whether an item only adds points, so that its place in the block does not matter."""
    if isinstance(item, m.Line):
        return isinstance(item.effect, m.Points)
    return item.kind == "group" or all(map(is_additive, item.items))
