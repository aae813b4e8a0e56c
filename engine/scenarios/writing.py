"""A scenario as the YAML that people write: short records, times as `3 days ago`."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence

import yaml

from ...grammar.nodes import Level
from ..instants import format_instant
from ..model import MICROS
from ..records import Event, Population, Value
from ..schema import FieldType, Schema
from .expected import shown

Expectations = Mapping[Level, Mapping[str, Mapping[str, object]]]


def scenario_text(
    name: str, as_of: str, at: int, population: Population, expected: Expectations, schema: Schema, ids: bool = False
) -> str:
    """One item of `scenarios:`, indented as in a file of its own; `ids` also writes those of events.

    `as_of` is the instant `at` as it is written.
    """
    lines = [f"  - name: {_scalar(name)}", f"    as_of: {as_of}"]
    accounts = [
        {"id": each.id, **_version(each.valid_from), **_written(each.fields, schema.account)}
        for each in population.accounts
    ]
    contacts = [
        {
            "id": each.id,
            **({} if each.account_id is None else {"account_id": each.account_id}),
            **_version(each.valid_from),
            **_written(each.fields, schema.contact),
        }
        for each in population.contacts
    ]
    for title, found in (("accounts", accounts), ("contacts", contacts)):
        if found:
            lines.append(f"    {title}:")
            lines += [f"      - {_flow(each)}" for each in found]
    if population.events:
        lines.append("    events:")
        lines += [f"      - {_flow(each)}" for each in _events(population.events, at, schema, ids)]
    lines.append("    expect:")
    for level in ("lead", "account"):
        if level in expected:
            lines.append(f"      {level}s:")
            for id_, wanted in expected[level].items():
                lines += [f"        {_scalar(id_)}:", *(f"          {line}" for line in _expectation(wanted))]
    return "\n".join(lines) + "\n"


def _expectation(wanted: Mapping[str, object]) -> Iterator[str]:
    for key, value in wanted.items():
        if isinstance(value, Mapping):
            yield f"{_scalar(key)}:"
            yield from (f"  {_scalar(inner)}: {_scalar(item)}" for inner, item in value.items())
        else:
            yield f"{_scalar(key)}: {_scalar(value)}"


def _events(events: Sequence[Event], as_of: int, schema: Schema, ids: bool) -> Iterator[dict[str, object]]:
    """The events, those that differ in their time alone as one with a list of times."""
    groups: dict[str, tuple[dict[str, object], list[str]]] = {}
    for event in sorted(events, key=lambda each: (-each.at, each.id)):
        entry: dict[str, object] = {"id": event.id} if ids else {}
        entry |= {} if event.contact_id is None else {"contact": event.contact_id}
        entry |= {} if event.account_id is None else {"account": event.account_id}
        entry["type"] = event.type
        entry |= _written(event.properties, schema.events.get(event.type, {}))
        entry |= {} if event.received_at is None else {"received_at": format_instant(event.received_at)}
        groups.setdefault(repr(entry), (entry, []))[1].append(ago(event.at, as_of))
    for entry, times in groups.values():
        yield {**entry, "at": times[0] if len(times) == 1 else times}


def ago(at: int, as_of: int) -> str:
    """An instant as seen from another, exactly.

    >>> ago(0, 3 * 86_400_000_000), ago(0, 5_400_000_000), ago(1, 3)
    ('3 days ago', '90 minutes ago', '1970-01-01T00:00:00.000001Z')
    """
    age = as_of - at
    if age == 0:
        return "now"
    for unit in ("day", "hour", "minute", "second"):
        if age > 0 and age % MICROS[unit] == 0:
            count = age // MICROS[unit]
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return format_instant(at)


def _version(valid_from: int | None) -> dict[str, object]:
    return {} if valid_from is None else {"valid_from": format_instant(valid_from)}


def _written(values: Mapping[str, Value], declared: Mapping[str, FieldType]) -> dict[str, object]:
    known = {name: value for name, value in values.items() if value is not None}
    return {name: _value(value, declared[name].kind if name in declared else "") for name, value in known.items()}


def _value(value: Value, kind: str) -> object:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, float | int):
        return Plain(shown(value, kind))
    return value.isoformat() if isinstance(value, datetime.date) else value


class Plain(str):
    """A text that stands without quotes: a number, exactly as it is written."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """YAML in one line."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _as_number(dumper: yaml.SafeDumper, data: Plain) -> yaml.ScalarNode:
    kind = "float" if "." in data else "int"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", str(data))


_Dumper.add_representer(Plain, _as_number)


def _flow(value: object) -> str:
    text: str = yaml.dump(
        value, Dumper=_Dumper, default_flow_style=True, sort_keys=False, allow_unicode=True, width=float("inf")
    )
    return text.strip()


def _scalar(value: object) -> str:
    """A single value behind a key on a line of its own."""
    text: str = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, width=float("inf"))
    return text.removesuffix("...\n").strip()
