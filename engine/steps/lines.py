"""Ways to make a score larger: lines that could pay, or pay more, and those that take something away."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ..model import And, Block, Const, Each, Expr, Line, Not, SetTo, Times
from .conditions import happenings, joining
from .spots import Searching, Spot
from .step import Steps

Conditions = tuple[Expr, ...]


def paying(search: Searching, items: Sequence[Line | Block], spot: Spot) -> Iterator[Steps]:
    """Ways by which a score would be larger: by the lines first that could give most."""
    for line, under in sorted(_lines(items), key=lambda found: -_worth(found[0])):
        yield from _line(search, line, spot, under)


def _lines(items: Sequence[Line | Block], under: Conditions = ()) -> Iterator[tuple[Line, Conditions]]:
    """All lines with the conditions of the blocks around them."""
    for item in items:
        if isinstance(item, Line):
            yield item, under
        else:
            yield from _lines(item.items, under if item.condition is None else (*under, item.condition))


def _worth(line: Line) -> float:
    """The points that a line gives as it is written; what must be worked out may be any number."""
    value = line.effect.value
    return abs(value.value) if isinstance(value, Const) and isinstance(value.value, float) else math.inf


def _line(search: Searching, line: Line, spot: Spot, under: Conditions) -> Iterator[Steps]:
    value = line.effect.value
    worth = search.number(value, spot) if line.each is None else None
    takes = worth is not None and worth < (1.0 if isinstance(line.effect, Times) else 0.0)
    if line.each is not None:
        yield from _beneath(search, under, spot, _each(search, line.each, spot))
    elif line.condition is None:
        return
    elif takes and search.holds(line.condition, spot):
        yield from search.ways(Not(line.condition), spot)
    elif not takes or isinstance(line.effect, SetTo):
        whole = And((*under, line.condition))
        if not search.holds(whole, spot):
            yield from search.ways(whole, spot)
        else:
            yield from search.raises(value, spot)
            if line.decay is not None and line.decay.ages_by is not None:
                yield from happenings(search, line.decay.ages_by, spot)


def _each(search: Searching, each: Each, spot: Spot) -> Iterator[Steps]:
    if each.leads is not None:
        yield from joining(search, each.leads.where, spot)
    elif each.selection is not None:
        yield from happenings(search, each.selection, spot)


def _beneath(search: Searching, under: Conditions, spot: Spot, ways: Iterator[Steps]) -> Iterator[Steps]:
    """The ways of a line, with what it takes that the conditions around it hold."""
    for way in ways:
        there = spot._replace(given=way)
        yield from search.ways(And(under), there) if under and not search.holds(And(under), there) else (way,)
