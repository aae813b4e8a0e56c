"""What `ignore` leaves out, decided on the data as read (decision 63)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import field

from ...grammar.late_methods import dataclass
from ..model import IgnoreContacts, IgnoreEvents, Model
from .evaluator import Evaluator
from .made import Made
from .people import Event, Lead
from .rows import Row, lead_row
from .selections import PASSING, is_lasting
from .world import Known, World, build

Ignore = IgnoreEvents | IgnoreContacts


@dataclass(frozen=True)
class Left:
    """What is left after `ignore`: the world of the rules, and which line left out which event or contact.

    Those left out are as in the data as read, not of this world.
    """

    world: World
    events: Mapping[Event, Ignore] = field(default_factory=dict)
    contacts: Mapping[Lead, Ignore] = field(default_factory=dict)

    def counts(self) -> Mapping[str, int]:
        """How many events each line of `ignore` left out, by its text, in the order of the first of them."""
        return Counter(line.text for line in self.events.values())


def leave_out(model: Model, known: Known, as_of: int, lasting: Made | None = None) -> Left:
    """Applies the `ignore` lines. Of an event that meets several, the first written is the reason."""
    world = build(known)
    if not model.ignored:
        return Left(world)
    evaluator = Evaluator(model, world, as_of, lasting)
    contacts: dict[Lead, Ignore] = {}
    events: dict[Event, Ignore] = {}
    for line in model.ignored:
        if isinstance(line, IgnoreContacts):
            met = [lead for lead in world.leads.values() if evaluator.holds(line.where, lead_row(lead))]
            contacts.update({lead: line for lead in met if lead not in contacts})
            hits = [event for lead in met for event in world.timeline(lead).events]
        else:
            hits = _met(evaluator, line, world.events)
        events.update({event: line for event in hits if event not in events})
    if not contacts and not events:
        return Left(world)
    kept = {event.id for event in world.events if event not in events}
    return Left(build(known, {lead.id for lead in contacts}, kept), events, contacts)


def _met(evaluator: Evaluator, line: IgnoreEvents, events: Sequence[Event]) -> list[Event]:
    """The events that a line leaves out."""
    if not evaluator.lasting.remembered(line, "is lasting", lambda: is_lasting(line.test)):
        return [event for event in events if evaluator.holds(line.test, _row(event))]
    passing: dict[str, bool] = evaluator.lasting.remembered(line, PASSING, dict)
    for event in events:
        if event.id not in passing:
            passing[event.id] = evaluator.holds(line.test, _row(event))
    return [event for event in events if passing[event.id]]


def _row(event: Event) -> Row:
    """An event stands for its contact; one without contact for its account (decision 24)."""
    return Row("lead" if event.lead is not None else "account", event.lead, event.account, event)
