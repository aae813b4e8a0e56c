"""Numbers made of leads, and the standing of an entity among all (decisions 33 to 37)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import field
from types import MappingProxyType
from typing import Any

from ...grammar.late_methods import dataclass
from ..model import Coverage, Expr, LeadAggregate, LeadSet, Standing
from ..records import Value
from ..rounding import to_units
from .aggregates import known, summary
from .keys import comparable, key_of
from .numbers import divide
from .people import Lead
from .rows import Context, Row, lead_row
from .selections import whole
from .tables import index_of


def members(context: Context, leads: LeadSet, row: Row) -> Sequence[Lead]:
    """The leads that a set has: those that pass `where`, then the top or bottom ones by a key."""
    assert row.account is not None
    found = [lead for lead in row.account.leads if context.belongs(leads, lead)]
    return found if leads.by is None else _ranked(context, leads, row, found)


def belongs(context: Context, leads: LeadSet, lead: Lead) -> bool:
    """Whether a lead of an account is in a set, before it is ranked: no disqualified one is."""
    if context.disqualified(lead) is not None:
        return False
    return leads.where is None or context.holds(leads.where, lead_row(lead))


def _ranked(context: Context, leads: LeadSet, row: Row, found: Sequence[Lead]) -> Sequence[Lead]:
    """Sorting twice keeps the order of ids among equal keys; a lead without a key is not ranked."""
    assert leads.by is not None
    key: Expr = leads.by
    keyed: list[tuple[Any, Lead]] = [
        (value, lead) for lead in found if (value := key_of(context, key, lead_row(lead))) is not None
    ]
    keyed.sort(key=lambda pair: pair[1].id)
    keyed.sort(key=lambda pair: pair[0], reverse=leads.end == "top")
    kept = len(keyed) if leads.count is None else whole(context, leads.count, row)
    return [lead for _, lead in keyed[:kept]]


def lead_aggregate(context: Context, expr: LeadAggregate, row: Row) -> Value:
    rows = [lead_row(lead) for lead in context.leads(expr.leads, row)]
    if expr.what is None:
        return float(len(rows))
    if expr.function in ("any", "all", "share"):
        held = sum(context.holds(expr.what, each) for each in rows)
        return _quantified(expr.function, held, len(rows))
    return summary(expr.function, expr.what, known(context, expr.what, rows))


def _quantified(function: str, held: int, size: int) -> Value:
    """Of no leads `any` and `all` are false, and the share is missing."""
    if function == "share":
        return divide(float(held), float(size))
    return held > 0 if function == "any" else 0 < held == size


def coverage(context: Context, expr: Coverage, row: Row) -> Value:
    """The share of the listed values that the leads take, each with its weight."""
    taken = {comparable(context.value(expr.what, lead_row(lead))) for lead in context.leads(expr.leads, row)}
    weights = {comparable(value): _weight(context, expr, value) for value in expr.values if value is not None}
    present = sum(weight for value, weight in weights.items() if value in taken)
    return divide(float(present), float(sum(weights.values())))


def _weight(context: Context, expr: Coverage, value: Value) -> int:
    if expr.weights is None:
        return 1
    weight = index_of(context, expr.weights).find([value])
    return to_units(weight) or 0 if isinstance(weight, float) else 0


Segments = Mapping[object, list[float]]
"""What is compared, by the value of `per`."""


@dataclass(frozen=True)
class Elsewhere:
    """Who is not to be worked out here, and what is compared of them."""

    ids: Collection[str] = ()
    compared: Segments = field(default_factory=dict)


NOBODY = Elsewhere()
OTHERS = "others"
"""Everybody else, by instant: a purpose for which this is kept where it is known."""


def standing(context: Context, expr: Standing, row: Row) -> Value:
    """`rank` and `percentile` among the entities of the row's level that are not disqualified and have a value."""
    own = row.owner()
    value, group = context.number(expr.what, own), _segment(context, expr, own)
    if value is None or group is None or context.disqualified(own.entity) is not None:
        return None
    return _placed(expr, _everyone(context, expr, own, group), value)


def standing_with(context: Context, expr: Standing, row: Row, other: float) -> Value:
    """The same, had it another value and all others theirs; of a row that has a standing."""
    own = row.owner()
    value, group = context.number(expr.what, own), _segment(context, expr, own)
    if value is None or group is None:
        return None
    everyone = [*_everyone(context, expr, own, group)]
    everyone.remove(value)
    insort(everyone, other)
    return _placed(expr, everyone, other)


def _placed(expr: Standing, everyone: list[float], value: float) -> Value:
    if expr.function == "rank":
        return float(1 + len(everyone) - bisect_right(everyone, value))
    return divide(100.0 * bisect_left(everyone, value), float(len(everyone)))


def _everyone(context: Context, expr: Standing, row: Row, group: object) -> list[float]:
    found: Segments = context.remembered(expr, "segments", lambda: _segments(context, expr, row))
    return found[group]


def _segments(context: Context, expr: Standing, row: Row) -> Segments:
    """The known values of all entities, sorted, by the value of `per`; those of whom nothing else is known included."""
    known: Mapping[int, Elsewhere] | None = context.lasting.remembered(expr, OTHERS, lambda: None)
    others = NOBODY if known is None else known[context.as_of]
    here = (each for each in context.population(row.level) if each.entity.id not in others.ids)
    return segmented(
        ((context.number(expr.what, each), _segment(context, expr, each)) for each in here), others.compared
    )


def segmented(compared: Iterable[tuple[float | None, object]], others: Segments = MappingProxyType({})) -> Segments:
    """The known values of those who have a group, by it, sorted; `others` are more of them."""
    segments = {group: [*values] for group, values in others.items()}
    for value, group in compared:
        if value is not None and group is not None:
            segments.setdefault(group, []).append(value)
    for values in segments.values():
        values.sort()
    return segments


def _segment(context: Context, expr: Standing, row: Row) -> object | None:
    return "" if expr.per is None else key_of(context, expr.per, row)


HANDLERS: Mapping[type[Expr], Callable[[Context, Any, Row], Value]] = {
    LeadAggregate: lead_aggregate,
    Coverage: coverage,
    Standing: standing,
}
