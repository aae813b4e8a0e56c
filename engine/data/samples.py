"""The first records of JSON, looked at in Python: what they say tells how the engine reads all of them best.

Where these are all that there are, their values are handed to the engine as they stand, and nothing is in doubt.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn

from ...grammar.late_methods import dataclass
from .paths import Path

_FIRST = 1_000
"""So many records are looked at,"""

_FILES = 16
"""of so many files,"""

_LETTERS = 2_000_000
"""and no more than this much text."""


class Number(str):
    """A number of JSON as it is written."""

    __slots__ = ()


@dataclass(frozen=True)
class Sample:
    """The first records; `is_all`: there are no others."""

    records: Sequence[Mapping[str, object]]
    is_all: bool

    def values(self, paths: Sequence[Path]) -> list[object]:
        """For each record what is at the first of the paths at which anything is; None for nothing, and for `null`."""
        if len(paths) == 1 and len(paths[0]) == 1:
            (key,) = paths[0]
            return [record.get(key) for record in self.records]
        return [_first_of(record, paths) for record in self.records]

    def opens(self, key: str) -> bool:
        """Whether any record has something else than `null` at this outermost key."""
        return any(record.get(key) is not None for record in self.records)


def sample_of(parts: Sequence[Iterable[str | None]], are_whole: bool = True) -> Sample | None:
    """The first of the documents that come in parts; None where one is no object, has a key twice, or is no text.

    Documents without anything are no records. `are_whole`: the parts end where there is no more.
    """
    looked = parts[:: max(1, -(-len(parts) // _FILES))]
    records: list[Mapping[str, object]] = []
    is_all = are_whole and len(looked) == len(parts)
    try:
        for part in looked:
            some, is_whole = _some_of(part, _FIRST // len(looked), _LETTERS // len(looked))
            records += map(_object, some)
            is_all = is_all and is_whole
    except (ValueError, RecursionError):
        return None
    return Sample(records, is_all)


def sample_in(document: str, key: str | None) -> Sample | None:
    """The items of a JSON list, or of the one at a key of an object; None where they are many, or not in order."""
    if len(document) > _LETTERS:
        return None
    try:
        found = _decoded(document)
    except (ValueError, RecursionError):
        return None
    items = found if key is None else found.get(key) if isinstance(found, dict) else None
    if not isinstance(items, list) or len(items) > _FIRST or not all(isinstance(item, dict) for item in items):
        return None
    return Sample(items, is_all=True)


def _some_of(documents: Iterable[str | None], most: int, letters: int) -> tuple[list[str], bool]:
    """The first documents, and whether these are all."""
    found: list[str] = []
    for document in documents:
        if document is None:
            raise ValueError
        if not document.strip(" \t\r\n"):
            continue
        if len(found) >= most or letters <= 0:
            return found, False
        found.append(document)
        letters -= len(document)
    return found, True


def _first_of(record: Mapping[str, object], paths: Sequence[Path]) -> object:
    for path in paths:
        found: object = record
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        if found is not None:
            return found
    return None


def json_of(value: object) -> str | None:
    """A value as JSON, numbers as they were written; None for `null`."""
    return None if value is None else _written(value)


def _written(value: object) -> str:
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{_written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    return json.dumps(value)


def _object(document: str) -> Mapping[str, object]:
    found = _decoded(document)
    if not isinstance(found, dict):
        raise ValueError
    return found


def _decoded(document: str) -> object:
    found: object = _DECODER.decode(document.strip(" \t\r\n"))
    if "\\u0000" in document:
        raise ValueError
    if "\\ud" in document.lower():
        json.dumps(found, ensure_ascii=False).encode()  # an error where half a letter is escaped
    return found


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_int=Number, parse_float=Number, parse_constant=_refuse)
