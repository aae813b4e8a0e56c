"""A plan at one instant: what depends on nothing else becomes constants, so that engines sort out rows as they read;
or for any instant, with values that are given when it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..model import Expr
from .scalars import Column, rewrite
from .steps import INSTANT, Chain, DecayStep, Query, Relation, Step, Union, Values

Constants = Mapping[str, Expr]
"""The columns of the relation `instant`."""

Part = str | Query | Union | Values


def at_instant(step: Step | DecayStep, constants: Constants) -> Step | DecayStep:
    """The step with the constants in place of the relation."""
    if isinstance(step, DecayStep):
        return replace(step, ages=_fixed_query(step.ages, constants))
    return replace(step, relation=_fixed(step.relation, constants))


def _fixed(relation: Relation, constants: Constants) -> Relation:
    match relation:
        case Query():
            return _fixed_query(relation, constants)
        case Union():
            return _fixed_union(relation, constants)
        case Chain():
            return Chain(_fixed_query(relation.first, constants), _fixed_query(relation.next, constants))


def _fixed_part(part: Part, constants: Constants) -> Part:
    """What a query reads, queries of its own included."""
    match part:
        case Query():
            return _fixed_query(part, constants)
        case Union():
            return _fixed_union(part, constants)
    return part


def _fixed_union(union: Union, constants: Constants) -> Union:
    return Union(tuple(_fixed_query(part, constants) for part in union.parts))


def _fixed_query(query: Query, constants: Constants) -> Query:
    nows = {join.alias for join in query.joins if join.relation == INSTANT}

    def constant(expr: Expr) -> Expr | None:
        return constants[expr.name] if isinstance(expr, Column) and expr.table in nows else None

    joins = tuple(
        replace(join, relation=_fixed_part(join.relation, constants), on=rewrite(join.on, constant))
        for join in query.joins
        if join.alias not in nows
    )
    return replace(
        query,
        columns=rewrite(query.columns, constant),
        source=replace(query.source, relation=_fixed_part(query.source.relation, constants)),
        joins=joins,
        where=rewrite(query.where, constant),
        group=rewrite(query.group, constant),
    )
