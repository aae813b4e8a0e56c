"""The fingerprint of a model: the same for rules that mean the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace

from .. import model as m


def fingerprint(model: m.Model) -> str:
    """`sha256:…` of what a model means: the same for equal rules however they are laid out.

    Places, comments, labels and the order of files do not take part; lists, tables, params and the schema do.
    """
    reasons = [*model.disqualifications("lead"), *model.disqualifications("account")]
    rest = (item for item in model.order if not isinstance(item, m.Disqualification))
    parts = (
        (model.timezone, model.session_gap, model.params, model.schema, model.ignored),
        *([] if model.history_from is None else [model.history_from]),
        [replace(item, score="", position=rank) for rank, item in enumerate(reasons)],
        sorted(map(_meaning, rest)),
    )
    return f"sha256:{hashlib.sha256(_meaning(parts).encode('utf-8', 'surrogatepass')).hexdigest()}"


def _meaning(value: object) -> str:
    """A value as text, without what does not take part in comparison."""
    pieces: list[str] = []
    _write(value, pieces.append)
    return "".join(pieces)


def _write(value: object, put: Callable[[str], None]) -> None:
    kind = type(value)
    if kind is str or kind is float:
        put(f"{value!r},")
    elif (names := _compared(kind)) is not None:
        put(f"{kind.__name__}(")
        for name in names:
            _write(getattr(value, name), put)
        put(")")
    elif isinstance(value, Mapping):
        put("{")
        for key in sorted(value):
            put(f"{key!r}:")
            _write(value[key], put)
        put("}")
    elif isinstance(value, tuple | list):
        put("[")
        for item in value:
            _write(item, put)
        put("]")
    else:
        put(f"{value!r},")


_COMPARED: dict[type, tuple[str, ...] | None] = {}


def _compared(kind: type) -> tuple[str, ...] | None:
    """The names of the fields that take part in comparison; None for anything but a dataclass."""
    if kind not in _COMPARED:
        _COMPARED[kind] = tuple(spec.name for spec in fields(kind) if spec.compare) if is_dataclass(kind) else None
    return _COMPARED[kind]
