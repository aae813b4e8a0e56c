"""The accounts, contacts and events of a scenario as typed records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from ...grammar.late_methods import dataclass
from ...grammar.source import Span
from ..records import Account, Contact, Event, Population, Value
from ..schema import FieldType, Schema
from ..yaml_tree import YamlList, YamlMap, YamlNode
from .findings import Findings, entries
from .values import Clock, Impossible, value_of

#: The keys of an event that are no properties; the second name of each pair is that of the data format.
_EVENT_KEYS = {
    "id": ("id",),
    "type": ("type",),
    "at": ("at", "timestamp"),
    "contact": ("contact", "contact_id"),
    "account": ("account", "account_id"),
    "received_at": ("received_at",),
}
_ACCOUNT = "accounts: [{id: acme, employees: 800}]"
_CONTACT = "contacts: [{id: ann, account_id: acme}]"
_EVENT = "events: [{contact: ann, type: page_view, page: pricing, at: 3 days ago}]"


@dataclass
class People:
    """Reads the records of one scenario."""

    schema: Schema
    clock: Clock
    findings: Findings
    _seen: set[tuple[str, str, int | None]] = field(default_factory=set)

    def population(self, scenario: YamlMap) -> Population:
        """Everything under `accounts`, `contacts` and `events`."""
        accounts = [self._account(node) for node in self._records(scenario, "accounts", _ACCOUNT)]
        contacts = [self._contact(node) for node in self._records(scenario, "contacts", _CONTACT)]
        events = [event for node in self._records(scenario, "events", _EVENT) for event in self._events(node)]
        return Population([item for item in accounts if item], [item for item in contacts if item], _with_ids(events))

    def _records(self, scenario: YamlMap, kind: str, example: str) -> Iterator[YamlMap]:
        for node in self.findings.sequence(scenario.get(kind), f"`{kind}`", example):
            record = self.findings.mapping(node, f"one of the {kind}", example)
            if record is not None:
                yield record

    # --- accounts and contacts -----------------------------------------------------------------------------------

    def _account(self, node: YamlMap) -> Account | None:
        id_, valid_from = self._identity(node, "account")
        fields = self._values(_rest(node, "id", "valid_from"), self.schema.account, "`account`", "field")
        return Account(id_, fields, valid_from) if id_ else None

    def _contact(self, node: YamlMap) -> Contact | None:
        id_, valid_from = self._identity(node, "contact")
        account = self._either(node, "account_id", "account")
        own = "account" in self.schema.contact
        keys = ("id", "valid_from", "account_id") if own else ("id", "valid_from", "account_id", "account")
        fields = self._values(_rest(node, *keys), self.schema.contact, "`contact`", "field")
        return Contact(id_, account, fields, valid_from) if id_ else None

    def _identity(self, node: YamlMap, kind: str) -> tuple[str, int | None]:
        id_ = self.findings.text(node.get("id"), "`id`")
        valid_from = self._instant(node, "valid_from")
        if id_ is None:
            self.findings.add("X101", f"every {kind} has an `id`", node.span, "without one", f"write `id: my_{kind}`")
            return "", None
        if (kind, id_, valid_from) in self._seen:
            self.findings.add("X101", f"the {kind} `{id_}` stands here twice", node.span, "the second one")
        self._seen.add((kind, id_, valid_from))
        return id_, valid_from

    # --- events ----------------------------------------------------------------------------------------------------

    def _events(self, node: YamlMap) -> Iterator[Event]:
        """One event, or one for each instant where `at` is a list."""
        type_ = self.findings.text(node.get("type"), "`type`")
        if type_ is None:
            self.findings.add("X101", "every event has a `type`", node.span, "without one", "write `type: page_view`")
            return
        properties = self._properties(node, type_)
        contact, account = self._either(node, "contact", "contact_id"), self._either(node, "account", "account_id")
        if contact is None and account is None:
            hint = "write `contact: ann`, or `account: acme`"
            self.findings.add("X101", "every event has a `contact` or an `account`", node.span, "without one", hint)
            return
        given = self.findings.text(node.get("id"), "`id`") or ""
        received = self._instant(node, "received_at")
        for number, at in enumerate(self._instants(node)):
            id_ = f"{given}_{number + 1}" if given and number else given
            yield Event(id_, type_, at, contact, account, properties, received)

    def _properties(self, node: YamlMap, type_: str) -> Mapping[str, Value]:
        declared = self.schema.events.get(type_)
        if declared is None:
            place = node.get("type")
            span = place.span if place else node.span
            self.findings.unknown(f"there is no event type `{type_}`", span, type_, self.schema.events)
            return {}
        written = _rest(node, *(key for keys in _EVENT_KEYS.values() for key in keys), "properties")
        inner = node.get("properties")
        if isinstance(inner, YamlMap):
            written += list(_flat(inner))
        return self._values(written, declared, f"`{type_}`", "property")

    def _instants(self, node: YamlMap) -> Iterator[int]:
        place = node.get("at") or node.get("timestamp")
        if place is None:
            self.findings.add("X101", "every event has a time", node.span, "without one", "write `at: 3 days ago`")
            return
        for item in place.items if isinstance(place, YamlList) else (place,):
            at = self._moment(item)
            if at is not None:
                yield at

    # --- values ----------------------------------------------------------------------------------------------------

    def _values(
        self, written: list[tuple[str, YamlNode, Span]], declared: Mapping[str, FieldType], owner: str, noun: str
    ) -> Mapping[str, Value]:
        values: dict[str, Value] = {}
        for name, node, key in written:
            type_ = declared.get(name)
            if type_ is None:
                self.findings.unknown(f"{owner} has no {noun} `{name}`", key, name, declared)
                continue
            try:
                value = value_of(node, type_, self.clock)
            except Impossible as wanted:
                self.findings.add("X103", f"`{name}` cannot have this value", node.span, f"not {wanted}")
                continue
            if value is not None:
                values[name] = value
        return values

    def _either(self, node: YamlMap, name: str, other: str) -> str | None:
        found = self.findings.text(node.get(name), f"`{name}`")
        return found if found is not None else self.findings.text(node.get(other), f"`{other}`")

    def _instant(self, node: YamlMap, key: str) -> int | None:
        place = node.get(key)
        return None if place is None else self._moment(place)

    def _moment(self, node: YamlNode) -> int | None:
        text = self.findings.text(node, "a time")
        at = None if text is None else self.clock.instant(text)
        if at is None:
            hint = "write `3 days ago`, `2026-02-26T09:30Z` or `2026-02-26`"
            self.findings.add("X103", "this is no time", node.span, "not understood", hint)
        return at


def _rest(node: YamlMap, *without: str) -> list[tuple[str, YamlNode, Span]]:
    """The values of all other keys, nested ones by their dotted names."""
    return [entry for entry in _flat(node) if entry[0].partition(".")[0] not in without]


def _flat(node: YamlMap, prefix: str = "") -> Iterator[tuple[str, YamlNode, Span]]:
    for key, value, span in entries(node):
        if isinstance(value, YamlMap):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value, span


def _with_ids(events: list[Event]) -> list[Event]:
    """Events without an id get one, in the order in which they are written."""
    taken = {event.id for event in events}
    free = (id_ for number in range(1, len(events) * 2 + 1) if (id_ := f"e{number}") not in taken)
    return [event if event.id else _named(event, next(free)) for event in events]


def _named(event: Event, id_: str) -> Event:
    return Event(id_, event.type, event.at, event.contact_id, event.account_id, event.properties, event.received_at)
