"""What a row is: for whom an expression is evaluated, and by which way its references lead to leads and accounts."""

from __future__ import annotations

from dataclasses import replace

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from .scalars import Via


@dataclass(frozen=True)
class Place:
    """A row of an entity (`scope` None), or of an event that was selected for one.

    `row` is the level of the rule; `scope` whose events are selected; `raw` is inside `ignore`,
    where fields are as read.
    """

    row: Level
    scope: Level | None = None
    raw: bool = False

    @property
    def of_events(self) -> bool:
        return self.scope is not None

    @property
    def owner(self) -> Place:
        """The row of the entity for which the event was selected."""
        return replace(self, scope=None)

    def selecting(self, scope: Level) -> Place:
        """The rows of events that this row's entity selects."""
        return replace(self, scope=scope)

    def to_owner(self) -> Via:
        """How a row of events reaches the entity of the rule."""
        if self.scope is None:
            return ""
        if self.row == "account":
            return "account"
        return "contact" if self.scope == "lead" else "owner"

    def to_result(self, level: Level) -> Via:
        """How this row reaches the results of a level: its own, or those of its account."""
        if level == self.row:
            return self.to_owner()
        if self.scope is None:
            return "account"
        return "home" if self.scope == "lead" else "account"

    def to_field(self, level: Level) -> Via:
        """How this row reaches the fields of the contact or the account: an event's own, not its owner's."""
        if self.scope is not None:
            return "contact" if level == "lead" else "account"
        return "" if level == self.row else "account"


LEAD = Place("lead")
ACCOUNT = Place("account")
