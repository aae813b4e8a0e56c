"""Compiling without looking for garbage.

A compile makes some hundred thousand small objects, nearly all of which stay, and hardly any circle of them. The
collector goes through all of them again and again, and doubles the time.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


class _Old:
    """What was made without looking for garbage since all old objects were last looked through.

    Python looks through them when many have become old in its own way, and does not see those that do so here: whoever
    compiles again and again would keep the circles of every syntax tree for good.
    """

    LEAST = 1_000_000
    """So many are made before it pays, and as many as there are: it takes time for each of them."""

    def __init__(self) -> None:
        self.made = 0
        self.enough = self.LEAST

    def look_through(self) -> None:
        gc.collect()
        self.made = 0
        self.enough = max(self.LEAST, len(gc.get_objects()))


_old = _Old()


@contextmanager
def uncollected() -> Iterator[None]:
    """No garbage is looked for inside; afterwards it is as it was before, and what was made counts as old: the
    collector would go through all of it at once. What has become old so is looked through before, once it is much."""
    was_on = gc.isenabled()
    if was_on and _old.made > _old.enough:
        _old.look_through()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not gc.get_freeze_count():  # else unfreezing would undo what somebody else has frozen
                _old.made += gc.get_count()[0]
                gc.freeze()
                gc.unfreeze()
            gc.enable()
