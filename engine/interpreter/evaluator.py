"""Expressions of one world at one instant: what is common to the rules and to `ignore`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ...grammar.nodes import Level
from ..instants import Zone, age_in, local_date
from ..model import Expr, LeadSet, Line, Model, Result, Selection
from ..records import Value
from . import aggregates, conditions, ladders, often, rollups, tables, values, windows
from .lines import LineWork, work_line
from .made import Made
from .memory import Memory
from .people import NOTHING, Entity, Event, Lead, Timeline
from .rows import Context, NotComputed, Row, account_row, lead_row
from .selections import Reading, selected
from .sessions import own_session, session_ids
from .world import World

HANDLERS: Mapping[type[Expr], Callable[[Context, Any, Row], Any]] = {
    **values.HANDLERS,
    **tables.HANDLERS,
    **conditions.HANDLERS,
    **windows.HANDLERS,
    **often.HANDLERS,
    **aggregates.HANDLERS,
    **rollups.HANDLERS,
    **ladders.HANDLERS,
}
"""How each kind of expression is evaluated."""


class Evaluator:
    """Evaluates expressions over the data as read: no derived fields, no results of rules, no disqualification.

    `lasting` is what was made for parts of the model and is the same at every instant, for evaluations of one
    population at many instants.
    """

    handlers = HANDLERS

    def __init__(self, model: Model, world: World, as_of: int, lasting: Made | None = None) -> None:
        self.model = model
        self.world = world
        self.as_of = as_of
        self.zone = Zone.named(model.timezone)
        self.memory = Memory(local_date(as_of, self.zone))
        self.lasting = lasting or Made()
        self._made = Made()
        self._selected: dict[tuple[int, int], Timeline] = {}
        self._members: dict[tuple[int, int], Sequence[Lead]] = {}

    def remembered(self, part: object, purpose: str, make: Callable[[], Any]) -> Any:
        return self._made.remembered(part, purpose, make)

    # --- values ---------------------------------------------------------------------------------------------------

    def value(self, expr: Expr, row: Row) -> Value:
        if row.group is not None and row.group[0] == expr:
            return row.group[1]
        value: Value = self.handlers[type(expr)](self, expr, row)
        return value

    def holds(self, expr: Expr, row: Row) -> bool:
        return self.value(expr, row) is True

    def number(self, expr: Expr, row: Row) -> float | None:
        value = self.value(expr, row)
        return value if isinstance(value, float) else None

    def field(self, entity: Entity, name: str) -> Value:
        if name == "id":
            return entity.id
        if name == "account_id" and isinstance(entity, Lead):
            return None if entity.account is None else entity.account.id
        return entity.fields.get(name)

    def result(self, wanted: Result, entity: Entity) -> Value:
        raise NotComputed("what is ignored cannot depend on results")

    def disqualified(self, entity: Entity) -> str | None:
        return None

    def aged(self, at: int, unit: int) -> int:
        """How old what happened at an instant is, in whole units, as decays ask for it."""
        return age_in(at, self.as_of, unit)

    def line(self, line: Line, row: Row) -> LineWork:
        return work_line(self, line, row)

    # --- events ---------------------------------------------------------------------------------------------------

    def select(self, selection: Selection, row: Row) -> Timeline:
        reading: Reading = self.lasting.remembered(selection, "reading", lambda: Reading.of(selection))
        owner = row.lead if reading.by_lead and row.lead is not None else row.account
        if owner is None:
            return NOTHING
        key = id(selection), id(owner)
        if key not in self._selected:
            timeline = self.timeline(selection, row)
            self._selected[key] = selected(self, selection, reading, row.owner(), timeline)
        return self._selected[key]

    def timeline(self, selection: Selection, row: Row) -> Timeline:
        """Whose events a selection looks at. In `ignore`, an event without contact stands for its account."""
        entity = row.lead if selection.scope == "lead" and row.lead is not None else row.account
        return NOTHING if entity is None else self.events_of(entity)

    def events_of(self, entity: Entity) -> Timeline:
        return self.world.timeline(entity)

    def session(self, event: Event) -> str:
        sessions: Mapping[Event, str] = self.remembered(
            self.world, "sessions", lambda: session_ids(self.world.events, self.model.session_gap)
        )
        return own_session(event) or sessions[event]

    # --- leads ----------------------------------------------------------------------------------------------------

    def leads(self, leads: LeadSet, row: Row) -> Sequence[Lead]:
        if row.account is None:
            return ()
        key = id(leads), id(row.account)
        self.remembered(leads, "kept", lambda: None)
        if key not in self._members:
            self._members[key] = rollups.members(self, leads, row)
        return self._members[key]

    def belongs(self, leads: LeadSet, lead: Lead) -> bool:
        return rollups.belongs(self, leads, lead)

    def population(self, level: Level) -> Sequence[Row]:
        rows: Iterable[Row]
        if level == "lead":
            rows = map(lead_row, self.world.leads.values())
        else:
            rows = map(account_row, self.world.accounts.values())
        return [row for row in rows if self.disqualified(row.entity) is None]
