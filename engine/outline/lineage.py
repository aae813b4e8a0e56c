"""Which columns of which steps stand behind a column of a plan: what it is made of, and what decides on its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field

from ...grammar.late_methods import dataclass
from ..model import Const, Expr
from ..plan.scalars import Column, leaves
from ..plan.steps import Chain, Plan, Query, Relation, Source, Step, Union, Values

Cell = tuple[str, str]
"""A column of a step; an empty name stands for its rows."""

Side = str | Relation | Values
_KEEP_ALL = "left"


class Lineage:
    """Answers for one plan. Nobody looks behind the columns named in `ends`: they are asked for by themselves."""

    def __init__(self, plan: Plan, ends: Iterable[str] = ()) -> None:
        self._steps = {step.name: step for step in plan.steps}
        self._ends = frozenset(ends)
        self._known: dict[Cell, frozenset[Cell]] = {}
        self._queries: dict[int, _Query] = {}  # by identity: to compare queries takes longer than to look into them

    def behind(self, relation: Side, name: str) -> frozenset[Cell]:
        """All cells behind a column of a relation."""
        if isinstance(relation, Values) or name in self._ends:
            return frozenset()
        if isinstance(relation, str):
            return self._of_step(relation, name)
        if isinstance(relation, Union):
            place = relation.names.index(name)
            return _all(self._column(part, part.names[place]) for part in relation.parts)
        if isinstance(relation, Chain):
            place = relation.names.index(name)
            return self.behind(relation.first, name) | self._column(relation.next, relation.next.names[place])
        return self._column(relation, name)

    def _of_step(self, step: str, name: str) -> frozenset[Cell]:
        cell = (step, name)
        if cell not in self._known:
            self._known[cell] = frozenset({cell})  # a walk reads itself
            made = self._steps.get(step)
            if name and isinstance(made, Step):
                self._known[cell] |= self.behind(made.relation, name) | self._of_step(step, "")
            elif not name and isinstance(made, Step):
                self._known[cell] |= self._rows(made.relation)
        return self._known[cell]

    def _column(self, query: Query, name: str) -> frozenset[Cell]:
        known = self._of_query(query)
        if name not in known.behind:
            known.behind[name] = self._read(known.sides, known.columns[name]) | self._rows(query)
        return known.behind[name]

    def _of_query(self, query: Query) -> _Query:
        if id(query) not in self._queries:
            self._queries[id(query)] = _Query(_sides(query), dict(query.columns))
        return self._queries[id(query)]

    def _read(self, sides: dict[str, Side], items: object) -> frozenset[Cell]:
        """What is behind all columns that expressions of a query read."""
        read = {(leaf.table, leaf.name) for leaf in leaves(items) if isinstance(leaf, Column)}
        return _all(self.behind(sides[table], name) for table, name in read if table in sides)

    def _rows(self, relation: Side) -> frozenset[Cell]:
        """What decides on the rows of a relation."""
        if isinstance(relation, str):
            return self._of_step(relation, "")
        if isinstance(relation, Values):
            return frozenset()
        if isinstance(relation, Union):
            return _all(self._rows(part) for part in relation.parts)
        if isinstance(relation, Chain):
            return self._rows(relation.first) | self._rows(relation.next)
        known = self._of_query(relation)
        if known.rows is None:
            deciding = [join for join in relation.joins if join.kind != _KEEP_ALL]
            tests = (relation.where, relation.group, tuple(join.on for join in deciding))
            sides = [relation.source.relation, *(join.relation for join in deciding)]
            known.rows = _all([self._read(known.sides, tests), *(self._rows(side) for side in sides)])
        return known.rows


@dataclass
class _Query:
    """What is known of one query."""

    sides: dict[str, Side]
    columns: dict[str, Expr]
    behind: dict[str, frozenset[Cell]] = field(default_factory=dict)
    rows: frozenset[Cell] | None = None


def values_in(relation: Side) -> Iterator[Values]:
    """The constants that a relation brings along."""
    if isinstance(relation, Values):
        yield relation
    elif isinstance(relation, Union):
        for part in relation.parts:
            yield from values_in(part)
    elif isinstance(relation, Query):
        for side in (relation.source.relation, *(join.relation for join in relation.joins)):
            yield from values_in(side)


def constants(relation: Side, name: str) -> set[object]:
    """The constants that a column can have, where it is made of nothing else.

    >>> numbers = Values((("c", "number"),), ((1,), (2,)))
    >>> constants(Query((("n", Column(table="t", name="c")),), Source(numbers, "t")), "n")
    {1, 2}
    """
    if isinstance(relation, Values):
        place = [column for column, _ in relation.columns].index(name)
        return {row[place] for row in relation.rows}
    if not isinstance(relation, Query):
        return set()
    expr: Expr = dict(relation.columns)[name]
    if isinstance(expr, Const):
        return {expr.value}
    if isinstance(expr, Column) and expr.table in (sides := _sides(relation)):
        return constants(sides[expr.table], expr.name)
    return set()


def _sides(query: Query) -> dict[str, Side]:
    source: Source = query.source
    return {source.alias: source.relation, **{join.alias: join.relation for join in query.joins}}


def _all(parts: Iterable[frozenset[Cell]]) -> frozenset[Cell]:
    return frozenset().union(*parts)
