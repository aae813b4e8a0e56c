"""A store: the results of every instant that was run, in one DuckDB file, for daily operation."""

from __future__ import annotations

from .appending import About, Appended, append
from .errors import StoreBusy, StoreError, StoreFull
from .opening import check
from .sources import OfReplay, OfRun

__all__ = ["About", "Appended", "OfReplay", "OfRun", "StoreBusy", "StoreError", "StoreFull", "append", "check"]
