"""Conditions on grades and stages: at least as good as, and those that look at the days before."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from ...grammar import nodes as n
from .. import model as m
from ..fold import fold
from .enumerations import grade_labels, never, values_of
from .scope import Scope, resolves


@resolves(n.AtLeastAs)
def at_least_as(node: n.AtLeastAs, scope: Scope) -> m.Expr:
    item = scope.resolve(node.item)
    if not isinstance(item, m.Result) or item.what not in ("grade", "stage"):
        scope.refuse(
            "T110",
            f"`at least {node.value}` asks a grade or a stage, and {scope.book.text(node.item)} is neither",
            node.span,
            "no grade, no stage",
            "for numbers write `>=`; for events `at least 3 times`",
        )
    from_here = _stages_from if item.what == "stage" else _grades_from
    good = tuple(from_here(item, node.value, scope))
    if not good:
        never(node.value, node.item, node, values_of(item, scope) or (), scope)
    return m.InSet(item, good)


def _stages_from(item: m.Result, value: str, scope: Scope) -> Iterable[str]:
    names = [stage.name for stage in scope.book.ladders[item.level].stages]
    return itertools.dropwhile(lambda name: fold(name) != fold(value), names)


def _grades_from(item: m.Result, value: str, scope: Scope) -> Iterable[str]:
    """Each axis at least as good: of B2 these are A1, A2, B1 and B2."""
    grade = scope.book.results[(item.level, item.name)]
    assert isinstance(grade, n.GradeDef)
    axes = [[cut.label for cut in axis.cuts] for axis in grade.axes]
    choices = itertools.product(*(range(len(labels)) for labels in axes))
    for choice, label in zip(choices, grade_labels(grade), strict=False):
        if fold(label) == fold(value):
            better = (labels[: index + 1] for labels, index in zip(axes, choice, strict=True))
            return ["".join(parts) for parts in itertools.product(*better)]
    return []


@resolves(n.HeldFor)
def held_for(node: n.HeldFor, scope: Scope) -> m.Expr:
    scope.condition(node.condition)
    scope.later("`for at least …`, which looks at the days before,", node.span)


@resolves(n.InStage)
def in_stage(node: n.InStage, scope: Scope) -> m.Expr:
    scope.later("`in stage … more than`, which looks at the days before,", node.span)
