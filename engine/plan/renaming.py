"""A relation that reads others than it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .steps import Chain, Query, Relation, Union, Values

Rename = Callable[[str, str, bool], str]
"""Gives the name of a relation for its name, its alias, and whether it is the first that a query reads."""


def renamed(relation: Relation, rename: Rename) -> Relation:
    """The relation with other names in the place of those that it reads."""
    match relation:
        case Query():
            return _query(relation, rename)
        case Union():
            return _union(relation, rename)
        case Chain():
            return Chain(_query(relation.first, rename), _query(relation.next, rename))


def _union(union: Union, rename: Rename) -> Union:
    return Union(tuple(_query(part, rename) for part in union.parts))


def _query(query: Query, rename: Rename) -> Query:
    source = query.source
    joins = tuple(replace(join, relation=_part(join.relation, join.alias, False, rename)) for join in query.joins)
    return replace(
        query, source=replace(source, relation=_part(source.relation, source.alias, True, rename)), joins=joins
    )


def _part(
    part: str | Query | Union | Values, alias: str, is_source: bool, rename: Rename
) -> str | Query | Union | Values:
    match part:
        case str():
            return rename(part, alias, is_source)
        case Query():
            return _query(part, rename)
        case Union():
            return _union(part, rename)
    return part
