"""What was made once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Made:
    """What was made once for a part of the model and a purpose, by the identity of the part.

    The part is kept beside it, so that no other can take its identity.
    """

    def __init__(self) -> None:
        self._parts: dict[tuple[int, str], tuple[object, Any]] = {}

    def remembered(self, part: object, purpose: str, make: Callable[[], Any]) -> Any:
        """What was made before, or is made now."""
        key = id(part), purpose
        made = self._parts.get(key)
        if made is None:
            made = self._parts[key] = part, make()
        return made[1]

    def keep(self, part: object, purpose: str, made: Any) -> None:
        """What is known from elsewhere, as if it had been made here."""
        self._parts[id(part), purpose] = part, made

    def without(self, purpose: str) -> Made:
        """The same without what was made for a purpose."""
        rest = Made()
        rest._parts = {key: made for key, made in self._parts.items() if key[1] != purpose}
        return rest
