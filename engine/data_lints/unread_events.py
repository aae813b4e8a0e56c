"""Event types that the data have plenty of, and no rule looks at.

Avoid: behaviour that is collected and never counts, without anybody having decided so.

Prefer: a signal for it, or `ignore` where it says nothing.

    signal tried = trial_activity
    ignore email_delivered
"""

from __future__ import annotations

from collections.abc import Iterator

from ...grammar.diagnostics import Diagnostic, finding
from ...grammar.source import NOWHERE
from .asked import ignored_types
from .observed import FEWEST, Observed
from .wording import percent

MOST = 6


def unread_events(observed: Observed) -> Iterator[Diagnostic]:
    """L606: declared event types that no line selects and no `ignore` names; others are told by the reader (D203)."""
    schema = observed.model.schema
    if schema.inferred:
        return
    looked_at = {*observed.asked.types, *ignored_types(observed.model)}
    declared_here = {item.message for item in observed.ruleset.diagnostics if item.code == "L402"}
    unread = {
        name: count
        for name, count in observed.events.items()
        if name in schema.events and name not in looked_at and not any(f"`{name}`" in each for each in declared_here)
    }
    everything = sum(observed.events.values())
    if sum(unread.values()) < FEWEST:
        return
    shown = ", ".join(f"`{name}` ({count:,})" for name, count in list(unread.items())[:MOST])
    more = " …" if len(unread) > MOST else ""
    yield finding(
        "L606",
        f"{percent(sum(unread.values()), everything)} of all events are of types that no rule reads: {shown}{more}",
        NOWHERE,
        hint="write a line for what should count, and `ignore` for what says nothing",
    )
