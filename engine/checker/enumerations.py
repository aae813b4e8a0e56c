"""Values that are the only ones: of enumerations, grades and ladders of stages, and literals that are none of them."""

from __future__ import annotations

import itertools
import math
from typing import NoReturn

from ...grammar import nodes as n
from .. import model as m
from ..fold import fold
from ..schema import FieldType
from ..suggest import listing
from .scope import Scope

MOST_LABELS = 1000
_UNKNOWN = FieldType("unknown")


def values_of(expr: m.Expr, scope: Scope) -> tuple[str, ...] | None:
    """The only values that an expression can have, if its declaration names them."""
    book = scope.book
    if isinstance(expr, m.Field):
        return book.fields(expr.level).get(expr.name, _UNKNOWN).values
    if isinstance(expr, m.Prop):
        declared = [book.schema.events.get(item, {}).get(expr.name, _UNKNOWN).values for item in scope.types]
        known = [values for values in declared if values is not None]
        return tuple(dict.fromkeys(itertools.chain(*known))) if known and len(known) == len(declared) else None
    return _result_values(expr, scope) if isinstance(expr, m.Result) else None


def _result_values(expr: m.Result, scope: Scope) -> tuple[str, ...] | None:
    if expr.what == "stage":
        ladder = scope.book.ladders.get(expr.level)
        return (*(stage.name for stage in ladder.stages), "disqualified") if ladder else None
    owner = scope.book.results.get((expr.level, expr.name))
    return grade_labels(owner) or None if isinstance(owner, n.GradeDef) else None


def grade_labels(grade: n.GradeDef) -> tuple[str, ...]:
    """All labels of a grade: one of each axis, put together; none if there are too many."""
    axes = [[cut.label for cut in axis.cuts] for axis in grade.axes]
    if math.prod(map(len, axes)) > MOST_LABELS:
        return ()
    return tuple("".join(parts) for parts in itertools.product(*axes))


def is_one_of(node: n.Expr, literal: m.Expr, other: m.Expr, scope: Scope) -> None:
    """A literal compared with an enumeration, a grade or a stage is one of its values (decision 67)."""
    if not isinstance(literal, m.Const) or not isinstance(literal.value, str):
        return
    allowed = values_of(other, scope)
    if allowed is not None and fold(literal.value) not in map(fold, allowed):
        never(literal.value, other.origin or node, node, allowed, scope)


def never(value: str, asked: n.Node, node: n.Expr, allowed: tuple[str, ...], scope: Scope) -> NoReturn:
    """Refuse a value that something can never have."""
    message = f"{scope.book.text(asked)} is never `{value}`"
    scope.refuse_unknown("T113", value, message, node.span, "not one of its values", allowed, listing(allowed))
