"""What a plan over what has changed says, and the names of what it reads and leaves: enough where it was made before.

See `increments.py` for how it is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from .steps import LEVELS, Plan

KEPT, NEW = "kept ", " new"
"""Before the name of a step: what it made in a run before; behind: what it makes of the new events alone."""
BY_CONTACT = " by contact"
"""Behind the name of a step: what is found of accounts, contact by contact."""
EVENTS_NEW = "events_new"
"""The table of the data with the events that are new."""
CARRIED = "event carried"
CARRIED_NEW = f"{CARRIED}{NEW}"
TOUCHED: dict[Level, str] = {"lead": "touched lead", "account": "touched account"}
"""The relations of those who are worked out anew, with all that `lead` and `account` have; among them are all whom new
events name."""
LEADS_ASKED = "leads of touched accounts"
EVENTS_READ = "events read since"
"""The events that were read now; `events_new` are these, or more where older ones are to be counted anew."""
COUNTS = "counts"
"""The step that counts all events."""


class NotAdditive(Exception):
    """Why new events cannot be added to what is known: words that go on after "because"."""


@dataclass(frozen=True)
class Settled:
    """What a value in new events says at every instant: where it is known, the steps need not be made that say it. The
    values stand in a column of a relation; the `steps` are told with the columns that tell their rows apart, and all
    values that were ever met stand in that of the first."""

    relation: str
    column: str
    steps: Mapping[str, str]


@dataclass(frozen=True)
class Increment:
    """The steps over what has changed, and what must be known of the run before, by the names of its steps.

    `people` say who there is, `found` is what new events are added to (with those of the step with NEW behind its
    name), `crossing` what is read of those who are not touched, with its columns; `entries_of` are the levels whose
    lines are told. Events touch the lead and the account that they name, and a lead its account.

    `reads_contacts`: a lead that is touched touches all accounts that his events name. `reads_accounts`: an account
    that is touched touches its leads, and whoever had events there. `needs_whole_contacts`: all events of a contact
    hang together (sessions, and what is ignored for what lies beside it). `screens`: a new event may make that older
    ones of its contact are ignored, or are not any more. `carried` are the columns of what is kept of all events, and
    `settled` is made only where something in new events was never met, in the order of the steps.

    `whole` is the plan of a run of everybody that leaves all this.
    """

    plan: Plan
    whole: Plan
    entries_of: tuple[Level, ...]
    people: tuple[str, ...]
    found: tuple[str, ...]
    crossing: Mapping[str, tuple[str, ...]]
    reads_contacts: bool
    reads_accounts: bool
    needs_whole_contacts: bool
    screens: bool
    carried: tuple[str, ...]
    settled: tuple[Settled, ...]

    @property
    def said(self) -> dict[str, Any]:
        """All but the plans."""
        return {spec.name: getattr(self, spec.name) for spec in fields(self) if spec.name not in ("plan", "whole")}

    @property
    def kept(self) -> tuple[str, ...]:
        """All steps of a run whose tables must be known as they are."""
        settled = (name for each in self.settled for name in each.steps)
        return (*self.people, *self.found, *self.crossing, COUNTS, *settled)

    @property
    def asked(self) -> tuple[str, ...]:
        """All steps of a run whose tables are asked for when it is done."""
        return (*self.kept, *(("event", CARRIED_NEW) if self.carried else ()))


def level_of(name: str) -> Level | None:
    """Whose a step's rows are; None where its name does not say so."""
    return next((level for level in LEVELS if name.startswith(f"{level}_")), None)
