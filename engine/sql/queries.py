"""Queries and steps as trees of SQL."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from ..model import Const, Expr
from ..plan.scalars import Column
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
    source, _ = _source(made.source.relation, made.source.alias)
    return _selected(made, _columns(made.columns), source)


MANY = 3
"""So many columns that a query hands on as they are become a star. It takes engines long to read each of them."""


def _inside(made: Query) -> tuple[exp.Select, frozenset[str]]:
    """A query inside of another one, and the columns that it has: whatever its source has, and what it adds, where
    columns are handed on. Nobody asks for those that are too many, and engines leave them out."""
    source, known = _source(made.source.relation, made.source.alias)
    own = tuple((name, expr) for name, expr in made.columns if not _hands_on(made, name, expr))
    added = _plain(name for name, _ in own)
    few = len(made.columns) - len(own) < MANY
    if few or known is None or known & added or made.group or made.distinct:
        return _selected(made, _columns(made.columns), source), _plain(made.names)
    everything = exp.Column(this=exp.Star(), table=_name(made.source.alias))
    return _selected(made, [everything, *_columns(own)], source), known | added


def _hands_on(made: Query, name: str, expr: Expr) -> bool:
    return isinstance(expr, Column) and expr.name == name and expr.table == made.source.alias


def _plain(names: Iterable[str]) -> frozenset[str]:
    """Names as engines tell them apart."""
    return frozenset(name.casefold() for name in names)


def _columns(columns: Iterable[tuple[str, Expr]]) -> list[exp.Expr]:
    return [exp.Alias(this=value(expr), alias=_name(name)) for name, expr in columns]


def _selected(made: Query, columns: list[exp.Expr], source: exp.Expr) -> exp.Select:
    select = exp.Select(expressions=columns)
    select.set("from_", exp.From(this=source))
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


def _source(relation: str | Query | Union | Values, alias: str) -> tuple[exp.Expr, frozenset[str] | None]:
    """A relation under an alias, and the columns that it has, if these are known here."""
    named = exp.TableAlias(this=_name(alias))
    if isinstance(relation, str):
        return exp.Table(this=_name(relation), alias=named), None
    if isinstance(relation, Values):
        return exp.Subquery(this=_values(relation), alias=named), None
    if isinstance(relation, Union):
        return exp.Subquery(this=query(relation), alias=named), _plain(relation.names)
    made, known = _inside(relation)
    return exp.Subquery(this=made, alias=named), known


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
    source, _ = _source(join.relation, join.alias)
    made = exp.Join(this=source)
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
