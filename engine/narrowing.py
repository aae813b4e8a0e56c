"""The part of a schema that rules read: to score, nothing else in the data has to be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from .model import Derived, Expr, Field, Model, Part, Prop
from .rows import walk
from .schema import FieldType, Schema

_SESSION = "session"
"""The property that names the session of an event where it has one: rules that count sessions do not name it."""


def narrowed(model: Model, wanted: Iterable[tuple[str, str]] = ()) -> Schema:
    """The model's schema without the fields and properties that no rule reads and no record has to have.

    `wanted` are more fields to keep, each with its level. Event types all stay: the data are told by them.
    """
    fields, properties = set(wanted), {_SESSION}
    for definition in (*model.ignored, *model.order):
        if isinstance(definition, Derived):
            fields.add((definition.level, definition.name))
        for step in walk(definition, getattr(definition, "level", "lead")):
            _note(step.item, fields, properties)
    schema = model.schema
    return replace(
        schema,
        contact=_kept(schema.contact, {name for level, name in fields if level == "contact"}),
        account=_kept(schema.account, {name for level, name in fields if level == "account"}),
        events={event_type: _kept(declared, properties) for event_type, declared in schema.events.items()},
    )


def _note(item: Expr | Part, fields: set[tuple[str, str]], properties: set[str]) -> None:
    if isinstance(item, Field):
        fields.add((item.level, item.name))
    elif isinstance(item, Prop):
        properties.add(item.name)


def _kept(declared: Mapping[str, FieldType], names: set[str]) -> dict[str, FieldType]:
    return {name: type_ for name, type_ in declared.items() if name in names or type_.required}
