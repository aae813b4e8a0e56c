"""Events and leads as an explanation shows them, and the values that something was computed from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from ..instants import DAY, HOUR, age_in, local_time
from ..interpreter.evaluation import Evaluation
from ..interpreter.people import Event, Lead, newest_first
from ..interpreter.rows import Row, lead_row
from ..model import (
    AgeWindow,
    Const,
    Coverage,
    EventAggregate,
    EventAttr,
    Expr,
    Field,
    Happened,
    InstantWindow,
    LeadAggregate,
    Length,
    Lookup,
    Model,
    Near,
    Part,
    PeriodAggregate,
    Prop,
    Result,
    Standing,
    Weighted,
)
from ..rows import walk
from . import words
from .describe import text_of
from .report import EventShown, EventsShown, Input, Known, LeadPart

FEW = 5
"""How many events are shown where there may be any number."""


def events_shown(evaluation: Evaluation, events: Iterable[Event], most: int = FEW) -> EventsShown:
    """How many events, from when to when, and the newest of them."""
    ordered = sorted(events, key=newest_first)
    if not ordered:
        return EventsShown(0, None, None, ())
    first, last = (local_time(event.at, evaluation.zone) for event in (ordered[-1], ordered[0]))
    return EventsShown(len(ordered), first, last, tuple(event_shown(evaluation, event) for event in ordered[:most]))


def event_shown(evaluation: Evaluation, event: Event) -> EventShown:
    """One event with what its properties say."""
    properties = {name: _property(value) for name, value in event.properties.items() if value is not None}
    model = evaluation.model
    unread: frozenset[str] = evaluation.remembered(model, "properties that nothing reads", lambda: only_ignored(model))
    return EventShown(
        event.id,
        event.type,
        local_time(event.at, evaluation.zone),
        age_in(event.at, evaluation.as_of, DAY),
        age_in(event.at, evaluation.as_of, HOUR),
        None if event.lead is None else event.lead.id,
        properties,
        tuple(name for name in properties if name in unread),
    )


def _property(value: Any) -> Known:
    kind = "timestamp" if isinstance(value, int) and not isinstance(value, bool) else ""
    return words.plain(value, kind)


def only_ignored(model: Model) -> frozenset[str]:
    """The properties of events that `ignore` lines read, and nothing else."""
    found = _properties(model.ignored)
    return found - _properties(model.order) if found else found


def _properties(items: Iterable[Part]) -> frozenset[str]:
    steps = (step.item for item in items for step in walk(item, "lead"))
    return frozenset(item.name for item in steps if isinstance(item, Prop))


READINGS = (
    Field,
    Prop,
    EventAttr,
    Result,
    EventAggregate,
    PeriodAggregate,
    Happened,
    LeadAggregate,
    Coverage,
    Standing,
)
"""What reads data, results, events or leads."""


# --- inputs -------------------------------------------------------------------------------------------------------


def inputs_of(evaluation: Evaluation, expr: Expr, row: Row) -> tuple[Input, ...]:
    """The values that an expression is computed from, each once, as the rule names them."""
    found: dict[str, Input] = {}
    for part in _readings(expr):
        text = text_of(part)
        if text not in found:
            found[text] = _input(evaluation, part, row, text)
    return tuple(found.values())


def bounds_of(evaluation: Evaluation, expr: Happened, row: Row) -> tuple[Input, ...]:
    """The lengths and moments of a selection that are values of the lead or account, not written in the rule."""
    found = {item.text: item for end in _ends(expr) for item in inputs_of(evaluation, end, row)}
    return tuple(found.values())


def _ends(expr: Happened) -> Iterator[Expr]:
    lengths: list[Length | None] = [None if expr.often is None else expr.often.stretch]
    for part in expr.selection.test.walk():
        match part:
            case AgeWindow(low=low, high=high):
                lengths += [low, high]
            case Near(length=length):
                lengths.append(length)
            case InstantWindow(start=start, end=end):
                yield from (moment for moment in (start, end) if moment is not None)
    yield from (length.count for length in lengths if length is not None)


def _readings(part: Expr | Part) -> Iterator[Expr]:
    """The sub-expressions that read something, and params; not what is inside of them."""
    if isinstance(part, READINGS):
        yield part
    elif isinstance(part, Const):
        if part.param is not None:
            yield part
    else:
        if isinstance(part, Lookup | Weighted):
            yield part
        for child in _children(part):
            yield from _readings(child)


def _children(part: Expr | Part) -> Iterator[Expr | Part]:
    if isinstance(part, Lookup):
        yield from part.args
        return
    for spec in fields(part):
        yield from _parts(getattr(part, spec.name))


def _parts(value: object) -> Iterator[Expr | Part]:
    if isinstance(value, Expr | Part):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _parts(item)


def _input(evaluation: Evaluation, expr: Expr, row: Row, text: str) -> Input:
    value = words.plain(evaluation.value(expr, row), expr.kind)
    if isinstance(expr, LeadAggregate | Coverage):
        return Input(text, value, lead_parts(evaluation, expr, row))
    if isinstance(expr, EventAggregate | PeriodAggregate | Happened):
        return Input(text, value, events=events_shown(evaluation, evaluation.select(expr.selection, row).events))
    return Input(text, value, work=_weighing(evaluation, expr, row) if isinstance(expr, Weighted) else None)


def _weighing(evaluation: Evaluation, expr: Weighted, row: Row) -> str | None:
    """The arithmetic of a weighted average: each known value with its weight, over the sum of these weights."""
    pairs = [(evaluation.number(value, row), evaluation.number(weight, row)) for value, weight in expr.terms]
    known = [(value, weight) for value, weight in pairs if value is not None and weight is not None]
    if not known:
        return None
    products = " + ".join(f"{words.number(value)} × {words.number(weight)}" for value, weight in known)
    return f"({products}) / {words.number(sum(weight for _, weight in known))}"


# --- leads --------------------------------------------------------------------------------------------------------


def lead_parts(evaluation: Evaluation, expr: LeadAggregate | Coverage, row: Row) -> tuple[LeadPart, ...]:
    """What each lead gives to a roll-up; those that give most come first.

    Where a lead is only counted, its part is what it is ranked or filtered by, or `true`.
    """
    leads = evaluation.leads(expr.leads, row)
    what = expr.what if expr.what is not None else expr.leads.by
    asked = isinstance(expr, LeadAggregate) and expr.function in ("any", "all", "share")
    return tuple(sorted((_lead_part(evaluation, lead, what, asked) for lead in leads), key=_largest_first))


def _lead_part(evaluation: Evaluation, lead: Lead, what: Expr | None, asked: bool) -> LeadPart:
    if what is None:
        return LeadPart(lead.id, True)
    row = lead_row(lead)
    value = words.plain(evaluation.value(what, row), what.kind)
    return LeadPart(lead.id, value, evaluation.holds(what, row) if asked else None)


def _largest_first(part: LeadPart) -> tuple[int, float, str]:
    if isinstance(part.value, float):
        return 0, -part.value, part.id
    return {True: 1, False: 2}.get(part.value, 3) if isinstance(part.value, bool) else 3, 0.0, part.id
