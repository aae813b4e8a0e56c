"""What an expression is evaluated for (a row), and what its evaluation may ask for (the context)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..instants import Zone
from ..model import Expr, LeadSet, Line, Model, Result, Selection
from ..records import Value
from .made import Made
from .memory import Memory
from .people import Account, Entity, Event, Lead, Timeline

if TYPE_CHECKING:
    from .lines import LineWork


class NotComputed(RuntimeError):
    """A part of the model that this interpreter does not compute; the checker refuses it before."""


@dataclass(eq=False, slots=True)
class Row:
    """A lead, an account, or an event together with the lead or account for which it was selected.

    `group` is set where an `each` line pays for a distinct value: the expression that was grouped by, and the
    value that stands for the group (its smallest spelling).
    """

    level: Level
    lead: Lead | None
    account: Account | None
    event: Event | None = None
    group: tuple[Expr, Value] | None = None

    @property
    def entity(self) -> Entity:
        """The lead or account whose row this is."""
        found = self.lead if self.level == "lead" else self.account
        assert found is not None
        return found

    def at_event(self, event: Event, group: tuple[Expr, Value] | None = None) -> Row:
        """The row of an event that was selected for this row's lead or account."""
        return Row(self.level, self.lead, self.account, event, group)

    def owner(self) -> Row:
        """The row without its event."""
        return self if self.event is None else Row(self.level, self.lead, self.account)


def lead_row(lead: Lead) -> Row:
    """The row of a contact with its account."""
    return Row("lead", lead, lead.account)


def account_row(account: Account) -> Row:
    """The row of an account."""
    return Row("account", None, account)


class Context(Protocol):
    """What the evaluation of an expression may ask for."""

    model: Model
    as_of: int
    zone: Zone
    memory: Memory
    lasting: Made

    def value(self, expr: Expr, row: Row) -> Value:
        """The value of an expression; None is missing."""

    def holds(self, expr: Expr, row: Row) -> bool:
        """Whether a condition is true; missing counts as false."""

    def number(self, expr: Expr, row: Row) -> float | None:
        """The value of a numeric expression."""

    def select(self, selection: Selection, row: Row) -> Timeline:
        """The events that a selection has for a row."""

    def leads(self, leads: LeadSet, row: Row) -> Sequence[Lead]:
        """The leads of an account that a set has, in the order of their ids, or ranked."""

    def belongs(self, leads: LeadSet, lead: Lead) -> bool:
        """Whether a lead of an account is in a set, before it is ranked."""

    def population(self, level: Level) -> Sequence[Row]:
        """The rows of all leads or accounts that are not disqualified."""

    def field(self, entity: Entity, name: str) -> Value:
        """A field of a lead or an account, derived where the data lack it."""

    def result(self, wanted: Result, entity: Entity) -> Value:
        """What another rule made of an entity."""

    def disqualified(self, entity: Entity) -> str | None:
        """The reason why an entity is disqualified."""

    def aged(self, at: int, unit: int) -> int:
        """How old what happened at an instant is, in whole units, as decays ask for it."""

    def line(self, line: Line, row: Row) -> LineWork:
        """How a line of a score is worked out."""

    def session(self, event: Event) -> str:
        """The session to which an event belongs."""

    def remembered(self, part: object, purpose: str, make: Callable[[], Any]) -> Any:
        """What was made once for a part of the model and a purpose at this instant; `lasting` has what is so at any."""
