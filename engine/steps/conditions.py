"""Ways to make a condition hold, by what kind it is. What is not here needs a fact to change, or time to pass."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations, islice
from typing import Any

from ..interpreter.evaluation import Evaluation
from ..interpreter.keys import comparable
from ..interpreter.ladders import DISQUALIFIED
from ..interpreter.people import Lead
from ..model import (
    And,
    Compare,
    Default,
    Expr,
    Happened,
    InRange,
    InSet,
    LeadAggregate,
    Measure,
    Near,
    Not,
    Or,
    Result,
    Selection,
    SomeOf,
)
from .people import asked_of, doings, leads_of, someone
from .spots import Searching, Spot
from .step import Steps, both, in_order

TIMES = 5
"""How often the same event is repeated at most, and how many people do the same."""

PEOPLE = 4
"""How many leads who could join the others are looked at."""

Finding = Callable[[Searching, Any, Spot], Iterable[Steps]]

_FLIPPED: Mapping[str, Any] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


# --- logic ------------------------------------------------------------------------------------------------------------


def _all(search: Searching, expr: And, spot: Spot) -> Iterable[Steps]:
    return search.reach(expr.items, spot)


def _any(search: Searching, expr: Or, spot: Spot) -> Iterator[Steps]:
    for item in expr.items:
        yield from search.ways(item, spot)


def _some(search: Searching, expr: SomeOf, spot: Spot) -> Iterator[Steps]:
    """As many of those that do not hold as are missing."""
    if expr.op == "<=":
        return
    count = search.number(expr.count, spot)
    unmet = [item for item in expr.items if not search.holds(item, spot)]
    lacking = 0 if count is None else int(count) - (len(expr.items) - len(unmet))
    if 0 < lacking <= len(unmet):
        for chosen in islice(combinations(unmet, lacking), TIMES):
            yield from search.reach(chosen, spot)


def _not(search: Searching, expr: Not, spot: Spot) -> Iterable[Steps]:
    """That something no longer holds: only what further events can undo."""
    match expr.item:
        case Not(item=inner):
            return search.ways(inner, spot)
        case And(items=items):
            return (way for item in items for way in search.ways(_negated(item), spot))
        case Or(items=items):
            return search.reach(map(_negated, items), spot)
        case Compare(op=op) as inner:
            return search.ways(replace(inner, op=_FLIPPED[op]), spot)
        case Result(what="measure") as inner if (definition := _measure(search, inner, spot)) is not None:
            return search.ways(_negated(definition.value), spot)
        case Happened() as inner:
            return _undone(search, inner, spot)
    return ()


def _negated(expr: Expr) -> Expr:
    return expr.item if isinstance(expr, Not) else Not(expr)


def _undone(search: Searching, expr: Happened, spot: Spot) -> Iterator[Steps]:
    """`S without T` no longer selects anything once T comes; `at most 2 times` no longer holds after a third."""
    often = expr.often
    if often is not None and often.op in ("<=", "<", "=="):
        yield from search.ways(replace(expr, often=replace(often, op=">" if often.op != "<" else ">=")), spot)
    for part in expr.selection.test.walk():
        if isinstance(part, Near) and part.relation == "without":
            yield from _events(search, part.anchor, spot)


# --- events -----------------------------------------------------------------------------------------------------------


def _happened(search: Searching, expr: Happened, spot: Spot) -> Iterator[Steps]:
    often = expr.often
    if often is None:
        yield from happenings(search, expr.selection, spot)
    elif often.unit == "contacts" and often.op in (">=", ">", "=="):
        yield from _by_several(search, expr, spot)
    elif often.op in (">=", ">", "=="):
        for way in _events(search, expr.selection, spot):
            yield from _repeated(search, expr, spot, way)


def happenings(search: Searching, selection: Selection, spot: Spot) -> Iterator[Steps]:
    """One event that is selected; where it must come after another one that has not, both."""
    yield from _events(search, selection, spot)
    lasting = search.evaluation(spot).lasting
    anchors: list[Selection] = lasting.remembered(selection, "anchors", lambda: _anchors(selection))
    for anchor in anchors:
        for first in islice(_events(search, anchor, spot), TIMES):
            after = spot._replace(given=first)
            yield from _events(search, selection, after)


def _anchors(selection: Selection) -> list[Selection]:
    """What must come before or after what is selected."""
    near = (part for part in selection.test.walk() if isinstance(part, Near))
    return [part.anchor for part in near if part.relation in ("after", "before")]


def _events(search: Searching, selection: Selection, spot: Spot) -> Iterator[Steps]:
    for step in doings(search.evaluation(spot), selection, search.row(spot), spot.given):
        yield in_order([*spot.given, step])


def _repeated(search: Searching, expr: Happened, spot: Spot, way: Steps) -> Iterator[Steps]:
    """The same event as often as it takes; an event of now is on one day and in one week only."""
    assert expr.often is not None
    added = [step for step in way if step not in spot.given]
    for times in range(1, TIMES + 1) if expr.often.unit == "times" else (1,):
        several = in_order([*spot.given, *(added * times)])
        if times >= _lacking(search, expr, spot) and search.holds(expr, spot._replace(given=several)):
            yield several
            return


def _lacking(search: Searching, expr: Happened, spot: Spot) -> float:
    """How many events are missing at least."""
    assert expr.often is not None
    count = search.number(expr.often.count, spot)
    there = len(search.evaluation(spot).select(expr.selection, search.row(spot)).events)
    return math.inf if count is None else count - there


def _by_several(search: Searching, expr: Happened, spot: Spot) -> Iterator[Steps]:
    """The same thing by one more person after the other, until they are enough."""
    evaluation, row = search.evaluation(spot), search.row(spot)
    counted = {event.lead.id for event in evaluation.select(expr.selection, row).events if event.lead is not None}
    first: dict[str, Steps] = {}
    for way in _events(search, expr.selection, spot):
        who = next(step.contact_id for step in way if step not in spot.given)
        if who is not None and who not in counted:
            first.setdefault(who, way)
    for several in range(1, min(TIMES, len(first)) + 1):
        chosen = [_united(some) for some in islice(combinations(first.values(), several), TIMES)]
        holding = [way for way in chosen if search.holds(expr, spot._replace(given=way))]
        if holding:
            yield from holding
            return


def _united(ways: Iterable[Steps]) -> Steps:
    found: Steps = ()
    for way in ways:
        found = both(found, way)
    return found


# --- numbers and results ----------------------------------------------------------------------------------------------


def _compare(search: Searching, expr: Compare, spot: Spot) -> Iterable[Steps]:
    """A number that must be larger (or, on the other side, what it must not exceed)."""
    return search.reach([expr], spot) if expr.left.kind == "number" else ()


def _in_range(search: Searching, expr: InRange, spot: Spot) -> Iterable[Steps]:
    return () if expr.low is None else search.ways(Compare(">=", expr.item, expr.low), spot)


def _in_set(search: Searching, expr: InSet, spot: Spot) -> Iterator[Steps]:
    """To be at one of some stages, or to have one of some grades."""
    item = expr.item
    if not isinstance(item, Result):
        return
    there = owner(search, item, spot)
    if there is None:
        return
    model = search.evaluation(spot).model
    if item.what == "stage" and (ladder := model.stages(item.level)) is not None:
        for stage in ladder.stages:
            if stage.name in expr.values and stage.name != DISQUALIFIED:
                yield from search.ways(stage.condition, there)
    if item.what == "grade":
        grade = next(grade for grade in model.grades(item.level) if grade.name == item.name)
        axes = [search.raises(axis.value, there) for axis in grade.axes]
        pairs = (
            both(one, other)
            for number, ways in enumerate(axes)
            for one in ways
            for rest in axes[number + 1 :]
            for other in rest
        )
        yield from (way for ways in axes for way in ways if search.holds(expr, spot._replace(given=way)))
        yield from islice((way for way in pairs if search.holds(expr, spot._replace(given=way))), TIMES)


def _result(search: Searching, expr: Result, spot: Spot) -> Iterable[Steps]:
    """A measure that is a condition."""
    definition, there = _measure(search, expr, spot), owner(search, expr, spot)
    return () if definition is None or there is None else search.ways(definition.value, there)


def _measure(search: Searching, expr: Result, spot: Spot) -> Measure | None:
    measures = search.evaluation(spot).model.measures(expr.level)
    return next((item for item in measures if expr.what == "measure" and item.name == expr.name), None)


def owner(search: Searching, expr: Result, spot: Spot) -> Spot | None:
    """Whose result it is: in a rule of leads it may be that of the account."""
    if expr.level == spot.level:
        return spot
    account = search.row(spot).account
    return None if account is None else Spot(expr.level, account.id, spot.given)


def _default(search: Searching, expr: Default, spot: Spot) -> Iterable[Steps]:
    return search.ways(expr.item, spot)


# --- leads ------------------------------------------------------------------------------------------------------------


def _leads(search: Searching, expr: LeadAggregate, spot: Spot) -> Iterator[Steps]:
    if expr.what is None or expr.function not in ("any", "all"):
        return
    if expr.function == "any":
        yield from joining(search, expr.what, spot)
        return
    evaluation, row = search.evaluation(spot), search.row(spot)
    united: list[Steps] = [spot.given]
    for lead in leads_of(evaluation, row):
        there = Spot("lead", lead.id, spot.given)
        ways = search.ways(expr.what, there)[:2]
        united = [both(way, one) for way in united for one in ways][:TIMES]
    yield from united


def joining(
    search: Searching, where: Expr | None, spot: Spot, fields: Mapping[str, Any] | None = None, new: int = 1
) -> Iterator[Steps]:
    """One more lead of whom a condition holds: of those who are there, or one of so many who are new."""
    evaluation, row = search.evaluation(spot), search.row(spot)
    if row.account is None:
        return
    wanted = {**asked_of(where), **(fields or {})}
    if where is not None:
        known = (
            Spot("lead", lead.id, spot.given) for lead in leads_of(evaluation, row) if _has(evaluation, lead, fields)
        )
        found = (search.ways(where, there) for there in known if not search.holds(where, there))
        for ways in islice(filter(None, found), PEOPLE):
            yield from ways
    for number in range(1, new + 1):
        step = someone(evaluation, row.account, wanted, number)
        there = Spot("lead", str(step.contact_id), in_order([*spot.given, step]))
        yield from ([there.given] if where is None else search.ways(where, there))


def _has(evaluation: Evaluation, lead: Lead, fields: Mapping[str, Any] | None) -> bool:
    return all(comparable(evaluation.field(lead, name)) == comparable(value) for name, value in (fields or {}).items())


CONDITIONS: Mapping[type[Expr], Finding] = {
    And: _all,
    Or: _any,
    SomeOf: _some,
    Not: _not,
    Happened: _happened,
    Compare: _compare,
    InRange: _in_range,
    InSet: _in_set,
    Result: _result,
    Default: _default,
    LeadAggregate: _leads,
}
"""How each kind of condition is made to hold."""
