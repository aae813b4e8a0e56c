"""Sessions: runs of events of one contact, or of the account's own, with short gaps (decision 28)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .people import Event, oldest_first


def session_ids(events: Iterable[Event], gap: int) -> Mapping[Event, str]:
    """The session of each event that has no property of that name: its owner and the instant when the run began."""
    owners: dict[str, list[Event]] = {}
    for event in events:
        if own_session(event) is None:
            owners.setdefault(owner_of(event), []).append(event)
    return {event: session for owner, own in owners.items() for event, session in _runs(owner, own, gap)}


def own_session(event: Event) -> str | None:
    """The session that the data give: the property `session`, a text or a number, of one contact."""
    value = event.properties.get("session")
    return f"{owner_of(event)} {value}" if isinstance(value, str | float) else None


def owner_of(event: Event) -> str:
    """Whose session it is: the contact's, or the account's own."""
    if event.lead is not None:
        return f"contact {event.lead.id}"
    return "" if event.account is None else f"account {event.account.id}"


def _runs(owner: str, events: Iterable[Event], gap: int) -> Iterable[tuple[Event, str]]:
    start = last = None
    for event in sorted(events, key=oldest_first):
        if start is None or last is None or event.at - last >= gap:
            start = event.at
        last = event.at
        yield event, f"{owner} {start}"
