"""What takes little room: whole numbers of events that are small for certain are kept in half of it. Whoever reads
them has them as wide as all others, so that nothing that is made of them can overflow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ..model import Conditional, Const, Default, Expr, Missing
from .scalars import Call, Column, OfText, call, rewrite
from .steps import DecayStep, Join, Query, Relation, Source, Step, rebuilt

_SMALL = 2**31
_LARGEST = 2**63
_MOST_MONTHS = 12 * 2**31 // 365
"""Of a date, which engines count in days."""


def compacted(
    steps: Iterable[Step | DecayStep], relation: str, made: Mapping[str, Expr], keys: Iterable[str]
) -> Iterator[Step | DecayStep]:
    """The steps, of which one makes a relation that takes as little room as can be told from what its columns are
    `made` of. `keys` are numbers of rows: those who have fewer than 2^31 rows have small ones."""
    small = frozenset([*keys, *(name for name, expr in made.items() if _is_small(name, expr, made))])
    for step in steps:
        if step.name == relation:
            assert isinstance(step, Step)
            yield replace(step, relation=_narrow(step.relation, small))
        elif isinstance(step, DecayStep):
            yield replace(step, ages=_wide(step.ages, relation, small))
        else:
            yield replace(step, relation=rebuilt(step.relation, lambda query: _wide(query, relation, small)))


def _narrow(relation: Relation, small: frozenset[str]) -> Relation:
    def narrowed(query: Query) -> Query:
        columns = ((name, call("narrow", expr) if name in small else expr) for name, expr in query.columns)
        return replace(query, columns=tuple(columns))

    return rebuilt(relation, narrowed)


def _wide(query: Query, relation: str, small: frozenset[str]) -> Query:
    """The query, which reads small columns of the relation as wide ones."""

    def below(query: Query) -> Query:
        return _wide(query, relation, small)

    def widened(expr: Expr) -> Expr | None:
        if isinstance(expr, Missing) and isinstance(expr.item, Column):
            return expr
        is_small = isinstance(expr, Column) and expr.table in aliases and expr.name in small
        return call("wide", expr) if is_small else None

    read: tuple[Source | Join, ...] = (query.source, *query.joins)
    aliases = {each.alias for each in read if each.relation == relation}
    inside = replace(
        query,
        source=replace(query.source, relation=rebuilt(query.source.relation, below)),
        joins=tuple(replace(join, relation=rebuilt(join.relation, below)) for join in query.joins),
    )
    if not aliases:
        return inside
    return replace(
        inside,
        columns=rewrite(query.columns, widened),
        joins=tuple(replace(join, on=rewrite(join.on, widened)) for join in inside.joins),
        where=rewrite(query.where, widened),
        group=rewrite(query.group, widened),
        order=rewrite(query.order, widened),
    )


# --- how large a number can be ----------------------------------------------------------------------------------


def _is_small(name: str, expr: Expr, made: Mapping[str, Expr]) -> bool:
    return expr.kind == "timestamp" and _size(expr, made) < _SMALL


def _size(expr: Expr, made: Mapping[str, Expr]) -> int:
    """What the size of a whole number does not exceed, whatever the data are."""
    match expr:
        case Const(value=int() as value):
            return abs(value)
        case Column(table="e", name=name) if name in made and made[name] != expr:
            return _size(made[name], made)
        case Conditional(value=value, other=other):
            return max(_size(value, made), 0 if other is None else _size(other, made))
        case Default(item=item, fallback=fallback):
            return max(_size(item, made), _size(fallback, made))
        case OfText(values=values):
            return max((_size(value, made) for _, value in values), default=0)
        case Call(name="div" | "floor_div", args=(_, Const(value=int() as unit))) if unit > 0:
            return _LARGEST // unit + 1
        case Call(name="mod" | "floor_mod", args=(_, Const(value=int() as unit))) if unit > 0:
            return unit
        case Call(name="add" | "subtract", args=args):
            return sum(_size(arg, made) for arg in args)
        case Call(name="multiply", args=(left, right)):
            return _size(left, made) * _size(right, made)
        case Call(name="months"):
            return _MOST_MONTHS
    return _LARGEST
