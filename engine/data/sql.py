"""The few shapes of SQL that the readers are built from, as sqlglot trees: nothing is pasted into a text.

Pieces are shared, not copied: a tree made here is turned into text once and never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Literal

import duckdb
from sqlglot import exp

from ..datatypes import data_type

Sql = exp.Expr
"""Any piece of a statement."""


def column(name: str, table: str | None = None) -> Sql:
    """A column by its exact name, always quoted."""
    return exp.column(exp.to_identifier(name, quoted=True), table=table, copy=False)


def table(name: str) -> exp.Table:
    """A table of this connection by its exact name, always quoted."""
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def text(value: str) -> Sql:
    """A text as a literal."""
    return exp.Literal.string(value)


def number(value: int) -> Sql:
    """A whole number as a literal."""
    return exp.Literal.number(value)


def call(name: str, *arguments: Sql, **options: Sql) -> Sql:
    """A function of DuckDB; options become named arguments, as its table functions take them."""
    named = [exp.PropertyEQ(this=exp.to_identifier(key), expression=value) for key, value in options.items()]
    return exp.Anonymous(this=name, expressions=[*arguments, *named])


def case(*branches: tuple[Sql, Sql], otherwise: Sql | None = None) -> Sql:
    """CASE WHEN … THEN …; without `otherwise` it ends in NULL. Without branches it is `otherwise` itself."""
    if not branches:
        return otherwise or exp.null()
    pairs = [exp.If(this=condition, true=value) for condition, value in branches]
    return exp.Case(ifs=pairs, default=otherwise or exp.null())


def cast(value: Sql, to: str) -> Sql:
    """CAST(value AS to)."""
    return exp.Cast(this=value, to=data_type(to, "duckdb"))


def try_cast(value: Sql, to: str) -> Sql:
    """TRY_CAST(value AS to): NULL where it cannot be done."""
    return exp.TryCast(this=value, to=data_type(to, "duckdb"))


def both(*conditions: Sql) -> Sql:
    """All of the conditions; true when there are none."""
    return exp.and_(*conditions, copy=False) if conditions else exp.true()


def either(*conditions: Sql) -> Sql:
    """Any of the conditions; false when there are none."""
    return exp.or_(*conditions, copy=False) if conditions else exp.false()


def negated(condition: Sql) -> Sql:
    return exp.Not(this=exp.Paren(this=condition))


def equals(left: Sql, right: Sql) -> Sql:
    return exp.EQ(this=left, expression=right)


def at_most(left: Sql, right: Sql) -> Sql:
    return exp.LTE(this=left, expression=right)


def total(*terms: Sql) -> Sql:
    """The terms added up."""
    return exp.Paren(this=reduce(lambda left, right: exp.Add(this=left, expression=right), terms))


def times(left: Sql, right: Sql) -> Sql:
    return exp.Paren(this=exp.Mul(this=left, expression=right))


def minus(left: Sql, right: Sql) -> Sql:
    return exp.Paren(this=exp.Sub(this=left, expression=right))


def first_known(*values: Sql) -> Sql:
    """The first value that is not NULL."""
    return values[0] if len(values) == 1 else exp.Coalesce(this=values[0], expressions=list(values[1:]))


def is_null(value: Sql) -> Sql:
    return exp.Is(this=value, expression=exp.null())


def is_known(value: Sql) -> Sql:
    return exp.Not(this=is_null(value))


def one_of(value: Sql, texts: Sequence[str]) -> Sql:
    """value IN (texts)."""
    return exp.In(this=value, expressions=[text(each) for each in texts])


def each_of(items: Sql, function: str, body: Callable[[Sql], Sql], name: str = "item") -> Sql:
    """list_transform or list_filter with a lambda over the items; lambdas inside each other need different names."""
    lambda_ = exp.Lambda(this=body(exp.column(name)), expressions=[exp.to_identifier(name)])
    return call(function, items, lambda_)


def record(values: Mapping[str, Sql]) -> Sql:
    """A struct literal {'name': value}."""
    return exp.Struct(
        expressions=[
            exp.PropertyEQ(this=exp.to_identifier(name, quoted=True), expression=value)
            for name, value in values.items()
        ]
    )


def rows(connection: duckdb.DuckDBPyConnection, statement: Sql, parameters: object = None) -> list[tuple[object, ...]]:
    """All rows of a statement; never leaves a result open."""
    return connection.execute(statement.sql(dialect="duckdb", copy=False), parameters).fetchall()


def run(connection: duckdb.DuckDBPyConnection, statement: Sql, parameters: object = None) -> None:
    """Execute a statement for its effect."""
    connection.execute(statement.sql(dialect="duckdb", copy=False), parameters).fetchall()


def value_list(values: Sequence[object], of: str, parameters: list[object]) -> Sql:
    """The values as one column of a SELECT, passed as a parameter; `of` is the type of one value."""
    parameters.append(list(values))
    return call("unnest", cast(exp.Placeholder(), f"{of}[]"))


def create_table(name: exp.Table, types: Mapping[str, str]) -> Sql:
    """CREATE TABLE name (column type, …)."""
    definitions = [
        exp.ColumnDef(this=exp.to_identifier(each, quoted=True), kind=data_type(type_, "duckdb"))
        for each, type_ in types.items()
    ]
    return exp.Create(this=exp.Schema(this=name, expressions=definitions), kind="TABLE")


def create_view(name: exp.Table, query: exp.Query) -> Sql:
    """CREATE VIEW name AS query."""
    return exp.Create(this=name, kind="VIEW", expression=query)


def rename_table(old: exp.Table, new: exp.Table) -> Sql:
    """ALTER TABLE old RENAME TO new."""
    return exp.Alter(this=old, kind="TABLE", actions=[exp.AlterRename(this=new)])


def drop_column(name: exp.Table, gone: str) -> Sql:
    """ALTER TABLE name DROP COLUMN gone."""
    return exp.Alter(this=name, kind="TABLE", actions=[exp.Drop(tables=[column(gone)], kind="COLUMN")])


def drop_table(name: exp.Table) -> Sql:
    """DROP TABLE IF EXISTS name."""
    return exp.Drop(this=name, tables=[name], kind="TABLE", exists=True)  # sqlglot has moved it from one to the other


def drop_view(name: exp.Table) -> Sql:
    """DROP VIEW name."""
    return exp.Drop(this=name, tables=[name], kind="VIEW")


def insert(query: exp.Query, into: exp.Table | exp.Schema) -> Sql:
    """INSERT INTO table query; into a schema: into these columns of it."""
    return exp.Insert(this=into, expression=query)


def select(*columns: Sql, source: exp.Table | exp.Query) -> exp.Select:
    """SELECT columns FROM a table or the result of a query."""
    place = source if isinstance(source, exp.Table) else source.subquery("before", copy=False)
    return exp.select(*columns, copy=False).from_(place, copy=False)


def with_join(query: exp.Select, relation: Sql, on: Sql, side: Literal["LEFT", "FULL"] | None = None) -> exp.Select:
    """The query, with another relation beside what it selects from. To say `side` in words would have them parsed."""
    query.append("joins", exp.Join(this=relation, side=side, on=on))
    return query
