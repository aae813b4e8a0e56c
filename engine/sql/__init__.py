"""Plans as SQL: trees of sqlglot, never pasted text. What a dialect cannot say is refused, not dropped."""

from __future__ import annotations

from .statements import Statement, sql

__all__ = ["Statement", "sql"]
