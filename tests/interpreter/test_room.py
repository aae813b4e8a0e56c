"""Deep calls have room: a loop that stands at an edge of Python's stack does not take and give back memory."""

from __future__ import annotations

import resource
from collections.abc import Callable

from scoreline.engine.room import roomy


def call(times: int) -> None:
    for _ in range(times):
        call(0)


def at_depth(depth: int, work: Callable[[], None]) -> None:
    if depth:
        at_depth(depth - 1, work)
    else:
        work()


def faults() -> int:
    """How often memory had to be given to a loop, at the worst of many depths."""
    worst = 0
    for depth in range(400):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        at_depth(depth, lambda: call(500))
        worst = max(worst, resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
    return worst


def test_a_loop_stays_within_its_room() -> None:
    assert roomy(faults) < 250
