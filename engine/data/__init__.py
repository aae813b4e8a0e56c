"""Reading: files, frames and plain dicts become typed tables; what cannot be read is set aside.

Nothing is imported until a name is used: a manifest asks what sources promise, and no engine is loaded for that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...grammar.late_names import late_names

if TYPE_CHECKING:
    from .dataset import Dataset as Dataset
    from .dataset import Reject as Reject
    from .errors import DataError as DataError
    from .infer import infer_schema as infer_schema
    from .known import DoNotFit as DoNotFit
    from .known import KnownEvents as KnownEvents
    from .matching import MATCHED as MATCHED
    from .reader import MAX_REJECTED as MAX_REJECTED
    from .reader import Progress as Progress
    from .reader import TooManyRejected as TooManyRejected
    from .reader import read as read
    from .sources import Sources as Sources
    from .sources import parse_sources as parse_sources

_HOMES = {
    "MATCHED": "matching",
    "MAX_REJECTED": "reader",
    "DataError": "errors",
    "Dataset": "dataset",
    "DoNotFit": "known",
    "KnownEvents": "known",
    "Progress": "reader",
    "Reject": "dataset",
    "Sources": "sources",
    "TooManyRejected": "reader",
    "infer_schema": "infer",
    "parse_sources": "sources",
    "read": "reader",
}
__all__ = list(_HOMES)
__getattr__ = late_names(__name__, _HOMES)
