"""What a tree of data classes means, as text: the same for equal trees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass


def meaning(value: object) -> str:
    """A value as text, without what does not take part in comparison: places, labels, comments."""
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
