"""What a plan reads of the data: types of events and how far back, fields, properties."""

from __future__ import annotations

from collections.abc import Mapping

from ...grammar.late_methods import dataclass
from ..model import Model
from ..narrowing import narrowed
from ..plan.reach import age_of, is_read
from ..plan.steps import Plan

_SCREENED = "event_screened"
"""The step that has all events with the line that ignores them."""


@dataclass(frozen=True)
class Reading:
    """`reach` says of each type of events from which age on, in microseconds, nobody reads them; None: of any age.

    `never` are the types that no rule asks for. `screened`: all events are read all the same, once, because a line
    `ignore` looks at the events beside an event. Columns are those that rules read, by table, with how many there are.
    """

    reach: Mapping[str, int | None]
    never: tuple[str, ...]
    screened: bool
    columns: Mapping[str, tuple[str, ...]]
    declared: Mapping[str, int]


def reading(plan: Plan) -> Reading:
    """What is read for a plan."""
    types = sorted(plan.model.schema.events)
    reach = {name: age_of(plan.reach, name) for name in types if is_read(plan.reach, name)}
    columns, declared = _columns(plan.model)
    never = tuple(name for name in types if name not in reach)
    return Reading(reach, never, any(step.name == _SCREENED for step in plan.steps), columns, declared)


def _columns(model: Model) -> tuple[dict[str, tuple[str, ...]], dict[str, int]]:
    whole, read = model.schema, narrowed(model)
    pairs = {
        "contacts": (read.contact, whole.contact),
        "accounts": (read.account, whole.account),
        "events": (_properties(read.events), _properties(whole.events)),
    }
    return (
        {table: tuple(sorted(some)) for table, (some, _) in pairs.items()},
        {table: len(every) for table, (_, every) in pairs.items()},
    )


def _properties(events: Mapping[str, Mapping[str, object]]) -> set[str]:
    return {name for properties in events.values() for name in properties}
