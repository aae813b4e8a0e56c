"""The part of a schema that rules read: to score, nothing else in the data has to be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from .model import Derived, Model
from .schema import FieldType, Schema

_SESSION = "session"
"""The property that names the session of an event where it has one: rules that count sessions do not name it."""


def narrowed(model: Model, wanted: Iterable[tuple[str, str]] = ()) -> Schema:
    """The model's schema without the fields and properties that no rule reads and no record has to have.

    `wanted` are more fields to keep, each with its level. Event types all stay: the data are told by them.
    """
    named, asked = model.named
    derived = ((item.level, item.name) for item in model.order if isinstance(item, Derived))
    fields, properties = {*named, *derived, *wanted}, {_SESSION, *asked}
    schema = model.schema
    return replace(
        schema,
        contact=_kept(schema.contact, {name for level, name in fields if level == "contact"}),
        account=_kept(schema.account, {name for level, name in fields if level == "account"}),
        events={event_type: _kept(declared, properties) for event_type, declared in schema.events.items()},
    )


def _kept(declared: Mapping[str, FieldType], names: set[str]) -> dict[str, FieldType]:
    return {name: type_ for name, type_ in declared.items() if name in names or type_.required}
