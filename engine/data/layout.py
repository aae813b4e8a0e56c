"""What a schema makes of the three tables: their columns, and how the values of each are typed."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from ...grammar.late_methods import dataclass
from ..schema import FieldType, Kind, Schema

RecordKind = Literal["accounts", "contacts", "events"]
KINDS: tuple[RecordKind, ...] = ("accounts", "contacts", "events")

SQL_TYPES: dict[Kind, str] = {
    "text": "TEXT",
    "number": "DOUBLE",
    "bool": "BOOLEAN",
    "date": "DATE",
    "timestamp": "BIGINT",
    "list": "TEXT[]",
    "unknown": "TEXT",
}


@dataclass(frozen=True)
class Variant:
    """How a column is typed in records of some event types; without types, in all records."""

    type: FieldType
    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One column of fields or properties: its name in the table and its name in the schema."""

    name: str
    field: str
    kind: Kind
    variants: tuple[Variant, ...]

    @property
    def sql_type(self) -> str:
        return SQL_TYPES[self.kind]


@dataclass(frozen=True)
class Role:
    """A column that every record of a kind has, and the key by which records name it."""

    name: str
    key: str
    form: Literal["identity", "text", "instant"]

    @property
    def sql_type(self) -> str:
        return "BIGINT" if self.form == "instant" else "TEXT"


_ID = Role("id", "id", "identity")
_ACCOUNT = Role("account_id", "account_id", "identity")
_VALID_FROM = Role("valid_from", "valid_from", "instant")

ROLES: dict[RecordKind, tuple[Role, ...]] = {
    "accounts": (_ID, _VALID_FROM),
    "contacts": (_ID, _ACCOUNT, _VALID_FROM),
    "events": (
        _ID,
        Role("type", "type", "text"),
        Role("at", "timestamp", "instant"),
        Role("contact_id", "contact_id", "identity"),
        _ACCOUNT,
        Role("received_at", "received_at", "instant"),
    ),
}


@dataclass(frozen=True)
class Layout:
    """The columns of one table."""

    kind: RecordKind
    columns: tuple[Column, ...]

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        return ROLES[self.kind]

    @cached_property
    def names(self) -> list[str]:
        """All columns in their order."""
        return [*(role.name for role in self.roles), *(column.name for column in self.columns)]

    @cached_property
    def sql_types(self) -> list[str]:
        """The types of all columns in their order."""
        return [*(role.sql_type for role in self.roles), *(column.sql_type for column in self.columns)]


def layouts(schema: Schema) -> dict[RecordKind, Layout]:
    """The three tables of a schema."""
    return {
        "accounts": Layout("accounts", _fields(schema, "account")),
        "contacts": Layout("contacts", _fields(schema, "contact")),
        "events": Layout("events", _properties(schema)),
    }


def _fields(schema: Schema, level: Literal["account", "contact"]) -> tuple[Column, ...]:
    return tuple(Column(name, name, type_.kind, (Variant(type_),)) for name, type_ in schema.fields(level).items())


def _properties(schema: Schema) -> tuple[Column, ...]:
    return tuple(
        Column(column, name, kind, _variants(schema, name, kind))
        for (name, kind), column in schema.event_columns().items()
    )


def _variants(schema: Schema, name: str, kind: Kind) -> tuple[Variant, ...]:
    """The event types that have this property, those with equal declarations together."""
    groups: dict[FieldType, list[str]] = {}
    for event_type in schema.types_with(name, kind):
        groups.setdefault(schema.events[event_type][name], []).append(event_type)
    return tuple(Variant(type_, tuple(types)) for type_, types in groups.items())


def spelling(name: str) -> str:
    """What two names of one table must not have in common: they would be one column."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in name)


def alike(layout: Layout) -> tuple[str, str] | None:
    """Two columns of a table whose names differ only in case, if there are any."""
    seen: dict[str, str] = {}
    for name in layout.names:
        other = seen.setdefault(spelling(name), name)
        if other != name:
            return other, name
    return None
