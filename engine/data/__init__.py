"""Reading: files, frames and plain dicts become typed tables of a DuckDB connection; what cannot be read is set aside."""

from __future__ import annotations

from .dataset import Dataset, Reject
from .errors import DataError

__all__ = ["DataError", "Dataset", "Reject"]
