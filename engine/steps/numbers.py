"""Ways to make a number larger: the score that it reads, the events or leads that it is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from ..interpreter.keys import comparable
from ..interpreter.rows import lead_row
from ..model import (
    Arith,
    Cases,
    Conditional,
    Coverage,
    Default,
    EventAggregate,
    Expr,
    Field,
    Function,
    LeadAggregate,
    Lookup,
    Measure,
    Result,
    Score,
    Weighted,
)
from .conditions import happenings, joining, owner
from .lines import paying
from .people import leads_of
from .spots import Searching, Spot
from .step import Steps

FEW = 5
"""How many ways of one lead are tried for a number made of many."""

Finding = Callable[[Searching, Any, Spot], Iterable[Steps]]


def _result(search: Searching, expr: Result, spot: Spot) -> Iterable[Steps]:
    there = owner(search, expr, spot)
    if there is None:
        return ()
    model = search.evaluation(spot).model
    definitions: list[Score | Measure] = [*model.scores(expr.level), *model.measures(expr.level)]
    found = next((item for item in definitions if item.name == expr.name), None)
    if isinstance(found, Score):
        return paying(search, found.items, there)
    return () if found is None else search.raises(found.value, there)


def _arith(search: Searching, expr: Arith, spot: Spot) -> Iterator[Steps]:
    """The left side, and the right one where that makes it more: what is taken away cannot be undone."""
    yield from search.raises(expr.left, spot)
    if expr.op in ("+", "*"):
        yield from search.raises(expr.right, spot)


def _function(search: Searching, expr: Function, spot: Spot) -> Iterator[Steps]:
    for arg in expr.args:
        yield from search.raises(arg, spot)


def _lookup(search: Searching, expr: Lookup, spot: Spot) -> Iterator[Steps]:
    for arg in expr.args:
        yield from search.raises(arg, spot)


def _weighted(search: Searching, expr: Weighted, spot: Spot) -> Iterator[Steps]:
    for value, _ in expr.terms:
        yield from search.raises(value, spot)


def _default(search: Searching, expr: Default, spot: Spot) -> Iterable[Steps]:
    return search.raises(expr.item, spot)


def _conditional(search: Searching, expr: Conditional, spot: Spot) -> Iterator[Steps]:
    yield from search.ways(expr.condition, spot)
    yield from search.raises(expr.value, spot)


def _cases(search: Searching, expr: Cases, spot: Spot) -> Iterator[Steps]:
    for condition, value in expr.items:
        if search.holds(condition, spot):
            yield from search.raises(value, spot)
            return
        yield from search.ways(condition, spot)


def _of_events(search: Searching, expr: EventAggregate, spot: Spot) -> Iterable[Steps]:
    return () if expr.function == "days_since" else happenings(search, expr.selection, spot)


def _of_leads(search: Searching, expr: LeadAggregate, spot: Spot) -> Iterator[Steps]:
    """More of the leads that count, or more of what they give."""
    if expr.what is not None:
        for lead in leads_of(search.evaluation(spot), search.row(spot))[:FEW]:
            there = Spot("lead", lead.id, spot.given)
            yield from islice(search.best(expr.what, there), FEW)
            if expr.function == "share":
                yield from islice(search.ways(expr.what, there), FEW)
    if expr.leads.where is not None or expr.what is None:
        yield from joining(search, expr.leads.where, spot, new=2 if expr.function == "count" else 1)


def _coverage(search: Searching, expr: Coverage, spot: Spot) -> Iterator[Steps]:
    """Each value that no lead takes yet: by a lead who has it, or by someone new."""
    evaluation, row = search.evaluation(spot), search.row(spot)
    taken = {comparable(evaluation.value(expr.what, lead_row(lead))) for lead in evaluation.leads(expr.leads, row)}
    if not isinstance(expr.what, Field):
        return
    for value in expr.values:
        if value is not None and comparable(value) not in taken:
            yield from joining(search, expr.leads.where, spot, {expr.what.name: value})


NUMBERS: Mapping[type[Expr], Finding] = {
    Result: _result,
    Arith: _arith,
    Function: _function,
    Lookup: _lookup,
    Weighted: _weighted,
    Default: _default,
    Conditional: _conditional,
    Cases: _cases,
    EventAggregate: _of_events,
    LeadAggregate: _of_leads,
    Coverage: _coverage,
}
"""How each kind of number is made larger."""
