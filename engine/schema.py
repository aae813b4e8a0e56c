"""What the data look like: the fields of contacts and accounts, the event types and their properties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Literal

from ..grammar.late_methods import dataclass
from ..grammar.source import NOWHERE, Span

Kind = Literal["text", "number", "bool", "date", "timestamp", "list", "unknown"]


NAMING: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "account": (("name",), ("company",), ("company_name",), ("account_name",)),
    "contact": (("name",), ("full_name",), ("first_name", "last_name"), ("email",)),
}
"""Fields that name companies and people: the first of these that a schema has."""


@dataclass(frozen=True)
class FieldType:
    """The declared type of one field or property.

    `values` are the members of an enumeration as written (kind `text`). Kind `unknown` is a field that rules
    name but no data have shown (single-file rulesets): it takes part in every operation and is always missing.
    """

    kind: Kind
    values: tuple[str, ...] | None = None
    required: bool = False
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class Schema:
    """Fields by their dotted name. `inferred` is true where data, not a manifest, said what there is."""

    contact: Mapping[str, FieldType] = field(default_factory=dict)
    account: Mapping[str, FieldType] = field(default_factory=dict)
    events: Mapping[str, Mapping[str, FieldType]] = field(default_factory=dict)
    inferred: bool = False

    def fields(self, level: Literal["contact", "account"]) -> Mapping[str, FieldType]:
        """The declared fields of a level, without `id` and `account_id`, which every schema has."""
        return self.contact if level == "contact" else self.account

    def naming(self, level: Literal["contact", "account"]) -> tuple[str, ...]:
        """The fields by which pages call people and companies; without any they are called by their ids.

        >>> text = FieldType("text")
        >>> Schema({"first_name": text, "last_name": text, "email": text}, {"domain": text}).naming("contact")
        ('first_name', 'last_name')
        """
        known = self.fields(level)
        return next((names for names in NAMING[level] if all(name in known for name in names)), ())

    def upon(self, base: Schema) -> Schema:
        """The fields of both; what this schema says goes before, event type by event type.

        One that was inferred says nothing about properties that the base declares.
        """
        events: dict[str, Mapping[str, FieldType]] = dict(base.events)
        for name, properties in self.events.items():
            known = base.events.get(name, {})
            events[name] = {**properties, **known} if self.inferred else {**known, **properties}
        contact, account = {**base.contact, **self.contact}, {**base.account, **self.account}
        return Schema(contact, account, events, self.inferred)

    def event_columns(self) -> dict[tuple[str, Kind], str]:
        """The columns that hold properties of events: one for each name and kind.

        Two event types may give the same property name to different kinds of value.

        >>> Schema(events={"a": {"score": FieldType("number")}, "b": {"score": FieldType("text")}}).event_columns()
        {('score', 'number'): 'score number', ('score', 'text'): 'score text'}
        """
        pairs: Iterable[tuple[str, Kind]] = (
            (name, kind.kind) for properties in self.events.values() for name, kind in properties.items()
        )
        return {(name, kind): f"{name} {kind}" for name, kind in sorted(set(pairs))}

    def types_with(self, name: str, kind: Kind) -> list[str]:
        """The event types that have a property of this name and kind."""
        return [type_ for type_, own in self.events.items() if name in own and own[name].kind == kind]
