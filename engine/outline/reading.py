"""What a plan reads of the data: types of events and how far back, fields, properties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..model import And, Compare, Const, Expr, InSet, Model, Or
from ..narrowing import narrowed
from ..plan.adapter import data
from ..plan.scalars import FALSE, Call
from ..plan.steps import Chain, Plan, Query, Step, Union
from .lineage import Side

NEVER = 0.0
"""The age below which no event is."""

_INPUT = "events"
_EVENTS = "event"
_ALL = float("inf")


@dataclass(frozen=True)
class Reading:
    """`reach` says of each type of events from which age on, in microseconds, nobody reads them; None: of any age.

    `never` are the types that no rule reads. Columns are those that rules read, by table, with how many there are.
    """

    reach: Mapping[str, int | None]
    never: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    declared: Mapping[str, int]


def reading(plan: Plan) -> Reading:
    """What is read for a plan."""
    ages = {name: _age(plan, name) for name in sorted(plan.model.schema.events)}
    reach = {name: None if age == _ALL else int(age) for name, age in ages.items() if age != NEVER}
    columns, declared = _columns(plan.model)
    return Reading(reach, tuple(name for name, age in ages.items() if age == NEVER), columns, declared)


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


# --- how far back -----------------------------------------------------------------------------------------------------


def _age(plan: Plan, event_type: str) -> float:
    """The age below which events of a type come through to the steps that count."""
    steps = {step.name: step.relation for step in plan.steps if isinstance(step, Step)}
    return _through(steps, _EVENTS, event_type) if _EVENTS in steps else NEVER


def _through(steps: Mapping[str, Side], relation: Side, event_type: str) -> float:
    match relation:
        case str():
            return _ALL if relation == _INPUT or relation not in steps else _through(steps, steps[relation], event_type)
        case Query():
            tests = [_passing(test, event_type) for test in relation.where]
            return min([_through(steps, relation.source.relation, event_type), *tests])
        case Union():
            return max(_through(steps, part, event_type) for part in relation.parts)
        case Chain():
            return _through(steps, relation.first, event_type)
    return _ALL


def _passing(test: Expr, event_type: str) -> float:
    """The age below which events of a type can pass a test of the data's own table; who cannot tell lets all pass."""
    match test:
        case And():
            return min(_passing(item, event_type) for item in test.items)
        case Or():
            return max(_passing(item, event_type) for item in test.items)
        case InSet(item=item) if item == data("type", "text"):
            return _ALL if event_type in test.values else NEVER
        case Compare(op="<", left=Call(name="subtract", args=(_, at)), right=Const(value=int() as age)):
            return age if at == data("at") else _ALL
    return NEVER if test == FALSE else _ALL
