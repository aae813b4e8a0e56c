"""Short names for the parts of a model and for records, so that a test reads like the rule it is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from scoreline.engine.interpreter import Evaluation, Row, interpret
from scoreline.engine.model import (
    AgeWindow,
    And,
    Compare,
    Const,
    Definition,
    Each,
    EventAggregate,
    EventAttr,
    Expr,
    Field,
    Happened,
    Length,
    Line,
    Model,
    Near,
    Often,
    OfType,
    Points,
    Prop,
    Result,
    Score,
    Selection,
)
from scoreline.engine.records import Account, Contact, Event, Population
from scoreline.engine.results import Contribution, EntityResult
from scoreline.engine.rounding import from_units
from scoreline.engine.schema import Schema

DAY = 86_400_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AS_OF = (datetime(2026, 3, 1, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


def instant(text: str) -> int:
    """Microseconds of an instant in UTC."""
    return (datetime.fromisoformat(text).replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


def ago(days: float = 0, **more: float) -> int:
    """An instant before `AS_OF`, which is 2026-03-01T00:00Z."""
    return AS_OF - timedelta(days=days, **more) // timedelta(microseconds=1)


# --- expressions ----------------------------------------------------------------------------------------------------


def const(value: Any) -> Const:
    kinds: dict[type, Any] = {bool: "bool", str: "text", date: "date", int: "number", float: "number"}
    kind = kinds[type(value)]
    return Const(float(value) if kind == "number" else value, kind=kind)


ALWAYS = const(True)
MISSING = Field("contact", "nothing", kind="number")


def contact(name: str, kind: Any = "text") -> Field:
    return Field("contact", name, kind=kind)


def account(name: str, kind: Any = "text") -> Field:
    return Field("account", name, kind=kind)


def prop(name: str, kind: Any = "text") -> Prop:
    return Prop(name, kind=kind)


def attr(name: Any, kind: Any = "number") -> EventAttr:
    return EventAttr(name, kind=kind)


def result(name: str, level: Any = "lead", what: Any = "score", kind: Any = "number") -> Result:
    return Result(level, what, name, kind=kind)


def is_(left: Expr, op: Any, right: Any) -> Compare:
    return Compare(op, left, right if isinstance(right, Expr) else const(right))


def days(count: float | Expr) -> Length:
    return Length(count if isinstance(count, Expr) else const(count), DAY)


# --- selections -----------------------------------------------------------------------------------------------------


def within(count: float | Expr) -> AgeWindow:
    return AgeWindow(None, days(count))


def near(relation: Any, anchor: Selection, length: float | None = None, same_contact: bool = False) -> Near:
    return Near(relation, anchor, None if length is None else days(length), same_contact)


def events(*types: str, where: tuple[Expr, ...] = (), scope: Any = "lead", which: Any = None) -> Selection:
    """Events of these types that pass all tests in `where`."""
    return Selection(scope, And((OfType(types), *where)), which)


VISIT = events("visit")


def happened(
    selection: Selection, op: Any = None, count: float | Expr = 1, unit: Any = "times", **more: Any
) -> Happened:
    if op is None:
        return Happened(selection)
    return Happened(selection, Often(op, count if isinstance(count, Expr) else const(count), unit, **more))


def over(function: str, selection: Selection, what: Expr | None = None) -> EventAggregate:
    kind: Any = "number" if what is None or function in ("count", "distinct") else what.kind
    return EventAggregate(function, what, selection, kind=kind)


# --- lines and scores -----------------------------------------------------------------------------------------------


def points(value: float | Expr) -> Points:
    return Points(value if isinstance(value, Expr) else const(value))


def once(id: str, condition: Expr, value: float | Expr, **more: Any) -> Line:
    """`id: condition => +value`."""
    return Line(id, points(value), condition=condition, **more)


def each(id: str, selection: Selection, value: float | Expr, unit: Any = "event", **more: Any) -> Line:
    """`id: each selection => +value`."""
    own = {name: more.pop(name) for name in ("prop", "often") if name in more}
    return Line(id, points(value), each=Each(unit, selection, **own), **more)


def score(*items: Any, name: str = "points", level: Any = "lead", **more: Any) -> Score:
    return Score(level, name, items, **more)


# --- records --------------------------------------------------------------------------------------------------------


def visit(id: str, at: int, contact: str | None = "ann", account: str | None = None, **properties: Any) -> Event:
    return event(id, "visit", at, contact, account, **properties)


def event(
    id: str, type: str, at: int, contact: str | None = "ann", account: str | None = None, **properties: Any
) -> Event:
    return Event(id, type, at, contact, account, properties)


def population(*records: Account | Contact | Event) -> Population:
    return Population(
        [record for record in records if isinstance(record, Account)],
        [record for record in records if isinstance(record, Contact)],
        [record for record in records if isinstance(record, Event)],
    )


ANN = Contact("ann", "acme", {"role": "buyer"})


# --- running --------------------------------------------------------------------------------------------------------


def model(*order: Definition, timezone: str = "UTC", **more: Any) -> Model:
    return Model("test", "1", timezone, Schema(), order, **more)


def _evaluation(data: Population, as_of: int = AS_OF, rules: tuple[Definition, ...] = (), **more: Any) -> Evaluation:
    return Evaluation(model(*rules, **more), data, as_of)


class Ran:
    """The outcome of a run, to be asked by id."""

    def __init__(self, definitions: tuple[Definition, ...], data: Population, as_of: int, **more: Any) -> None:
        self.outcome = interpret(model(*definitions, **more), data, as_of)
        self.leads = {lead.id: lead for lead in self.outcome.leads}
        self.accounts = {account.id: account for account in self.outcome.accounts}

    def entity(self, id: str) -> EntityResult:
        return self.leads.get(id) or self.accounts[id]

    def score(self, id: str = "ann", name: str = "points") -> float:
        return from_units(self.entity(id).scores[name])

    def measure(self, id: str = "ann", name: str = "value") -> Any:
        return self.entity(id).measures[name]

    def entries(self, id: str = "ann") -> list[tuple[str | None, str, float]]:
        """(line, kind, points) of each contribution."""
        return [(entry.line, entry.kind, from_units(entry.points)) for entry in self.contributions(id)]

    def contributions(self, id: str = "ann") -> list[Contribution]:
        return [entry for entry in self.outcome.contributions if entry.id == id]


def run(*definitions: Definition, data: Population, as_of: int = AS_OF, **more: Any) -> Ran:
    return Ran(definitions, data, as_of, **more)


def worth(*items: Any, data: Population, **more: Any) -> float:
    """The score that lines give ann."""
    return run(score(*items), data=data, **more).score()


def evaluate(expr: Expr, *records: Account | Contact | Event, id: str = "ann", level: Any = "lead", **more: Any) -> Any:
    """The value of an expression for one lead or account."""
    evaluation = _evaluation(population(*records), **more)
    row = evaluation.row(level, id)
    assert isinstance(row, Row)
    return evaluation.value(expr, row)


def picked(
    selection: Selection, *records: Account | Contact | Event, id: str = "ann", level: Any = "lead", **more: Any
) -> list[str]:
    """The ids of the events that a selection has for one lead or account."""
    evaluation = _evaluation(population(*records), **more)
    row = evaluation.row(level, id)
    assert isinstance(row, Row)
    return [found.id for found in evaluation.select(selection, row).events]
