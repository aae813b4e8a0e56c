"""What kind of work each step does."""

from __future__ import annotations

import re
from typing import Literal

Role = Literal[
    "people",
    "events",
    "days",
    "decay",
    "kinds",
    "counts",
    "scan",
    "walk",
    "set",
    "leads",
    "values",
    "results",
    "other",
]
"""Who there is, what happened, what the days before tell, what points are worth by age, kinds of events, what is
counted by kind, sets that share a scan, the walk of a cooldown, a set of its own, roll-ups of leads, formulas, results,
and what is not known here."""

_ROLES: tuple[tuple[str, Role], ...] = (
    (r"(contact|account)_now|named_(contact|account)|(lead|account)(_all|_ever)?|contact_ignored", "people"),
    (r"event(_\w+)?|ignored|counts", "events"),
    (r"(lead|account)_(told|looks)_\d+", "days"),
    (r"(decay|worth)_\w+", "decay"),
    (r"kind|placed|dispatch|coded|matched", "kinds"),
    (r"(lead|account)_(hits|marks|tallies|found|struck|recent|turns|counted|changes|spells|current)_\d+", "counts"),
    (r"(lead|account)_values_there_\d+(_(turns|counted))?", "counts"),
    (r"(lead|account)_events_\d+", "scan"),
    (r"(walked|cooled)_\d+", "walk"),
    (r"(lead|account)_set_\d+", "set"),
    (r"account_leads_\d+", "leads"),
    (r"(lead|account)_values_\d+", "values"),
    (r"(lead|account)_results|contributions", "results"),
)


def role(step: str) -> Role:
    """The work of a step, which its name tells.

    >>> role("lead_hits_2"), role("event"), role("account_results")
    ('counts', 'events', 'results')
    """
    for pattern, found in _ROLES:
        if re.fullmatch(pattern, step):
            return found
    return "other"
