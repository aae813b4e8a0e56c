"""A walk through a piece of the model that knows, at each step, of which level's row the value is and where it stands.

Inside `leads where …`, `by …` and what stands before `of leads`, the row is a lead, also in a rule of accounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import NamedTuple

from ..grammar.nodes import Level
from ..grammar.source import NOWHERE, Span
from .model import Coverage, Expr, LeadAggregate, LeadSet, Line, Part


class Step(NamedTuple):
    """One expression or part, the level of the row for which it is worked out, and the closest place known."""

    item: Expr | Part
    level: Level
    span: Span


def walk(item: Expr | Part, level: Level, around: Span = NOWHERE) -> Iterator[Step]:
    """The item and all below it, in written order."""
    waiting = [Step(item, level, _span(item, around))]
    while waiting:
        step = waiting.pop()
        yield step
        inner: Level = "lead" if _is_of_leads(step.item) else step.level
        below: list[Expr | Part] = []
        for name in parts_of(step.item):
            _collect(getattr(step.item, name), below)
        waiting.extend(Step(child, inner, _span(child, step.span)) for child in reversed(below))


_PARTS: dict[type, tuple[str, ...]] = {}


def parts_of(item: Expr | Part) -> tuple[str, ...]:
    """The names of the fields of a part of the model that can hold expressions."""
    kind = type(item)
    if kind not in _PARTS:
        _PARTS[kind] = tuple(spec.name for spec in fields(item) if spec.name not in ("origin", "span", "kind"))
    return _PARTS[kind]


def _span(item: Expr | Part, around: Span) -> Span:
    if isinstance(item, Expr):
        return item.origin.span if item.origin is not None else around
    own: Span = getattr(item, "span", NOWHERE)
    return around if own == NOWHERE else own


def _is_of_leads(item: Expr | Part) -> bool:
    if isinstance(item, Line):
        return item.each is not None and item.each.unit == "lead"
    return isinstance(item, LeadAggregate | Coverage | LeadSet)


def _collect(value: object, found: list[Expr | Part]) -> None:
    if isinstance(value, Expr | Part):
        found.append(value)
    elif isinstance(value, tuple):
        for item in value:
            _collect(item, found)
