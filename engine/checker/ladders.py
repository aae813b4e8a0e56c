"""Grades and stages: labels by cuts, and ladders by conditions."""

from __future__ import annotations

import math

from ...grammar import nodes as n
from ...grammar.diagnostics import Related
from ...grammar.source import Span
from .. import model as m
from ..fold import fold
from ..suggest import did_you_mean
from .enumerations import MOST_LABELS, grade_labels
from .names import lookup
from .scope import Refused, Scope

_DISQUALIFIED = "disqualified"


# --- grades -------------------------------------------------------------------------


def read_grade(item: n.GradeDef, scope: Scope) -> m.Grade:
    """A grade with its axes."""
    axes = scope.every(item.axes, lambda axis: _axis(axis, scope))
    if math.prod(len(axis.cuts) for axis in item.axes) > MOST_LABELS:
        message, hint = f"`{item.name}` has more than {MOST_LABELS:,} labels", "make several grades of it"
        scope.refuse("G106", message, item.place, "too many labels", hint)
    _labels_differ(item, scope)
    return m.Grade(item.level, item.name, axes, item.span)


def _labels_differ(item: n.GradeDef, scope: Scope) -> None:
    """Labels of different cells, put together, are different, too: `A` with `11` reads as `A1` with `1`."""
    seen: set[str] = set()
    for label in grade_labels(item):
        if fold(label) in seen:
            message, hint = f"`{label}` can come about in two ways", "choose labels that cannot run into one another"
            scope.refuse("T130", message, item.place, "one label for two cells", hint)
        seen.add(fold(label))


def _axis(axis: n.Axis, scope: Scope) -> m.Axis:
    value = _axis_value(axis.value, scope)
    _no_label_twice(axis, scope)
    for cut in axis.cuts[:-1]:
        if cut.cut is None:
            message, hint = f"`{cut.label}` has no cut, so nothing gets past it", "the label without a cut stands last"
            scope.refuse("T134", message, cut.span, "takes all the rest", hint)
    cut_off = [cut for cut in axis.cuts if cut.cut is not None]
    limits = scope.every([cut.cut for cut in cut_off if cut.cut is not None], lambda node: _limit(node, scope))
    falls = _falls(cut_off, limits, scope)
    rest = next((cut.label for cut in axis.cuts if cut.cut is None), None)
    if rest is None and falls and not _covers(value, limits, scope):
        message = f"{scope.book.text(axis.value)} below the last cut has no grade"
        hint = "add a last label without a cut: it takes the rest, missing included"
        scope.note("T137", message, axis.cuts[-1].span, "a gap below", hint)
    return m.Axis(value, tuple((cut.label, limit) for cut, limit in zip(cut_off, limits, strict=True)), rest)


def _limit(node: n.Expr, scope: Scope) -> m.Expr:
    scope.constant(node, "a cut")
    return scope.number(node)


def _axis_value(node: n.Expr, scope: Scope) -> m.Expr:
    """A score, a measure, or a number field of this level by its bare name."""
    whose = "contact" if scope.level == "lead" else "account"
    if isinstance(node, n.Name) and str(node) in scope.book.field_names(whose) and lookup(node, scope) is None:
        return scope.number(n.Name((whose, *node.parts), span=node.span))
    return scope.number(node)


def _no_label_twice(axis: n.Axis, scope: Scope) -> None:
    seen: dict[str, Span] = {}
    for cut in axis.cuts:
        first = seen.setdefault(fold(cut.label), cut.span)
        if first is not cut.span:
            message, related = f"the label `{cut.label}` stands twice on this axis", (Related(first, "the first one"),)
            scope.refuse("T130", message, cut.span, "the second one", "keep one of them", related)


def _falls(cuts: list[n.Cut], limits: tuple[m.Expr, ...], scope: Scope) -> bool:
    """Whether each cut is below the one before it; one that is not is noted."""
    falls = True
    values = [_value(limit) for limit in limits]
    for before, after, cut, earlier in zip(values, values[1:], cuts[1:], cuts, strict=False):
        if after >= before:
            message = f"`{cut.label}` is never reached: `{earlier.label}` begins at {before:g}"
            scope.note("T134", message, cut.span, "cuts fall from left to right", "put the highest cut first")
            falls = False
    return falls


def _covers(value: m.Expr, limits: tuple[m.Expr, ...], scope: Scope) -> bool:
    """Whether the last cut takes in everything: a score that cannot fall below it."""
    if not isinstance(value, m.Result) or value.what != "score" or not limits:
        return False
    owner = scope.book.results[(value.level, value.name)]
    if not isinstance(owner, n.ScoreDef) or owner.range is None or owner.range.low is None:
        return False
    try:
        with scope.book.silence():
            return scope.constant(owner.range.low, "the end of a range") >= _value(limits[-1])
    except Refused:
        return True


def _value(expr: m.Expr) -> float:
    return expr.value if isinstance(expr, m.Const) and isinstance(expr.value, float) else math.nan


# --- stages -------------------------------------------------------------------------


def read_stages(item: n.StagesDef, scope: Scope) -> m.Stages:
    """A ladder of stages; one that is wrong is noted and left out."""
    found: list[m.Stage] = []
    seen: dict[str, Span] = {}
    _refuse_removals(item, scope)
    for stage in item.stages:
        try:
            found.append(_stage(stage, seen, scope))
        except Refused:
            continue
    _rising(found, {stage.name: stage.place for stage in item.stages}, scope)
    return m.Stages(item.level, tuple(found), item.in_order, item.span)


def _refuse_removals(item: n.StagesDef, scope: Scope) -> None:
    """What is left to remove is in no base."""
    names = [stage.name for stage in item.stages]
    for step in item.steps:
        if isinstance(step, n.RemoveStage) and scope.book.complete:
            message = f"`remove {step.name}` takes a stage of a base ruleset out, and none has it"
            hint = did_you_mean(step.name, names, "delete the stage itself" if names else "")
            scope.note("R108", message, step.span, "no such stage in a base", hint)


def _stage(item: n.StageDef, seen: dict[str, Span], scope: Scope) -> m.Stage:
    if fold(item.name) == _DISQUALIFIED:
        message = "`disqualified` is where disqualified ones are"
        scope.refuse("T130", message, item.place, "a name of the language", "choose another name")
    first = seen.setdefault(fold(item.name), item.place)
    if first is not item.place:
        message, related = f"the stage `{item.name}` stands twice", (Related(first, "the first one"),)
        scope.refuse("T130", message, item.place, "the second one", "keep one of them", related)
    conditions = [item.condition] if item.stays_while is None else [item.condition, item.stays_while]
    condition, *stays = scope.every(conditions, scope.condition)
    return m.Stage(item.name, condition, item.label, stays[0] if stays else None, item.span)


def _rising(stages: list[m.Stage], places: dict[str, Span], scope: Scope) -> None:
    """A later stage asks for more: a lower threshold on the same value would swallow the stage before it."""
    before: dict[m.Expr, tuple[m.Compare, m.Stage]] = {}
    for stage in stages:
        asked = stage.condition
        if not isinstance(asked, m.Compare) or asked.op not in (">", ">=") or math.isnan(_value(asked.right)):
            continue
        earlier, first = before.get(asked.left, (None, stage))
        if earlier is not None and _implies(earlier, asked):
            scope.note(
                "T136",
                f"`{stage.name}` is reached wherever `{first.name}` is, so `{first.name}` is never shown",
                places[stage.name],
                "asks for no more than an earlier stage",
                "stages are written from the first to the last: put the higher threshold later",
                (Related(places[first.name], f"asks for {_value(earlier.right):g}"),),
            )
        before[asked.left] = (asked, stage)


def _implies(one: m.Compare, other: m.Compare) -> bool:
    """Whether `x >= 50` implies `x > 40`, both on one value."""
    least, other_least = _value(one.right), _value(other.right)
    return other_least < least or (other_least == least and not (one.op == ">=" and other.op == ">"))
