"""Records of lines of JSON as Python reads them, where all in a line is as it nearly always is.

It is for a few lines out of many. What is written in any other way is not guessed at: then the engine reads the files,
as it does where nothing is known of lines (see `fetching`). A test compares the two.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from ...grammar.late_methods import dataclass
from ..fold import fold
from ..instants import Zone, parse_date, parse_instant
from ..schema import FieldType
from .layout import Column, Layout
from .paths import Path
from .rebuilt import Row

Found = TypeVar("Found")

_SURROGATES = ("\\ud", "\\uD", "\\u0000")
"""What some readers of JSON take, and others do not."""


class Unusual(Exception):
    """Something is not written as it nearly always is: it takes the engine to read it."""


@dataclass(frozen=True)
class LineMap:
    """Files of one JSON object a line, and where in it the values of a record stand: each role of the layout at a path,
    each column at the first of some paths that has a value. `never` is where nothing may stand."""

    files: tuple[str, ...]
    roles: tuple[Path, ...]
    columns: tuple[tuple[Path, ...], ...]
    never: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Lines:
    """All files of one kind of record; `has_copies`: some records are there more than once, in the same words."""

    maps: tuple[LineMap, ...]
    has_copies: bool = False


class LineReader:
    """Makes rows of lines."""

    def __init__(self, layout: Layout, map_: LineMap, zone: Zone) -> None:
        self._map = map_
        self._roles = [
            (path, _ROLES[role.form](zone), role.key in _ESSENTIAL)
            for role, path in zip(layout.roles, map_.roles, strict=True)
        ]
        self._columns = [
            (paths, _of_types(column, zone)) for column, paths in zip(layout.columns, map_.columns, strict=True)
        ]
        self._type = next((place for place, role in enumerate(layout.roles) if role.key == "type"), None)

    def row(self, line: bytes) -> Row:
        """The record of a line. Raises Unusual."""
        record = document(line)
        if any(_at(record, path) is not None for path in self._map.never):
            raise Unusual
        known = [self._role(record, *each) for each in self._roles]
        type_ = None if self._type is None else known[self._type]
        found = [self._value(record, paths, typed.get(type_) or typed.get(None)) for paths, typed in self._columns]
        return (*known, *found)

    def role(self, line: bytes, place: int) -> str:
        """The identity that has a place in the layout; '' where there is none. Raises Unusual."""
        found = self._role(document(line), *self._roles[place])
        return "" if found is None else str(found)

    def _role(self, record: object, path: Path, read: _Read, is_essential: bool) -> object:
        value = _at(record, path)
        found = None if value is None else read(value)
        if found is None and is_essential:
            raise Unusual
        return found

    def _value(self, record: object, paths: Sequence[Path], typed: tuple[_Read, bool] | None) -> object:
        """A value of a field, if records of this type have it."""
        if typed is None:
            return None
        read, is_required = typed
        value = next((value for path in paths if (value := _at(record, path)) is not None), None)
        found = None if value is None else read(value)
        if found is None and is_required:
            raise Unusual
        return found


_Read = Callable[[object], object]
_ESSENTIAL = ("id", "type", "timestamp")


# ── JSON ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def document(line: bytes) -> object:
    """The object of a line. Raises Unusual for anything else, and where readers of JSON may differ."""
    try:
        text = line.decode()
        if "\\u" in text and any(each in text for each in _SURROGATES):
            raise Unusual
        found, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise Unusual from error
    if not isinstance(found, dict) or text[end:].strip(" \t\n"):
        raise Unusual
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):  # of a key that is there twice readers take the first or the last
        raise Unusual
    return found


def _constant(name: str) -> object:
    raise Unusual


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def _at(record: object, path: Path) -> object:
    """The value at a path; None where there is none."""
    for key in path:
        if record is None:
            return None
        if not isinstance(record, dict):
            raise Unusual
        record = record.get(key)
    return record


# ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _text(value: object) -> str | None:
    if not isinstance(value, str):
        raise Unusual
    return value.strip() or None


def _identity(value: object) -> str | None:
    if type(value) is int and abs(value) < _EXACT:
        return str(value)
    return _text(value)


def _instant(value: object, zone: Zone) -> int | None:
    return _said(value, lambda text: parse_instant(text, zone))


def _date(value: object) -> object:
    return _said(value, parse_date)


def _said(value: object, read: Callable[[str], Found | None]) -> Found | None:
    text = _text(value)
    found = None if text is None or text < _FIRST_YEAR else read(text)
    if found is None and text is not None:
        raise Unusual
    return found


def _number(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < _LARGE:
        raise Unusual
    return float(value) + 0.0


def _bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise Unusual
    return value


def _list(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Unusual
    return tuple(text for item in value if item is not None and (text := _text(item)) is not None)


def _member(value: object, members: Mapping[str, str]) -> str | None:
    text = _text(value)
    found = None if text is None else members.get(fold(text))
    if found is None and text is not None:
        raise Unusual
    return found


_EXACT, _LARGE = 2**53, 1e300
_FIRST_YEAR = "0001"


_ROLES: Mapping[str, Callable[[Zone], _Read]] = {
    "identity": lambda zone: _identity,
    "text": lambda zone: _text,
    "instant": lambda zone: partial(_instant, zone=zone),
}


def _of_types(column: Column, zone: Zone) -> dict[object, tuple[_Read, bool]]:
    """How a value is read, and whether it has to be there: by the type of the event, or by None for all records."""
    return {
        type_: (_reading(variant.type, zone), variant.type.required)
        for variant in column.variants
        for type_ in (variant.types or (None,))
    }


def _reading(type_: FieldType, zone: Zone) -> _Read:
    match type_.kind:
        case "text" if type_.values is not None:
            return partial(_member, members=_folded(type_.values))
        case "text":
            return _text
        case "number":
            return _number
        case "bool":
            return _bool
        case "date":
            return _date
        case "timestamp":
            return partial(_instant, zone=zone)
        case "list":
            return _list
    return _nothing


def _folded(members: Sequence[str]) -> dict[str, str]:
    """The members as they are spelled; of those that differ in case alone the one in small letters counts, then the
    first."""
    spelled = {fold(member): member for member in reversed(members)}
    return spelled | {member: member for member in members if fold(member) == member}


def _nothing(value: object) -> None:
    """What nobody knows the type of."""
