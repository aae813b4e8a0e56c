"""Compiling without looking for garbage.

A compile makes some hundred thousand small objects, nearly all of which stay, and hardly any circle of them. The
collector goes through all of them again and again, and doubles the time.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No garbage is looked for inside; afterwards it is as it was before, and what was made counts as old: the
    collector would go through all of it at once."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if not gc.get_freeze_count():  # else unfreezing would undo what somebody else has frozen
                gc.freeze()
                gc.unfreeze()
            gc.enable()
