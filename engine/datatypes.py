"""Types of SQL as trees. Reading one from its name takes a parser, so each name is read once."""

from __future__ import annotations

from functools import cache

from sqlglot import exp


def data_type(name: str, dialect: str | None = None) -> exp.DataType:
    """The type that a dialect calls so; a tree of its own, which may be changed."""
    found = _read(name, dialect)
    return found.copy() if found.expressions else exp.DataType(**found.args)


@cache
def _read(name: str, dialect: str | None) -> exp.DataType:
    return exp.DataType.build(name, dialect=dialect)
