"""A relation that reads others than it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .steps import Query, Relation, Union, Values, rebuilt

Rename = Callable[[str, str, bool], str | Union]
"""Gives the name of a relation, or itself, for its name, its alias, and whether it is the first that a query reads."""


def renamed(relation: Relation, rename: Rename) -> Relation:
    """The relation with other names in the place of those that it reads."""

    def part(read: str | Query | Union | Values, alias: str, is_source: bool) -> str | Query | Union | Values:
        return rename(read, alias, is_source) if isinstance(read, str) else rebuilt(read, query)

    def query(found: Query) -> Query:
        source = found.source
        joins = tuple(replace(join, relation=part(join.relation, join.alias, False)) for join in found.joins)
        return replace(found, source=replace(source, relation=part(source.relation, source.alias, True)), joins=joins)

    return rebuilt(relation, query)
