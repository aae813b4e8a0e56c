"""A plan at one instant: what depends on nothing else becomes constants, so that engines sort out rows as they read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from ..model import Const, Expr
from .scalars import Column, rewrite
from .steps import INSTANT, Chain, DecayStep, Query, Relation, Step, Union, Values

Constants = Mapping[str, Const]
"""The columns of the relation `instant`."""

SomeRelation = TypeVar("SomeRelation", bound=Relation | Values | str)


def at_instant(step: Step | DecayStep, constants: Constants) -> Step | DecayStep:
    """The step with the constants in place of the relation."""
    if isinstance(step, DecayStep):
        return replace(step, ages=_fixed(step.ages, constants))
    return replace(step, relation=_fixed(step.relation, constants))


def _fixed(relation: SomeRelation, constants: Constants) -> SomeRelation:
    match relation:
        case Query():
            return _fixed_query(relation, constants)  # type: ignore[return-value]
        case Union():
            return replace(relation, parts=tuple(_fixed_query(part, constants) for part in relation.parts))
        case Chain():
            first, more = _fixed_query(relation.first, constants), _fixed_query(relation.next, constants)
            return replace(relation, first=first, next=more)
    return relation


def _fixed_query(query: Query, constants: Constants) -> Query:
    nows = {join.alias for join in query.joins if join.relation == INSTANT}

    def constant(expr: Expr) -> Expr | None:
        return constants[expr.name] if isinstance(expr, Column) and expr.table in nows else None

    joins = tuple(
        replace(join, relation=_fixed(join.relation, constants), on=rewrite(join.on, constant))
        for join in query.joins
        if join.alias not in nows
    )
    return replace(
        query,
        columns=rewrite(query.columns, constant),
        source=replace(query.source, relation=_fixed(query.source.relation, constants)),
        joins=joins,
        where=rewrite(query.where, constant),
        group=rewrite(query.group, constant),
    )
