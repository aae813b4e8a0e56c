"""Reading: files, frames and plain dicts become typed tables; what cannot be read is set aside."""

from __future__ import annotations

from .dataset import Dataset, Reject
from .errors import DataError
from .infer import infer_schema
from .known import DoNotFit, KnownEvents
from .matching import MATCHED
from .reader import MAX_REJECTED, Progress, read
from .sources import Sources, parse_sources

__all__ = [
    "MATCHED",
    "MAX_REJECTED",
    "DataError",
    "Dataset",
    "DoNotFit",
    "KnownEvents",
    "Progress",
    "Reject",
    "Sources",
    "infer_schema",
    "parse_sources",
    "read",
]
