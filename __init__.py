"""Scoreline: lead and account scoring as code.

    >>> import scoreline
    >>> rs = scoreline.load("abm")
    >>> rs.name
    'abm'

Nothing is imported until a public name is used, so that the command starts at once.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .engine.data import DataError as DataError
    from .engine.frames import Results as Results
    from .engine.frames import Table as Table
    from .engine.ruleset import Ruleset as Ruleset
    from .engine.ruleset import RulesetError as RulesetError
    from .engine.ruleset import check as check
    from .engine.ruleset import load as load

__version__ = "0.1.0"
__all__ = ["DataError", "Results", "Ruleset", "RulesetError", "Table", "__version__", "check", "load"]

_HOMES = {
    "DataError": "data",
    "Results": "frames",
    "Ruleset": "ruleset",
    "RulesetError": "ruleset",
    "Table": "frames",
    "check": "ruleset",
    "load": "ruleset",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'scoreline' has no attribute {name!r}")
    return getattr(importlib.import_module(f"scoreline.engine.{home}"), name)


def __dir__() -> list[str]:
    return __all__
