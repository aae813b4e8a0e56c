"""Marks the tests in Python that are about decisions: what a page cannot show, since it takes files or a command."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

Test = TypeVar("Test", bound=Callable[..., None])
#: The tests by the number of the decision that they are about.
DECIDED: dict[int, list[str]] = defaultdict(list)


def decides(*numbers: int) -> Callable[[Test], Test]:
    """The decorated test would fail under another reading of these decisions."""

    def mark(test: Test) -> Test:
        for number in numbers:
            DECIDED[number].append(f"{test.__module__.rpartition('.')[2]}.{test.__name__}")
        return test

    return mark
