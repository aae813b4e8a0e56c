"""The engine without all that its package has around it: for who asks it a few questions in SQL.

The package `duckdb` loads classes for queries that are built in Python, which takes longer than to load the engine.
Whoever needs more than `connect`, `Error` and connections imports the package: the two are the same engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb as engine
else:
    try:
        import _duckdb as engine

        _ = engine.connect, engine.Error
    except (ImportError, AttributeError):  # that module is the package's own affair
        import duckdb as engine

__all__ = ["engine"]
