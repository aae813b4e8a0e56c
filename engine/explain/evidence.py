"""Events and leads as an explanation shows them, and the values that something was computed from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any

from ..instants import age_in
from ..interpreter.evaluation import Evaluation
from ..interpreter.people import Event, newest_first
from ..interpreter.rows import Row, lead_row
from ..model import (
    Const,
    Coverage,
    EventAggregate,
    EventAttr,
    Expr,
    Field,
    Happened,
    LeadAggregate,
    LeadSet,
    Lookup,
    Part,
    PeriodAggregate,
    Prop,
    Result,
    Standing,
)
from . import words
from .describe import text_of
from .report import EventShown, EventsShown, Input, LeadPart

FEW = 5
"""How many events are shown where there may be any number."""
MANY = 50
"""How many leads are shown as parts of one roll-up."""


def events_shown(evaluation: Evaluation, events: Iterable[Event], most: int = FEW) -> EventsShown:
    """How many events, from when to when, and the newest of them."""
    ordered = sorted(events, key=newest_first)
    if not ordered:
        return EventsShown(0, None, None, ())
    first, last = (words.local_time(event.at, evaluation.zone) for event in (ordered[-1], ordered[0]))
    return EventsShown(len(ordered), first, last, tuple(event_shown(evaluation, event) for event in ordered[:most]))


def event_shown(evaluation: Evaluation, event: Event) -> EventShown:
    """One event with what its properties say."""
    known = [(name, value) for name, value in event.properties.items() if value is not None]
    details = ", ".join(f"{name} {_detail(value)}" for name, value in known)
    return EventShown(
        event.id,
        event.type,
        words.local_time(event.at, evaluation.zone),
        age_in(event.at, evaluation.as_of),
        None if event.lead is None else event.lead.id,
        details,
    )


def _detail(value: Any) -> str:
    kind = "timestamp" if isinstance(value, int) and not isinstance(value, bool) else ""
    return words.shown(value, kind)


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


def _readings(part: Expr | Part) -> Iterator[Expr]:
    """The sub-expressions that read something, and params; not what is inside of them."""
    if isinstance(part, READINGS):
        yield part
    elif isinstance(part, Const):
        if part.param is not None:
            yield part
    else:
        if isinstance(part, Lookup):
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
    return Input(text, value)


# --- leads --------------------------------------------------------------------------------------------------------


def lead_parts(evaluation: Evaluation, expr: LeadAggregate | Coverage, row: Row) -> tuple[LeadPart, ...]:
    """What each lead gives to a roll-up; those that give most come first.

    Where a lead is only counted, its part is what it is ranked or filtered by, or `true`.
    """
    leads = evaluation.leads(expr.leads, row)
    what = expr.what if expr.what is not None else _ranked_by(expr.leads)
    parts = []
    for lead in leads:
        value = True if what is None else words.plain(evaluation.value(what, lead_row(lead)), what.kind)
        parts.append(LeadPart(lead.id, value))
    return tuple(sorted(parts, key=_largest_first)[:MANY])


def _ranked_by(leads: LeadSet) -> Expr | None:
    return leads.by


def _largest_first(part: LeadPart) -> tuple[int, float, str]:
    if isinstance(part.value, float):
        return 0, -part.value, part.id
    order: Sequence[object] = (True, False)
    return 1 + (order.index(part.value) if part.value in order else 2), 0.0, part.id
