"""Trees of plain data as bytes and back: syntax, models, findings.

The bytes are a pickle, because nothing else is as fast for a hundred thousand small objects. A pickle from a stranger
can run anything; so only the data classes of a few modules of Scoreline, and numbers and dates, are let in, none of
which does anything when it is made. Whatever else the bytes ask for is refused before it is looked up.
"""

from __future__ import annotations

import io
import pickle
from typing import Any

PROTOCOL = 5
FAILURES = (pickle.PickleError, RecursionError, EOFError, LookupError, ValueError, TypeError, AttributeError)
"""What thawing raises for bytes that were not frozen here; freezing, for trees that are too deep."""

_ROOT = __package__.rpartition(".")[0]
_MODULES = frozenset(
    f"{_ROOT}.{name}"
    for name in (
        "grammar.diagnostics",
        "grammar.nodes.base",
        "grammar.nodes.events",
        "grammar.nodes.lines",
        "grammar.nodes.statements",
        "grammar.nodes.values",
        "grammar.source",
        "engine.compiled",
        "engine.data.gathering",
        "engine.data.plain_lines",
        "engine.data.sources",
        "engine.manifest",
        "engine.model.base",
        "engine.model.definitions",
        "engine.model.effects",
        "engine.model.events",
        "engine.model.rollups",
        "engine.model.values",
        "engine.plan.increment",
        "engine.plan.steps",
        "engine.runners.script",
        "engine.nearby",
        "engine.schema",
        "engine.sql.prepared",
    )
)
_VALUES = frozenset({("decimal", "Decimal"), ("datetime", "date")})


class Refused(pickle.UnpicklingError):
    """The bytes ask for something that is no plain data."""


class _Thawing(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _VALUES:
            return super().find_class(module, name)
        if module in _MODULES and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and _is_data_class(found) and found.__module__ == module:
                return found
        raise Refused(f"{module}.{name} is no plain data")


def _is_data_class(found: type) -> bool:
    """As `dataclasses` says it, without asking for the fields."""
    return any("__dataclass_fields__" in vars(base) for base in found.__mro__)


def freeze(tree: object) -> bytes:
    """The tree as bytes."""
    return pickle.dumps(tree, PROTOCOL)


def thaw(frozen: bytes) -> object:
    """The tree of those bytes; raises one of the FAILURES where they are not what `freeze` gives."""
    return _Thawing(io.BytesIO(frozen)).load()
