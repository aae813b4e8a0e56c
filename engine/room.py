"""Room for deep calls.

Python keeps what functions are at in pieces of 16 kB, takes a piece when a call does not fit into the last one, and
gives it back when the call ends. Where a loop happens to stand at such an edge it does so at every step: a third of the
time of an explanation went there. A call that asks for much at once gets a large piece, into which all those below fit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

ROOM = 100_000
"""So many values, of 8 bytes each, that are set aside and not touched."""


def roomy(work: Callable[[], Found]) -> Found:
    """What the work gives, with room for the calls that it makes."""
    return work()


roomy.__code__ = roomy.__code__.replace(co_stacksize=ROOM)
