"""Conditions on grades and stages: at least as good as, and those that look at the days before."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from ...grammar import nodes as n
from .. import model as m
from ..fold import fold
from ..suggest import listing
from .enumerations import grade_labels, never, values_of
from .scope import Scope, resolves
from .windows import length


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
    """`cond for at least 7 days`: what one instant cannot tell."""
    _refuse_beside(node, scope)
    return m.HeldFor(scope.condition(node.condition), length(node.duration, scope), kind="bool")


@resolves(n.InStage)
def in_stage(node: n.InStage, scope: Scope) -> m.Expr:
    """`in stage MQL more than 30 days`: of the level whose rule asks, or of the leads that a roll-up goes over."""
    _refuse_beside(node, scope)
    ladder = scope.book.ladders.get(scope.level)
    names = [stage.name for stage in ladder.stages] if ladder is not None else []
    known = next((name for name in (*names, "disqualified") if fold(name) == fold(node.stage)), None)
    if ladder is None or known is None:
        message = f"{scope.level}s have no stage `{node.stage}`"
        hint = listing(names) if names else f"write `stages for {scope.level}:` first"
        scope.refuse_unknown("T113", node.stage, message, node.span, "not one of its stages", names, hint)
    return m.InStageFor(known, length(node.duration, scope), kind="bool")


def _refuse_beside(node: n.Expr, scope: Scope) -> None:
    """The days before are those of a lead or an account, not of an event or of a record as it was read."""
    if scope.row not in ("entity", "member"):
        message = f"{scope.book.text(node)} asks for days of a lead or an account, and here is one {scope.row}"
        hint = "make it a measure, and ask for that outside of the selection"
        scope.refuse("G105", message, node.span, "no days before", hint)
