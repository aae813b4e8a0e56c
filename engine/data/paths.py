"""Where a value stands in a record: `payload.action`, with odd keys in backquotes."""

from __future__ import annotations

import re

Path = tuple[str, ...]
"""The keys from the outside to the value."""

_STEP = re.compile(r"`([^`]*)`|([^.`]+)")


def split_path(text: str) -> Path | None:
    """The keys of a dotted path; None where it is not one.

    >>> split_path("payload.`odd.key`.action")
    ('payload', 'odd.key', 'action')
    """
    keys: list[str] = []
    place = 0
    while True:
        match = _STEP.match(text, place)
        if match is None:
            return None
        keys.append(match[1] if match[1] is not None else match[2])
        place = match.end()
        if place == len(text):
            return tuple(keys)
        if text[place] != ".":
            return None
        place += 1


def field_path(name: str) -> Path:
    """The path of a field of the schema; a name that is no path is one key."""
    return split_path(name) or (name,)


def join_path(path: Path) -> str:
    """The path as it is written, odd keys in backquotes."""
    return ".".join(f"`{key}`" if not key or "." in key else key for key in path)


def pointer(path: Path) -> str:
    """The path as a JSON pointer."""
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in path)
