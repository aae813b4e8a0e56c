"""Several versions of some results in one model: what they have in common is worked out once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from ..model import Definition, Expr, Grade, Measure, Part, Result, Score

Name = tuple[str, str, str]
"""The level, what kind of result it is, and its name."""
_KINDS: Mapping[type, str] = {Score: "score", Measure: "measure", Grade: "grade"}


def can_stand_twice(item: Definition) -> bool:
    """Whether a model may have a second version of it under another name."""
    return type(item) in _KINDS


def together(present: Sequence[Definition], versions: Mapping[str, Sequence[Definition]]) -> list[Definition]:
    """The present definitions, and behind them those of each version that differ or read something that does.

    What stands a second time has its version's name behind its own. All must be such that `can_stand_twice`.
    """
    found = list(present)
    for suffix, items in versions.items():
        known = set(present)
        renamed: dict[Name, str] = {}
        for item in items:
            moved = _reading(item, renamed)
            if moved != item or item not in known:
                name = _name(item)
                renamed[name] = f"{name[2]} {suffix}"
                found.append(replace(moved, name=renamed[name]))
    return found


def moves(items: Sequence[Definition], changed: Collection[Definition]) -> bool:
    """Whether something that cannot stand twice is changed, or reads something that is."""
    renamed: dict[Name, str] = {}
    for item in items:
        if item in changed or _reading(item, renamed) != item:
            if not can_stand_twice(item):
                return True
            renamed[_name(item)] = ""
    return False


def _name(item: Definition) -> Name:
    assert isinstance(item, Score | Measure | Grade)
    return item.level, _KINDS[type(item)], item.name


def _reading(item: Any, renamed: Mapping[Name, str]) -> Any:
    """The same, reading results under their new names."""
    if isinstance(item, Result):
        name = renamed.get((item.level, item.what, item.name))
        return item if name is None else replace(item, name=name)
    if isinstance(item, tuple):
        inner = tuple(_reading(each, renamed) for each in item)
        return item if all(new is old for new, old in zip(inner, item, strict=True)) else inner
    if not isinstance(item, Expr | Part) or not renamed:
        return item
    changed = {}
    for spec in fields(item):
        if spec.name not in ("origin", "span"):
            old = getattr(item, spec.name)
            new = _reading(old, renamed)
            if new is not old:
                changed[spec.name] = new
    return replace(item, **changed) if changed else item
