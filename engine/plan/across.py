"""A plan at many instants at once: each relation that depends on when it is asked has a row for each of them.

A plan asks at one instant. Lifted over many, a relation that reads the instant, or one that does, has one more column:
the instant's number. What is joined, grouped, ranked or numbered within one instant stays within it. Nothing else
changes, so that a plan means at each of many instants what it means at that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace

from ..model import Compare, Expr
from .scalars import Column, Over, both, rewrite
from .steps import CHAIN, INSTANT, Chain, DecayStep, Join, Query, Relation, Source, Step, Union, Values

NUMBER = "instant number"
"""The column with the number of the instant; no property can have this name."""


@dataclass(frozen=True)
class Lifted:
    """The steps of a plan over many instants: those that depend on none of them, and after these those by instant."""

    once: tuple[Step | DecayStep, ...]
    each: tuple[Step | DecayStep, ...]


def across(steps: Iterable[Step | DecayStep]) -> Lifted:
    """The steps of a plan over all instants of the relation `instant`. Tables by age are the same at any time."""
    lift = _Lift()
    lifted = [lift.step(step) for step in steps]
    each = [step for step in lifted if step.name in lift.by_instant or {INSTANT, *lift.by_instant} & {*step.reads}]
    return Lifted(tuple(step for step in lifted if step not in each), tuple(each))


class _Lift:
    def __init__(self) -> None:
        self.by_instant: set[str] = {CHAIN}

    def step(self, step: Step | DecayStep) -> Step | DecayStep:
        if isinstance(step, DecayStep):
            return step
        if not _depends(step.relation, self.by_instant):
            return step
        self.by_instant.add(step.name)
        return replace(step, relation=self._relation(step.relation))

    def _relation(self, relation: Relation) -> Relation:
        match relation:
            case Query():
                return self._query(relation)
            case Union():
                return self._union(relation)
            case Chain():
                return Chain(self._query(relation.first), self._query(relation.next))

    def _union(self, union: Union) -> Union:
        return Union(tuple(self._query(part) for part in union.parts))

    def _query(self, query: Query) -> Query:
        """The query with a column for the instant; by its source's, or else once for each."""
        joins = tuple(join for join in query.joins if join.relation != INSTANT)
        from_source = self._has_instant(query.source.relation)
        number = _number(query.source.alias if from_source else "now")
        if not from_source:
            first: tuple[Join, ...] = (Join(INSTANT, "now", None, "cross"),)
        elif len(joins) < len(query.joins):
            first = (Join(INSTANT, "now", _same(_number("now"), number), "inner"),)
        else:
            first = ()

        def within(expr: Expr) -> Expr | None:
            if not isinstance(expr, Over):
                return None
            if expr.across:
                return expr
            inside = rewrite((expr.item, expr.partition, expr.order, expr.frame), within)
            item, partition, order, frame = inside
            return replace(expr, item=item, partition=(*partition, number), order=order, frame=frame)

        columns = tuple((name, rewrite(expr, within)) for name, expr in query.columns)
        return replace(
            query,
            columns=((NUMBER, number), *columns),
            source=Source(self._part(query.source.relation), query.source.alias),
            joins=(*first, *(self._join(join, number) for join in joins)),
            where=rewrite(query.where, within),
            group=(*query.group, number) if query.group else (),
        )

    def _join(self, join: Join, number: Expr) -> Join:
        if not self._has_instant(join.relation):
            return join
        same = _same(_number(join.alias), number)
        on = same if join.on is None else both(join.on, same)
        return Join(self._part(join.relation), join.alias, on, "inner" if join.kind == "cross" else join.kind)

    def _part(self, relation: str | Query | Union | Values) -> str | Query | Union | Values:
        if isinstance(relation, (Query, Union)) and self._has_instant(relation):
            return self._query(relation) if isinstance(relation, Query) else self._union(relation)
        return relation

    def _has_instant(self, relation: str | Query | Union | Values) -> bool:
        return _depends(relation, self.by_instant)


def _depends(relation: Relation | Values | str, by_instant: Set[str]) -> bool:
    """Whether a relation reads the instant, or a relation by instant."""
    match relation:
        case str():
            return relation == INSTANT or relation in by_instant
        case Values():
            return False
        case Union():
            return any(_depends(part, by_instant) for part in relation.parts)
        case Chain():
            return _depends(relation.first, by_instant)
    parts = (relation.source.relation, *(join.relation for join in relation.joins))
    return any(_depends(part, by_instant) for part in parts)


def _number(alias: str) -> Column:
    return Column(table=alias, name=NUMBER, kind="timestamp")


def _same(left: Expr, right: Expr) -> Expr:
    return Compare(op="==", left=left, right=right)
