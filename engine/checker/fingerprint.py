"""The fingerprint of a model: the same for rules that mean the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
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
        [replace(item, score="", position=rank) for rank, item in enumerate(reasons)],
        sorted("".join(_meaning(item)) for item in rest),
    )
    digest = hashlib.sha256()
    for piece in _meaning(parts):
        digest.update(piece.encode("utf-8", "surrogatepass"))
    return f"sha256:{digest.hexdigest()}"


def _meaning(value: object) -> Iterator[str]:
    """A value as text, without what does not take part in comparison."""
    names = _compared(value)
    if names is not None:
        yield f"{type(value).__name__}("
        for name in names:
            yield from _meaning(getattr(value, name))
        yield ")"
    elif isinstance(value, Mapping):
        yield "{"
        for key in sorted(value):
            yield f"{key!r}:"
            yield from _meaning(value[key])
        yield "}"
    elif isinstance(value, tuple | list):
        yield "["
        for item in value:
            yield from _meaning(item)
        yield "]"
    else:
        yield f"{value!r},"


_COMPARED: dict[type, tuple[str, ...] | None] = {}


def _compared(value: object) -> tuple[str, ...] | None:
    """The names of the fields that take part in comparison; None for anything but a dataclass."""
    kind = type(value)
    if kind not in _COMPARED:
        _COMPARED[kind] = tuple(spec.name for spec in fields(value) if spec.compare) if is_dataclass(value) else None
    return _COMPARED[kind]
