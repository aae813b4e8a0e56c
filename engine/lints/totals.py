"""Between which totals a line, a block and a score always lie: caps, groups, first of, best of, multipliers, clamp."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import zip_longest
from math import ceil, inf

from ...grammar.late_methods import dataclass
from ..model import (
    MICROS,
    AgeWindow,
    And,
    AtMost,
    Block,
    Bound,
    Const,
    Cooldown,
    Each,
    Expr,
    LeadSet,
    Line,
    Points,
    Score,
    Selection,
    SetTo,
    Times,
)
from .exclusive import sum_of
from .facts import micros
from .intervals import ONE, ZERO, Interval, hull, in_units, product, total
from .tallies import fixed

Value = Callable[[Expr], Interval]
"""The interval of an expression in the rows of the score."""

PERIODS = {"day": MICROS["day"], "week": MICROS["week"], "month": 28 * MICROS["day"]}


def is_always(condition: Expr | None) -> bool:
    """`always`, or what comes to the same by its form."""
    match condition:
        case Const(value=True, param=None):
            return True
        case And(items=items):
            return all(is_always(item) for item in items)
    return False


@dataclass(frozen=True)
class Parts:
    """What the items of a block give: the sum of the additive ones, the factors, and the totals that `set` may put."""

    points: Interval = ZERO
    factors: tuple[Interval, ...] = ()
    sets: tuple[Interval, ...] = ()
    sure: bool = False

    def beside(self, other: Parts) -> Parts:
        """Both, where both count."""
        return Parts(
            total([self.points, other.points]),
            self.factors + other.factors,
            self.sets + other.sets,
            self.sure or other.sure,
        )

    def perhaps(self) -> Parts:
        """The same, where it may not count at all."""
        return Parts(hull([self.points, ZERO]), tuple(hull([factor, ONE]) for factor in self.factors), self.sets)

    def total(self) -> Interval:
        """The sum, each factor after the other, then `set`; all in whole units."""
        points = self.points
        for factor in self.factors:
            points = in_units(product(points, factor))
        return hull([points, *self.sets])


def score(rule: Score, value: Value) -> Interval:
    """The interval of a score after its clamp; a score is never missing."""
    points = _within(rule.bounds, rule.items, parts(rule.items, value).total(), value)
    return replace(points.clamped(rule.low, rule.high), may_miss=False)


def parts(items: tuple[Line | Block, ...], value: Value) -> Parts:
    """What several items give together."""
    found = Parts()
    perhaps: list[tuple[Line | Block, Interval]] = []
    for item in items:
        part = item_parts(item, value)
        if part.sure or part.sets or part.factors:
            found = found.beside(part)
        else:
            perhaps.append((item, part.points))
    return found.beside(Parts(sum_of(perhaps)))


def item_parts(item: Line | Block, value: Value) -> Parts:
    """What a line or a block gives to the block around it."""
    if isinstance(item, Line):
        return _line(item, value)
    match item.kind:
        case "when":
            return parts(item.items, value).perhaps()
        case "first" | "best":
            return _one_of([item_parts(inner, value) for inner in item.items])
    inside = parts(item.items, value)
    points = _within(item.bounds, item.items, inside.total(), value)
    found = Parts(points, sure=inside.sure)
    return found if inside.sure else found.perhaps()


def _one_of(choices: list[Parts]) -> Parts:
    """Only one of them counts, or none."""
    maybe = [choice.perhaps() for choice in choices]
    if not maybe:
        return Parts()
    return Parts(
        hull(choice.points for choice in maybe),
        tuple(hull(each) for each in zip_longest(*(choice.factors for choice in maybe), fillvalue=ONE)),
        tuple(item for choice in maybe for item in choice.sets),
    )


def _line(line: Line, value: Value) -> Parts:
    sure = is_always(line.condition)
    match line.effect:
        case Times(value=expr):
            factor = value(expr)
            may_not = factor.may_miss or factor.low < 0
            factor = in_units(factor)
            known = replace(factor, low=max(0.0, factor.low), high=max(0.0, factor.high))
            found = Parts(factors=(known,), sure=sure)
            return found if sure and not may_not else replace(found.perhaps(), sure=sure)
        case SetTo(value=expr):
            return Parts(sets=(in_units(value(expr)),), sure=sure)
        case Points(value=expr):
            points = line_points(line, value(expr), value)
            return Parts(points if sure else hull([points, ZERO]), sure=sure)
    raise AssertionError(line.effect)


def line_points(line: Line, points: Interval, value: Value) -> Interval:
    """What a line gives where it holds, after decay and its own bounds, in whole units."""
    found = in_units(hull([points, ZERO]) if line.decay or points.may_miss else points)
    if line.each is not None:
        found = product(hull([found, ZERO]), Interval(0, most_counted(line), may_miss=False))
    for bound in in_order(line.bounds):
        found = bounded(found, bound, value)
    if points.may_miss:
        found = hull([found, ZERO])  # what is missing gives nothing, and no bound acts on it
    return replace(found, may_miss=False)


def bounded(points: Interval, bound: Bound, value: Value) -> Interval:
    """A total after a `max` or `min`; a bound that may be missing may not act."""
    if bound.per is not None:
        return _periodic(points, bound, value)
    limit = in_units(value(bound.value))
    within = points.clamped(None, limit.high) if bound.kind == "max" else points.clamped(limit.low, None)
    reached = within.clamped(None, limit.low) if bound.kind == "max" else within.clamped(limit.high, None)
    return hull([within, reached, *([points] if limit.may_miss else [])])


def in_order(bounds: tuple[Bound, ...]) -> list[Bound]:
    """Bounds as they act: those per period first (decision 3)."""
    return sorted(bounds, key=lambda bound: bound.per is None)


def _within(bounds: tuple[Bound, ...], items: tuple[Line | Block, ...], points: Interval, value: Value) -> Interval:
    """The total of a block after its bounds.

    Where lines or groups below have bounds of their own, what these leave of each period is not known: a `max` per
    period may then lower a total beyond what it can be in all.
    """
    mixed = any(_is_bounded(item) for item in items)
    for bound in in_order(bounds):
        points = bounded(points, bound, value)
        if bound.per is not None and mixed:
            points = replace(points, low=-inf) if bound.kind == "max" else replace(points, high=inf)
    return points


def _is_bounded(item: Line | Block) -> bool:
    return bool(item.bounds) or (isinstance(item, Block) and any(_is_bounded(inner) for inner in item.items))


def _periodic(points: Interval, bound: Bound, value: Value) -> Interval:
    """Bounds of periods move the sum of each towards 0, unless a `max` is below it or a `min` above."""
    limit = in_units(value(bound.value))
    if bound.kind == "max" and limit.low < 0:
        return replace(points, low=-inf)
    if bound.kind == "min" and limit.high > 0:
        return replace(points, high=inf)
    return points


# --- how many can count -----------------------------------------------------------------------------------------------


def most_counted(line: Line) -> float:
    """How many events, groups or leads an `each` line can count at most."""
    each = line.each
    if each is None:
        return 1.0
    if each.leads is not None:
        return most_leads(each.leads)
    window = _window(each)
    limits = [inf]
    if each.selection is not None and each.unit == "event":
        limits.append(most_events(each.selection))
    if each.unit in PERIODS:
        limits.append(_periods(window, each.unit))
    limits += [_allowed(limit, window) for limit in line.at_most]
    return min(limits)


def _allowed(limit: AtMost | Cooldown, window: float) -> float:
    if isinstance(limit, Cooldown):
        return window / limit.length + 1 if limit.length > 0 else inf
    count = fixed(limit.count)
    return inf if count is None or limit.per not in PERIODS else max(0.0, count) * _periods(window, limit.per)


def _periods(window: float, unit: str) -> float:
    """How many calendar periods a window can touch (a change of the clocks may add one)."""
    return inf if window == inf else ceil(window / PERIODS[unit]) + 2


def _window(each: Each) -> float:
    """The width of the window, in microseconds."""
    test = each.selection.test if each.selection is not None else None
    tests = test.items if isinstance(test, And) else (test,)
    widths = [micros(item.high) for item in tests if isinstance(item, AgeWindow) and item.high and _sure(item)]
    return max(0.0, min(widths, default=inf))


def _sure(window: AgeWindow) -> bool:
    return window.high is not None and fixed(window.high.count) is not None


def most_events(selection: Selection) -> float:
    """How many events a selection can select."""
    if selection.which is None:
        return inf
    count = selection.which[1]
    number = 1.0 if count is None else fixed(count)
    return inf if number is None else max(0.0, number)


def most_leads(leads: LeadSet) -> float:
    """How many leads a set can hold."""
    number = fixed(leads.count) if leads.end is not None else None
    return inf if number is None else max(0.0, number)
