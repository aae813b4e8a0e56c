"""Why a condition holds or does not: the value that each part has, and the value that would do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..interpreter.evaluation import Evaluation
from ..interpreter.often import counted, portions
from ..interpreter.rows import Row, lead_row
from ..model import (
    And,
    Compare,
    Const,
    EventAggregate,
    Expr,
    Field,
    Happened,
    HeldFor,
    InRange,
    InSet,
    InStageFor,
    LeadAggregate,
    Matches,
    Measure,
    Missing,
    Not,
    Often,
    Or,
    Result,
    SomeOf,
    TextTest,
)
from . import words
from .describe import text_of
from .evidence import bounds_of, events_shown, inputs_of, lead_parts
from .latest import last_time
from .remembering import held_for, in_stage_for
from .report import Condition, Input, Nearest

Builder = Callable[[Evaluation, Any, Row], Condition]

_AT_LEAST = {">=": "at least", "<=": "at most", "==": "exactly", ">": "more than", "<": "fewer than"}
_OR_MORE = {">=": "{} or more", "<=": "{} or less", ">": "more than {}", "<": "less than {}", "==": "{}"}


def explain_condition(evaluation: Evaluation, expr: Expr, row: Row) -> Condition:
    """The condition as a tree, with what each part has and needs."""
    return BUILDERS.get(type(expr), _plain)(evaluation, expr, row)


# --- logic --------------------------------------------------------------------------------------------------------


def _all(evaluation: Evaluation, expr: And, row: Row) -> Condition:
    parts = _parts(evaluation, expr.items, row)
    return Condition(text_of(expr), evaluation.holds(expr, row), "all", parts=parts)


def _any(evaluation: Evaluation, expr: Or, row: Row) -> Condition:
    parts = _parts(evaluation, expr.items, row)
    return Condition(text_of(expr), evaluation.holds(expr, row), "any", parts=parts)


def _some(evaluation: Evaluation, expr: SomeOf, row: Row) -> Condition:
    parts = _parts(evaluation, expr.items, row)
    holds = evaluation.holds(expr, row)
    has = f"{sum(part.holds for part in parts)} of {len(parts)} hold"
    wanted = f"{_AT_LEAST[expr.op]} {words.shown(evaluation.number(expr.count, row))} of them"
    return Condition(text_of(expr), holds, "some", has, None if holds else wanted, parts)


def _parts(evaluation: Evaluation, items: Sequence[Expr], row: Row) -> tuple[Condition, ...]:
    return tuple(explain_condition(evaluation, item, row) for item in items)


def _not(evaluation: Evaluation, expr: Not, row: Row) -> Condition:
    if isinstance(expr.item, Missing):
        return _known(evaluation, expr, expr.item, row)
    inner = explain_condition(evaluation, expr.item, row)
    holds = not inner.holds
    needs = _none(expr.item)
    has = inner.has or ("holds" if inner.holds else "does not hold")
    parts = (inner,) if inner.parts else ()
    return Condition(
        text_of(expr), holds, "not", has, None if holds else needs, parts, inner.inputs, inner.events, inner.leads
    )


def _none(expr: Expr) -> str:
    """What it takes that a condition does not hold."""
    if isinstance(expr, Happened) and expr.often is None:
        return "no such event"
    if isinstance(expr, LeadAggregate) and expr.function == "any":
        return "no such lead"
    return "the opposite"


def _known(evaluation: Evaluation, expr: Expr, missing: Missing, row: Row) -> Condition:
    return _of_item(evaluation, expr, missing.item, row, "any value")


# --- comparisons --------------------------------------------------------------------------------------------------


def _compare(evaluation: Evaluation, expr: Compare, row: Row) -> Condition:
    left, right = evaluation.value(expr.left, row), evaluation.value(expr.right, row)
    holds = evaluation.holds(expr, row)
    needs = None if holds else _would_do(expr, left, right)
    found = _test(evaluation, expr, expr.left, row, words.shown(left, expr.left.kind), needs)
    if holds and right is not None and not _is_written(expr.right):
        return replace(found, asked=_bound(expr.op, words.shown(right, expr.right.kind)))
    if needs is None or not isinstance(left, float) or not isinstance(right, float):
        return found
    return replace(found, missing=abs(right - left))


def _test(evaluation: Evaluation, expr: Expr, item: Expr, row: Row, has: str, needs: str | None) -> Condition:
    """A plain condition about one value, with the events and leads behind it and what else it reads."""
    inputs = inputs_of(evaluation, expr, row)
    own = next((found for found in inputs if found.text == text_of(item)), None)
    others = tuple(found for found in inputs if (found is not own or own.work) and not _said(expr, found))
    events, leads = (own.events, own.leads) if own is not None else (None, ())
    return Condition(text_of(expr), needs is None, "test", has, needs, (), others, events, leads)


def _said(expr: Expr, found: Input) -> bool:
    """A param to which something is compared needs no words: it is in what would do."""
    return isinstance(expr, Compare) and isinstance(expr.right, Const) and found.text == expr.right.param


def _would_do(expr: Compare, left: Any, right: Any) -> str:
    """The value that would do on the left, and for numbers how far away it is."""
    if right is None:
        return f"a known value of {text_of(expr.right)}"
    wanted = words.shown(right, expr.right.kind)
    is_number = isinstance(left, float) and isinstance(right, float)
    if is_number and expr.op not in ("==", "!=") and left != right:
        return f"{_bound(expr.op, wanted)} ({words.number(abs(right - left))} {_farther(expr.op)})"
    return _bound(expr.op, wanted)


def limit_text(op: str, limit: float) -> str:
    """What a number must be: `55 or more`."""
    return _bound(op, words.number(limit))


def _bound(op: str, limit: str) -> str:
    return _OR_MORE[op].format(limit) if op in _OR_MORE else f"anything but {limit}"


def _is_written(*exprs: Expr | None) -> bool:
    """Whether values stand in the text of a rule, and not behind a name."""
    return all(each is None or (isinstance(each, Const) and each.param is None) for each in exprs)


def _farther(op: str) -> str:
    return "more" if op.startswith(">") else "less"


def _in_set(evaluation: Evaluation, expr: InSet, row: Row) -> Condition:
    known = [words.shown(value, expr.item.kind) for value in expr.values if value is not None]
    few = ", ".join(known[:5]) + (f" … ({len(known)} in all)" if len(known) > 5 else "")
    name = f" of {expr.source}" if expr.source else ""
    return _of_item(evaluation, expr, expr.item, row, f"one{name}: {few}" if known else "nothing would do")


def _in_range(evaluation: Evaluation, expr: InRange, row: Row) -> Condition:
    low, high = (None if end is None else evaluation.value(end, row) for end in (expr.low, expr.high))
    if low is None:
        wanted = "a known value" if high is None else f"{words.shown(high, expr.item.kind)} or less"
    elif high is None:
        wanted = f"{words.shown(low, expr.item.kind)} or more"
    else:
        wanted = f"{words.shown(low, expr.item.kind)} to {words.shown(high, expr.item.kind)}"
    found = _of_item(evaluation, expr, expr.item, row, wanted)
    return replace(found, asked=wanted) if found.holds and not _is_written(expr.low, expr.high) else found


def _missing(evaluation: Evaluation, expr: Missing, row: Row) -> Condition:
    return _of_item(evaluation, expr, expr.item, row, "no value")


def _text_test(evaluation: Evaluation, expr: TextTest, row: Row) -> Condition:
    sought = [words.shown(evaluation.value(item, row)) for item in expr.sought]
    few = ", ".join(sought[:5]) + (" …" if len(sought) > 5 else "")
    quantity = "" if len(sought) == 1 else ("all of " if expr.every else "any of ")
    if expr.item.kind == "list":
        return _of_item(evaluation, expr, expr.item, row, f"{quantity or 'the value '}{few}")
    return _of_item(evaluation, expr, expr.item, row, f"a text that {_verb(expr.op)} {quantity}{few}")


def _verb(op: str) -> str:
    return {"like": "is like"}.get(op, op)


def _matches(evaluation: Evaluation, expr: Matches, row: Row) -> Condition:
    wanted = f"a text that matches /{expr.pattern}/{'i' if expr.ignore_case else ''}"
    return _of_item(evaluation, expr, expr.item, row, wanted)


def _of_item(evaluation: Evaluation, expr: Expr, item: Expr, row: Row, wanted: str) -> Condition:
    """A test of one value."""
    has = words.shown(evaluation.value(item, row), item.kind)
    return _test(evaluation, expr, item, row, has, None if evaluation.holds(expr, row) else wanted)


# --- events and leads -----------------------------------------------------------------------------------------------


def _happened(evaluation: Evaluation, expr: Happened, row: Row) -> Condition:
    events = evaluation.select(expr.selection, row).events
    holds = evaluation.holds(expr, row)
    has, needs = (_times(len(events)), "one such event")
    if expr.often is not None:
        has, needs = _how_often(evaluation, expr.often, row, events)
    elif not events:
        has = last_time(evaluation, expr.selection, row) or has
    inputs = bounds_of(evaluation, expr, row)
    if inputs:
        needs = f"{needs} ({', '.join(f'{item.text} is {words.shown(item.value)}' for item in inputs)})"
    shown = events_shown(evaluation, events)
    asked = needs if holds and expr.often is not None and not _is_written(expr.often.count) else None
    return Condition(
        text_of(expr), holds, "test", has, None if holds else needs, inputs=inputs, events=shown, asked=asked
    )


def _times(count: int) -> str:
    return "never" if count == 0 else {1: "once", 2: "twice"}.get(count, f"{count} times")


def _how_often(evaluation: Evaluation, often: Often, row: Row, events: Sequence[Any]) -> tuple[str, str]:
    """How often it came, or how often where it came most often; and how often would do."""
    unit = often.unit.removesuffix("s")
    best = max((counted(evaluation, often, part) for part in portions(evaluation, often, row, events)), default=0)
    count = evaluation.number(often.count, row)
    if count is None:
        return words.plural(best, unit), f"a known value of {text_of(often.count)}"
    least = words.whole(count) if often.op == ">=" else words.number(count)
    noun = unit if least == "1" else f"{unit}s"
    where = "" if often.group is None and often.stretch is None else " at best"
    return words.plural(best, unit) + where, f"{_AT_LEAST[often.op]} {least} {noun}"


def _result(evaluation: Evaluation, expr: Result, row: Row) -> Condition:
    """A measure that is a condition is explained by it."""
    holds = evaluation.holds(expr, row)
    has = words.shown(evaluation.value(expr, row), expr.kind)
    definition = next((item for item in evaluation.model.measures(expr.level) if item.name == expr.name), None)
    owner = _owner(expr, row)
    if expr.what != "measure" or not isinstance(definition, Measure) or owner is None:
        return Condition(text_of(expr), holds, "test", has, None if holds else "true")
    return Condition(text_of(expr), holds, "all", has, None, (explain_condition(evaluation, definition.value, owner),))


def _owner(expr: Result, row: Row) -> Row | None:
    if expr.level == row.level:
        return row.owner()
    return None if row.account is None else Row("account", None, row.account)


def _leads(evaluation: Evaluation, expr: LeadAggregate, row: Row) -> Condition:
    """`any`, `all`: how many of the leads it holds for, and for which; and who comes nearest."""
    parts = lead_parts(evaluation, expr, row)
    held = sum(part.holds is True for part in parts)
    holds = evaluation.holds(expr, row)
    has = f"{held} of {words.plural(len(parts), 'lead')}"
    if holds or expr.what is None or expr.function != "any":
        return Condition(text_of(expr), holds, "test", has, None if holds else "every lead", leads=parts)
    facts = [part for part in _conjuncts(expr.what) if _is_fact(part)]
    suited = [
        each
        for each in map(lead_row, evaluation.leads(expr.leads, row))
        if all(evaluation.holds(f, each) for f in facts)
    ]
    wanted = "one lead that does" if suited else f"a lead with {' and '.join(map(text_of, facts))}"
    nearest = _nearest(evaluation, expr.what, suited) if facts else None
    return Condition(text_of(expr), holds, "test", has, wanted, leads=parts, nearest=nearest)


def _conjuncts(expr: Expr) -> Sequence[Expr]:
    return expr.items if isinstance(expr, And) else (expr,)


def _is_fact(expr: Expr) -> bool:
    """Whether a condition asks what a lead is, not what they do."""
    parts = list(expr.walk())
    return any(isinstance(part, Field) for part in parts) and not any(
        isinstance(part, Result | Happened | EventAggregate) for part in parts
    )


def _nearest(evaluation: Evaluation, what: Expr, suited: Sequence[Row]) -> Nearest | None:
    """The lead who lacks least of what is asked, of those who are what is asked for."""
    found = [(explain_condition(evaluation, what, each).unmet(), each.entity.id) for each in suited]
    if not found:
        return None
    lacks, id = min(found, key=lambda each: (len(each[0]), _distance(each[0]), each[1]))
    return Nearest(id, lacks)


def _distance(lacks: Sequence[Condition]) -> float:
    """How far away numbers are, as far as they say so."""
    return sum(condition.missing or 0.0 for condition in lacks)


def _plain(evaluation: Evaluation, expr: Expr, row: Row) -> Condition:
    """Anything else that is true, false or missing: a field, a case, a constant."""
    has = words.shown(evaluation.value(expr, row), expr.kind)
    return _test(evaluation, expr, expr, row, has, None if evaluation.holds(expr, row) else "true")


def _held_for(evaluation: Evaluation, expr: HeldFor, row: Row) -> Condition:
    return held_for(evaluation, expr, row, explain_condition(evaluation, expr.condition, row))


BUILDERS: Mapping[type[Expr], Builder] = {
    And: _all,
    Or: _any,
    SomeOf: _some,
    Not: _not,
    Compare: _compare,
    InSet: _in_set,
    InRange: _in_range,
    Missing: _missing,
    TextTest: _text_test,
    Matches: _matches,
    Happened: _happened,
    Result: _result,
    LeadAggregate: _leads,
    HeldFor: _held_for,
    InStageFor: in_stage_for,
}
"""How each kind of condition is explained."""
