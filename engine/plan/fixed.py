"""A plan at one instant: what depends on nothing else becomes constants, so that engines sort out rows as they read;
or for any instant, with values that are given when it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..model import Expr
from .scalars import Column, rewrite
from .steps import INSTANT, DecayStep, Query, Step, rebuilt

Constants = Mapping[str, Expr]
"""The columns of the relation `instant`."""


def at_instant(step: Step | DecayStep, constants: Constants) -> Step | DecayStep:
    """The step with the constants in place of the relation."""

    def fixed(query: Query) -> Query:
        nows = {join.alias for join in query.joins if join.relation == INSTANT}

        def constant(expr: Expr) -> Expr | None:
            return constants[expr.name] if isinstance(expr, Column) and expr.table in nows else None

        joins = tuple(
            replace(join, relation=rebuilt(join.relation, fixed), on=rewrite(join.on, constant))
            for join in query.joins
            if join.alias not in nows
        )
        return replace(
            query,
            columns=rewrite(query.columns, constant),
            source=replace(query.source, relation=rebuilt(query.source.relation, fixed)),
            joins=joins,
            where=rewrite(query.where, constant),
            group=rewrite(query.group, constant),
        )

    if isinstance(step, DecayStep):
        return replace(step, ages=fixed(step.ages))
    return replace(step, relation=rebuilt(step.relation, fixed))
