"""What the rules ask of the data: the fields, properties and event types that they read, each with its places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import Literal

from ...grammar.late_methods import dataclass
from ...grammar.source import NOWHERE, Span
from ..fold import fold
from ..model import (
    Compare,
    Const,
    Cooldown,
    Coverage,
    Derived,
    Each,
    EventAggregate,
    Expr,
    Field,
    InSet,
    LeadAggregate,
    Line,
    Lookup,
    Matches,
    Missing,
    Model,
    Part,
    Prop,
    Selection,
    TextTest,
)
from ..reads import own_children, types_of
from ..rows import Step, walk

Owner = Literal["contact", "account"]


@dataclass(frozen=True)
class Attribute:
    """A field of contacts or accounts, or a property of events of some types."""

    owner: Owner | Literal["event"]
    name: str
    types: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """As a person would name it: `contact.role`, `page` of page_view."""
        return self.name if self.owner == "event" else f"{self.owner}.{self.name}"


@dataclass
class Use:
    """How the rules use an attribute.

    `places` are where it is read; `values` the texts that it is compared with as a whole, by their folded form, each
    with its first place; `patterns` the tests that look into its text; `spoken_of` where rules ask whether it is known.
    """

    places: list[Span] = field(default_factory=list)
    values: dict[str, tuple[str, Span]] = field(default_factory=dict)
    patterns: list[TextTest | Matches] = field(default_factory=list)
    spoken_of: bool = False


@dataclass
class Asked:
    """Everything that a model reads from data, in the order in which the rules speak of it.

    `selections` are the event types of each selection, with its place; `links` are where a rule needs to know to
    which account a person belongs.
    """

    attributes: dict[Attribute, Use] = field(default_factory=dict)
    selections: list[tuple[tuple[str, ...], Span]] = field(default_factory=list)
    links: list[Span] = field(default_factory=list)

    @property
    def types(self) -> set[str]:
        """The event types that selections name."""
        return {name for types, _ in self.selections for name in types}

    def use(self, attribute: Attribute) -> Use:
        return self.attributes.setdefault(attribute, Use())


def asked_by(model: Model) -> Asked:
    """What the definitions of a model read. `ignore` lines read events, too, but never ask for any to be there."""
    asked = Asked()
    for definition in model.order:
        level: Literal["lead", "account"] = "lead" if getattr(definition, "level", "lead") != "account" else "account"
        own = (definition.level, definition.name) if isinstance(definition, Derived) else None
        for step in walk(definition, level):
            _note(asked, model, step, own)
            if _crosses(step.item, level):
                asked.links.append(step.span)
    for ignored in model.ignored:
        for step in walk(ignored, "lead"):
            if isinstance(step.item, Field):
                _note(asked, model, step, None)
    return asked


def _crosses(item: Expr | Part, level: Literal["lead", "account"]) -> bool:
    """Whether a rule about accounts looks at their people, or one about people at their account."""
    if level == "lead":
        return isinstance(item, Field) and item.level == "account"
    return isinstance(item, LeadAggregate | Coverage)


def ignored_types(model: Model) -> set[str]:
    """The event types that `ignore` lines name: somebody knows of them."""
    return {name for ignored in model.ignored for step in walk(ignored, "lead") for name in _types(step.item)}


def _types(item: Expr | Part) -> Iterable[str]:
    return types_of(item) if isinstance(item, Expr) else ()


def _note(asked: Asked, model: Model, step: Step, own: tuple[str, str] | None) -> None:
    match step.item:
        case Field(level=owner, name=name) if name not in ("id", "account_id") and (owner, name) != own:
            asked.use(Attribute(owner, name)).places.append(step.span)
        case Selection(test=test):
            types = tuple(dict.fromkeys(types_of(test)))
            asked.selections.append((types, step.span))
            _properties(asked, model, own_expressions(test), types, step.span)
        case EventAggregate(what=Expr() as what, selection=selection):
            _properties(asked, model, own_expressions(what), tuple(dict.fromkeys(types_of(selection.test))), step.span)
        case Line(each=Each(selection=Selection() as selection)) as line:
            types = tuple(dict.fromkeys(types_of(selection.test)))
            for piece in (line.effect.value, line.each.prop if line.each else None, *grouped_by(line)):
                if piece is not None:
                    _properties(asked, model, own_expressions(piece), types, step.span)
    if isinstance(step.item, Expr):
        _note_test(asked, step.item, step.span, ())


def grouped_by(line: Line) -> Iterator[Expr]:
    """What `per` names on a line: the property of which each value has a limit of its own."""
    for limit in (*line.at_most, *line.bounds):
        if not isinstance(limit, Cooldown) and limit.prop is not None:
            yield limit.prop


def own_expressions(expr: Expr) -> Iterator[Expr]:
    """An expression and all below it, without what stands in selections of its own."""
    yield expr
    for child in own_children(expr):
        yield from own_expressions(child)


def _properties(asked: Asked, model: Model, found: Iterable[Expr], types: tuple[str, ...], around: Span) -> None:
    for item in found:
        place = item.origin.span if item.origin is not None else around
        if isinstance(item, Prop):
            having = tuple(name for name in types if item.name in model.schema.events.get(name, {}))
            if having:
                asked.use(Attribute("event", item.name, having)).places.append(around if place == NOWHERE else place)
        else:
            having = tuple(name for name in types if any(_has(model, name, inner) for inner in own_children(item)))
            _note_test(asked, item, around if place == NOWHERE else place, having)


def _has(model: Model, event_type: str, item: Expr) -> bool:
    return isinstance(item, Prop) and item.name in model.schema.events.get(event_type, {})


def _note_test(asked: Asked, test: Expr, place: Span, types: tuple[str, ...]) -> None:
    """What a test says about the one attribute that it looks at."""
    attribute = next((found for item in own_children(test) if (found := _attribute(item, types)) is not None), None)
    if attribute is None:
        return
    use = asked.use(attribute)
    match test:
        case Compare(left=left, right=right, exact=False):
            _named(use, [side.value for side in (left, right) if isinstance(side, Const)], place)
        case InSet(values=values, exact=False) | Coverage(values=values):
            _named(use, values, place)
        case Lookup(table=table, args=args):
            where = [number for number, argument in enumerate(args) if _attribute(argument, types) == attribute]
            _named(use, [entry.keys[where[0]] for entry in table.entries], place)
        case TextTest(op="like", sought=sought) if all(_is_plain(each) for each in sought):
            _named(use, [each.value for each in sought if isinstance(each, Const)], place)
        case TextTest() | Matches():
            use.patterns.append(test)
        case Missing():
            use.spoken_of = True


def _attribute(item: Expr, types: tuple[str, ...]) -> Attribute | None:
    if isinstance(item, Field) and item.name not in ("id", "account_id"):
        return Attribute(item.level, item.name)
    return Attribute("event", item.name, types) if isinstance(item, Prop) and types else None


def _is_plain(sought: Expr) -> bool:
    return isinstance(sought, Const) and not set(str(sought.value)) & set("*?\\")


def _named(use: Use, values: Iterable[object], place: Span) -> None:
    for value in values:
        if isinstance(value, str):
            use.values.setdefault(fold(value), (value, place))
