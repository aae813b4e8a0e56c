"""Moves told apart by a field of the account, such as its owner, or by a measure or grade of whoever moved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlglot import exp

from ...grammar.nodes import Level
from ..data.sql import rows
from ..moves import Move
from ..suggest import did_you_mean
from .columns import KeptColumn
from .errors import StoreError
from .reading import Store
from .reasons import ASKED

_OF_ACCOUNTS = {
    "account": f"SELECT instant, entity, entity AS account FROM {ASKED}",
    "lead": f"""
    SELECT a.instant, a.entity, o.entity AS account
    FROM {ASKED} AS a
    ASOF LEFT JOIN store.lead_changes AS c ON c.entity = a.entity AND c.instant <= a.instant
    LEFT JOIN store.entities AS o ON o.level = 'account' AND o.id = c.account_id
    """,
}
_FIELD = {
    level: f"""
    SELECT a.instant, i.id, c.value FROM ({accounts}) AS a
    JOIN {ASKED} AS i ON i.instant = a.instant AND i.entity = a.entity
    ASOF LEFT JOIN store.account_field_changes AS c ON c.entity = a.account AND c.instant <= a.instant
    """
    for level, accounts in _OF_ACCOUNTS.items()
}
_RESULT = {
    level: f"""
    SELECT a.instant, a.id, c.value FROM {ASKED} AS a
    ASOF LEFT JOIN store.{level}_changes AS c ON c.entity = a.entity AND c.instant <= a.instant
    """
    for level in ("account", "lead")
}


def segmented(store: Store, level: Level, by: str, found: list[Move]) -> list[Move]:
    """The moves that were asked for last, each with its value of `account.FIELD` or of a result, as it was then.

    Raises StoreError where there is no such field or result.
    """
    kept = _column(store, level, by)
    queries = _FIELD if kept.role == "field" else _RESULT
    query = exp.maybe_parse(queries[level], into=exp.Select, dialect="duckdb")
    for each in query.find_all(exp.Column):
        if each.name == "value":
            each.set("this", exp.to_identifier(kept.name, quoted=True))
    values: dict[tuple[Any, Any], Any] = {(at, id_): value for at, id_, value in rows(store.connection, query)}
    return [replace(move, segment=_shown(values.get((move.at, move.id)))) for move in found]


def _column(store: Store, level: Level, by: str) -> KeptColumn:
    fields = {f"account.{each.title}": each for each in store.columns("account_field")}
    results = {each.title: each for each in store.columns(level) if each.role in ("measure", "grade")}
    known = {**results, **fields}
    for name in (by, f"account.{by}"):
        if name in known:
            return known[name]
    shown = ", ".join(f"`{name}`" for name in known)
    hint = did_you_mean(by, list(known), f"there is {shown}" if known else "no fields of accounts are kept")
    raise StoreError(f"the store has no `{by}`", hint, is_usage=True)


def _shown(value: Any) -> str | None:
    if value is None:
        return None
    return f"{value:g}" if isinstance(value, float) else str(value)
