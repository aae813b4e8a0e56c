"""Queries and steps as trees of SQL."""

from __future__ import annotations

from sqlglot import exp

from ..model import Const
from ..plan.steps import CHAIN, Chain, Join, Query, Relation, Union, Values
from .calls import cast
from .expressions import condition, value
from .literals import TYPES, operand

_SIDES = {
    "left": ("LEFT", ""),
    "inner": ("", "INNER"),
    "cross": ("", "CROSS"),
    "anti": ("", "ANTI"),
    "semi": ("", "SEMI"),
    "next": ("", "INNER"),
}


def query(relation: Relation) -> exp.Query:
    """A relation as a query."""
    if isinstance(relation, Union):
        return _union([query(part) for part in relation.parts])
    if isinstance(relation, Chain):
        return _chain(relation)
    return _select(relation)


def _select(made: Query) -> exp.Select:
    columns = [exp.Alias(this=value(expr), alias=_name(name)) for name, expr in made.columns]
    select = exp.Select(expressions=columns)
    select.set("from_", exp.From(this=_source(made.source.relation, made.source.alias)))
    for join in made.joins:
        select.append("joins", _join(join))
    if made.where:
        tests = [condition(test) for test in made.where]
        select = select.where(*tests, copy=False)
    if made.group:
        select.set("group", exp.Group(expressions=[value(expr) for expr in made.group]))
    if made.distinct:
        select.set("distinct", exp.Distinct())
    if made.order:
        select.set("order", exp.Order(expressions=[exp.Ordered(this=value(expr)) for expr in made.order]))
    return select


def _union(parts: list[exp.Query]) -> exp.Query:
    """All rows of all parts, as a balanced tree: long chains are too deep for tools that walk them."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return exp.Union(this=_union(parts[:middle]), expression=_union(parts[middle:]), distinct=False)


def _chain(chain: Chain) -> exp.Query:
    walk = exp.Union(this=_select(chain.first), expression=_select(chain.next), distinct=False)
    found = exp.CTE(this=walk, alias=exp.TableAlias(this=_name(CHAIN)))
    columns = [exp.column(_name(name)) for name in chain.names]
    select = exp.Select(expressions=columns)
    select.set("from_", exp.From(this=table(CHAIN)))
    select.set("with_", exp.With(expressions=[found], recursive=True))
    return select


def _source(relation: str | Query | Union | Values, alias: str) -> exp.Expr:
    named = exp.TableAlias(this=_name(alias))
    if isinstance(relation, str):
        return exp.Table(this=_name(relation), alias=named)
    if isinstance(relation, Values):
        return exp.Subquery(this=_values(relation), alias=named)
    return exp.Subquery(this=query(relation), alias=named)


def _values(values: Values) -> exp.Select:
    """The rows, each column with its type: engines guess the smallest that would do."""
    names = [_name(name) for name, _ in values.columns]
    kinds = [kind for _, kind in values.columns]
    rows = [
        exp.Tuple(expressions=[operand(Const(value=value, kind=kind)) for value, kind in zip(row, kinds, strict=True)])
        for row in values.rows
    ]
    alias = exp.TableAlias(this=_name("v"), columns=names)
    typed = [
        exp.Alias(this=cast(exp.Column(this=name.copy()), TYPES[kind]), alias=name.copy())
        for name, kind in zip(names, kinds, strict=True)
    ]
    return exp.Select(expressions=typed).from_(exp.Values(expressions=rows, alias=alias))


def _join(join: Join) -> exp.Join:
    side, kind = _SIDES[join.kind]
    made = exp.Join(this=_source(join.relation, join.alias))
    if side:
        made.set("side", side)
    if kind:
        made.set("kind", kind)
    if join.kind == "next":
        made.set("method", "ASOF")
    if join.on is not None:
        made.set("on", condition(join.on))
    return made


def table(name: str) -> exp.Table:
    """A relation by its name."""
    return exp.Table(this=_name(name))


def _name(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)
