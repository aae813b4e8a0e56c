"""Who could do something: the leads of an account, those who do most first, the account itself, or someone new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..interpreter.evaluation import Evaluation
from ..interpreter.people import Account, Lead
from ..interpreter.rows import Row
from ..interpreter.world import World
from ..model import And, Compare, Expr, Field, InSet, Model, Selection
from ..records import Value
from ..rows import walk
from .kinds import kinds, types_in
from .step import Newcomer, Step, Steps

MOST = 8
"""How many leads are tried for one thing."""


def leads_of(evaluation: Evaluation, row: Row) -> list[Lead]:
    """The leads of an account that count, those with most events first."""
    if row.account is None:
        return []
    found = [lead for lead in row.account.leads if evaluation.disqualified(lead) is None]
    return sorted(found, key=lambda lead: (-len(evaluation.world.timeline(lead).events), lead.id))


def doings(evaluation: Evaluation, selection: Selection, row: Row, given: Steps = ()) -> Iterator[Step]:
    """Single events that a selection would select if they happened now, by everyone who could do them."""
    new = {step.newcomer.id: step.newcomer for step in given if step.newcomer is not None}
    of_lead = selection.scope == "lead" and row.lead is not None
    actors = [row.lead] if of_lead and row.lead is not None else leads_of(evaluation, row)[:MOST]
    for lead in actors:
        for kind in kinds(evaluation, selection, row, lead, lead.account):
            if of_lead or is_personal(evaluation, kind.type):
                yield Step(kind.type, lead.id, None, kind.properties, new.get(lead.id))
    if not of_lead and row.account is not None:
        for kind in kinds(evaluation, selection, row, None, row.account):
            if not actors or not is_personal(evaluation, kind.type):
                yield Step(kind.type, None, row.account.id, kind.properties)


# --- whose events a type has ------------------------------------------------------------------------------------------


def is_personal(evaluation: Evaluation, type: str) -> bool:
    """Whether events of a type are what people do, as the data show it; else as the rules read it."""
    data = evaluation.world.data
    shown: Mapping[str, bool] = evaluation.lasting.remembered(data, "whose events", lambda: _shown(data))
    if type in shown:
        return shown[type]
    model = evaluation.model
    read: frozenset[str] = evaluation.lasting.remembered(model, "types of leads", lambda: _read_of_leads(model))
    return type in read


def _shown(data: World) -> dict[str, bool]:
    """For each type in the data whether any of its events has a contact."""
    found: dict[str, bool] = {}
    for event in data.events:
        found[event.type] = found.get(event.type, False) or event.lead is not None
    return found


def _read_of_leads(model: Model) -> frozenset[str]:
    """The types that rules select from the events of leads."""
    parts = (step.item for item in model.order for step in walk(item, "lead"))
    own = (part for part in parts if isinstance(part, Selection) and part.scope == "lead")
    return frozenset(type for selection in own for type in types_in(selection.test))


# --- someone new ------------------------------------------------------------------------------------------------------


def someone(evaluation: Evaluation, account: Account, fields: Mapping[str, Value], number: int = 1) -> Step:
    """That a new person is there, of whom these fields are known."""
    known = sorted((name, value) for name, value in fields.items() if value is not None)
    name = " ".join(["new", *(str(value) for _, value in known)] if known else ["new", "contact"])
    id = f"{name} {number}" if number > 1 else name
    while id in evaluation.world.leads:
        id += "'"
    return Step(contact_id=id, newcomer=Newcomer(id, account.id, tuple(known)))


def asked_of(where: Expr | None) -> dict[str, Value]:
    """The fields of a contact that a condition asks for by name: `role == 'champion' and …`."""
    match where:
        case And():
            return {name: value for item in where.items for name, value in asked_of(item).items()}
        case Compare(op="==", left=Field(level="contact", name=name), right=right):
            value = getattr(right, "value", None)
            return {} if value is None else {name: value}
        case InSet(item=Field(level="contact", name=name)):
            first = next((value for value in where.values if value is not None), None)
            return {} if first is None else {name: first}
        case Field(level="contact", name=name, kind="bool"):
            return {name: True}
    return {}
