"""Small models and records by hand: short names for what tests write often."""

from __future__ import annotations

from scoreline.engine.model import (
    MICROS,
    AgeWindow,
    And,
    Block,
    Compare,
    Comparison,
    Const,
    Definition,
    Each,
    EventAttr,
    Expr,
    Field,
    Happened,
    IgnoreContacts,
    IgnoreEvents,
    Length,
    Line,
    Model,
    OfType,
    Points,
    Prop,
    Result,
    Score,
    Selection,
)
from scoreline.engine.schema import FieldType, Schema
from scoreline.grammar.nodes import Level

NOON = 1_774_958_400_000_000
"""2026-03-31T12:00Z, two days after Europe's clocks changed."""

HOUR = MICROS["hour"]
DAY = MICROS["day"]

SCHEMA = Schema(
    contact={"role": FieldType("text"), "score": FieldType("number"), "flag": FieldType("bool")},
    account={"region": FieldType("text"), "size": FieldType("number")},
    events={
        "view": {"page": FieldType("text"), "seconds": FieldType("number")},
        "talk": {"page": FieldType("text"), "minutes": FieldType("number"), "session": FieldType("text")},
    },
)


def number(value: float | None) -> Const:
    return Const(kind="number", value=None if value is None else float(value))


def text(value: str) -> Const:
    return Const(kind="text", value=value)


def days(count: float) -> Length:
    return Length(number(count), DAY)


def prop(name: str) -> Prop:
    return Prop(name=name, kind="text" if name == "page" else "number")


def from_field(name: str, unit: int = DAY) -> Length:
    """A length of time that is a field: `score` of the contact, or `size` of the account."""
    return Length(Field(level="contact" if name == "score" else "account", name=name, kind="number"), unit)


def role() -> Field:
    return Field(level="contact", name="role", kind="text")


def attr(name: str) -> EventAttr:
    kinds = {"date": "date", "week": "date", "contact": "text", "id": "text", "session": "text"}
    return EventAttr(name=name, kind=kinds.get(name, "number"))  # type: ignore[arg-type]


def score_of(level: Level, name: str) -> Result:
    return Result(level=level, what="score", name=name, kind="number")


def compare(left: Expr, op: Comparison, right: Expr | float) -> Compare:
    return Compare(op=op, left=left, right=right if isinstance(right, Expr) else number(right))


def select(*tests: Expr, scope: Level = "lead", type: str = "view", within: float | None = None) -> Selection:
    """Events of a type that pass the tests, of the last days."""
    window = () if within is None else (AgeWindow(low=None, high=days(within)),)
    return Selection(scope, And(items=(OfType(types=(type,)), *tests, *window)))


def happened(selection: Selection, **often: object) -> Happened:
    return Happened(selection=selection, **often)  # type: ignore[arg-type]


def line(
    id: str, points: Expr | float, condition: Expr | None = None, each: Each | None = None, **more: object
) -> Line:
    """A line that adds points; without a condition or `each` it always holds."""
    value = points if isinstance(points, Expr) else number(points)
    always = Const(value=True) if each is None else None
    return Line(id, Points(value), condition=condition or always, each=each, **more)  # type: ignore[arg-type]


def score(*items: Line | Block, level: Level = "lead", name: str = "s", **more: object) -> Score:
    return Score(level, name, items, **more)  # type: ignore[arg-type]


def model(
    *order: Definition,
    zone: str = "UTC",
    ignored: tuple[IgnoreEvents | IgnoreContacts, ...] = (),
    schema: Schema = SCHEMA,
) -> Model:
    return Model("test", "1.0.0", zone, schema, order, ignored)
