"""How much a plan over many instants works on at once."""

from __future__ import annotations

BUDGET = 6_000_000
"""About so many rows of contacts and events are worked on at once."""

EVENT = "event"
"""The step that has the events as they are at an instant; without it they are only counted."""

COUNTED = 3
"""So many rows of what is counted a contact has about, where events themselves are not looked at."""


def rows_at_instant(contacts: int, events: int, counted: bool) -> int:
    """About how many rows of so many contacts and events are worked on at one instant, at least one; `counted`: events
    are only counted."""
    return max(1, contacts + (min(events, COUNTED * contacts) if counted else events))
