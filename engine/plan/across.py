"""A plan at many instants at once: each relation that depends on when it is asked has a row for each of them.

A plan asks at one instant. Lifted over many, a relation that reads the instant, or one that does, has one more column:
the instant's number. What is joined, grouped, ranked or numbered within one instant stays within it. Nothing else
changes, so that a plan means at each of many instants what it means at that one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ...grammar.late_methods import dataclass
from ..model import Compare, Expr
from .scalars import Column, Over, both, rewrite
from .steps import (
    AT_HAND,
    CHAIN,
    DATA,
    EVERY,
    INSTANT,
    NUMBER,
    Chain,
    DecayStep,
    Join,
    Query,
    Relation,
    Source,
    Step,
    Union,
    Values,
    rebuilt,
)


@dataclass(frozen=True)
class By:
    """Over what a plan is lifted: the relation of all numbers, its alias, the column with the number, and the relations
    that have this column as they are."""

    relation: str
    alias: str
    number: str
    having: frozenset[str] = frozenset()


INSTANTS = By(INSTANT, "now", NUMBER)
POPULATIONS = By("populations", "one", "population number", frozenset(DATA))
"""People who have nothing to do with each other, at one instant: nobody is compared with those of another number."""


@dataclass(frozen=True)
class Lifted:
    """The steps of a plan over many instants: those that depend on none of them, after these those that depend on which
    there are in a stretch of time, then those that depend on which are at hand, and after these those by instant."""

    once: tuple[Step | DecayStep, ...]
    spanning: tuple[Step | DecayStep, ...]
    at_hand: tuple[Step | DecayStep, ...]
    each: tuple[Step | DecayStep, ...]

    @property
    def steps(self) -> tuple[Step | DecayStep, ...]:
        """All of them."""
        return (*self.once, *self.spanning, *self.at_hand, *self.each)


def across(steps: Iterable[Step | DecayStep], by: By = INSTANTS) -> Lifted:
    """The steps of a plan over all instants of the relation `instant`. Tables by age are the same at any time."""
    lift = _Lift(by)
    lifted = [lift.step(step) for step in steps]
    each = [step for step in lifted if step.name in lift.lifted or {by.relation, *lift.lifted} & {*step.reads}]
    spanning: dict[str, Step | DecayStep] = {}
    for step in lifted:
        if step not in each and {EVERY, *spanning} & {*step.reads}:
            spanning[step.name] = step
    at_hand: dict[str, Step | DecayStep] = {}
    for step in lifted:
        if step not in each and {AT_HAND, *at_hand} & {*step.reads}:
            at_hand[step.name] = step
    once = [step for step in lifted if step not in each and step.name not in {*at_hand, *spanning}]
    others = [step for step in spanning.values() if step.name not in at_hand]
    return Lifted(tuple(once), tuple(others), tuple(at_hand.values()), tuple(each))


class _Lift:
    def __init__(self, by: By) -> None:
        self._by = by
        self.lifted: set[str] = {CHAIN, *by.having}

    def step(self, step: Step | DecayStep) -> Step | DecayStep:
        if isinstance(step, DecayStep):
            return step
        if not self._depends(step.relation):
            return step
        self.lifted.add(step.name)
        return replace(step, relation=rebuilt(step.relation, self._query))

    def _query(self, query: Query) -> Query:
        """The query with a column for the number; its source's, or else once for each."""
        by = self._by
        joins = tuple(join for join in query.joins if join.relation != by.relation)
        from_source = self._depends(query.source.relation)
        number = self._number(query.source.alias if from_source else by.alias)
        if not from_source:
            first: tuple[Join, ...] = (Join(by.relation, by.alias, None, "cross"),)
        elif len(joins) < len(query.joins):
            first = (Join(by.relation, by.alias, _same(self._number(by.alias), number), "inner"),)
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
            columns=((by.number, number), *columns),
            source=Source(self._part(query.source.relation), query.source.alias),
            joins=(*first, *(self._join(join, number) for join in joins)),
            where=rewrite(query.where, within),
            group=(*query.group, number) if query.group else (),
        )

    def _join(self, join: Join, number: Expr) -> Join:
        if not self._depends(join.relation):
            return join
        same = _same(self._number(join.alias), number)
        on = same if join.on is None else both(join.on, same)
        return Join(self._part(join.relation), join.alias, on, "inner" if join.kind == "cross" else join.kind)

    def _part(self, relation: str | Query | Union | Values) -> str | Query | Union | Values:
        return rebuilt(relation, self._query) if self._depends(relation) else relation

    def _depends(self, relation: Relation | Values | str) -> bool:
        """Whether a relation has a row for each number: it reads the relation of numbers, or one that does."""
        match relation:
            case str():
                return relation == self._by.relation or relation in self.lifted
            case Values():
                return False
            case Union():
                return any(self._depends(part) for part in relation.parts)
            case Chain():
                return self._depends(relation.first)
        parts = (relation.source.relation, *(join.relation for join in relation.joins))
        return any(self._depends(part) for part in parts)

    def _number(self, alias: str) -> Column:
        return Column(table=alias, name=self._by.number, kind="timestamp")


def _same(left: Expr, right: Expr) -> Expr:
    return Compare(op="==", left=left, right=right)
