"""Where in files of lines the records of each owner begin, so that they are found without a look at the others.

Of an id nothing is kept but a number that is made of it.
"""

from __future__ import annotations

import hashlib
import json
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from itertools import accumulate
from pathlib import Path
from typing import BinaryIO

from ...grammar.late_methods import dataclass
from ..instants import UTC_ZONE, Zone
from .gathering import OWNERS, Ids
from .layout import KINDS, Layout, RecordKind
from .plain_lines import LineReader, Lines, Unusual
from .rebuilt import Row

MOST_BYTES = 100_000_000
"""Larger files are left to the engine: to go through all their lines once takes too long."""

AllLines = Mapping[RecordKind, Lines]
Layouts = Mapping[RecordKind, Layout]

_OFFSET_BITS = 40
"""So many bits of a place say where in its file a line begins; those above, which file it is."""


def find_places(lines: AllLines, layouts: Layouts) -> bytes | None:
    """The places of all records by their owners; None where a line is unusual, and where there are too many."""
    found: dict[int, array[int]] = {}
    try:
        if sum(map(_size, lines.values())) > MOST_BYTES:
            return None
        for kind in (kind for kind in KINDS if kind in lines):
            for place, owners in _OfKind(layouts[kind], lines[kind], UTC_ZONE).all_owners():
                for column, id_ in owners:
                    found.setdefault(_key(kind, column, id_), array("Q")).append(place)
    except (Unusual, OSError):
        return None
    keys = sorted(found)
    ends = accumulate(len(found[key]) for key in keys)
    head = array("Q", [len(keys), *keys, *ends])
    return b"".join([head.tobytes(), *(found[key].tobytes() for key in keys)])


class Places:
    """The places that `find_places` has found. Raises ValueError where these are none."""

    def __init__(self, found: bytes) -> None:
        numbers = array("Q")
        numbers.frombytes(found)
        count = numbers[0] if numbers else -1
        if not 0 <= count <= (len(numbers) - 1) // 2:
            raise ValueError("these are no places")
        self._keys, self._ends = numbers[1 : 1 + count], numbers[1 + count : 1 + 2 * count]
        self._places = numbers[1 + 2 * count :]
        if len(self._places) != (self._ends[-1] if count else 0):
            raise ValueError("these are no places")

    def of(self, key: int) -> array[int]:
        """Where the records of an owner are."""
        number = bisect_left(self._keys, key)
        if number == len(self._keys) or self._keys[number] != key:
            return array("Q")
        return self._places[self._ends[number - 1] if number else 0 : self._ends[number]]


@dataclass(frozen=True)
class PlacedLines:
    """Records in files of lines, of which the places are known."""

    lines: AllLines
    layouts: Layouts
    zone: Zone
    places: Places

    def fetch(self, kind: RecordKind, ids: Ids) -> list[Row]:
        """All rows of a kind that belong to any of the ids. Raises Unusual and OSError."""
        layout, lines = self.layouts[kind], self.lines[kind]
        asked = [(column, getattr(ids, whose)) for column, whose in OWNERS[kind].items()]
        places = {place for column, some in asked for id_ in some for place in self.places.of(_key(kind, column, id_))}
        rows = _OfKind(layout, lines, self.zone).rows(sorted(places))
        owners = [(layout.names.index(column), some) for column, some in asked]
        found = [row for row in rows if any(row[place] in some for place, some in owners)]  # keys may be alike
        return list(dict.fromkeys(found)) if lines.has_copies else found


class _OfKind:
    """The lines of one kind of record."""

    def __init__(self, layout: Layout, lines: Lines, zone: Zone) -> None:
        self._files = [(Path(file), map_) for map_ in lines.maps for file in map_.files]
        self._readers = {id(map_): LineReader(layout, map_, zone) for map_ in lines.maps}
        self._owners = {column: layout.names.index(column) for column in OWNERS[layout.kind]}

    def all_owners(self) -> Iterator[tuple[int, list[tuple[str, str]]]]:
        """The place of each line, with the columns that say whose its record may be, and what they say. What is wrong
        with a line may only be seen when it is read as a row. Raises Unusual and OSError."""
        for number, (file, map_) in enumerate(self._files):
            reader = self._readers[id(map_)]
            quick = [(column, place, _QuickKey(map_.roles[place][-1])) for column, place in self._owners.items()]
            offset = number << _OFFSET_BITS
            with file.open("rb") as lines:
                for line in lines:
                    if b"\r" in line:  # some end a line there
                        raise Unusual
                    found = []
                    for column, place, key in quick:
                        id_ = key.find(line)
                        if id_ is None:
                            id_ = reader.role(line, place)
                        if id_:
                            found.append((column, id_))
                    yield offset, found
                    offset += len(line)

    def rows(self, places: Iterable[int]) -> Iterator[Row]:
        """The records at some places, which are in order."""
        with ExitStack() as stack:
            opened: dict[int, BinaryIO] = {}
            for place in places:
                number = place >> _OFFSET_BITS
                file, map_ = self._files[number]
                if number not in opened:
                    opened[number] = stack.enter_context(file.open("rb"))
                opened[number].seek(place & ((1 << _OFFSET_BITS) - 1))
                yield self._readers[id(map_)].row(opened[number].readline())


class _QuickKey:
    """A key of JSON whose value, a text, is found without reading the line."""

    def __init__(self, name: str) -> None:
        self._key = json.dumps(name, ensure_ascii=False).encode()
        self._text = re.compile(rb'[ \t]*:[ \t]*(?:"([^"]*)"|null\b)')

    def find(self, line: bytes) -> str | None:
        """The value of the only such key; '' without one; None where the line has to be read. Raises Unusual."""
        if b"\\" in line:
            return None
        place = line.find(self._key)
        if place < 0:
            return ""
        after = place + len(self._key)
        match = self._text.match(line, after) if line.find(self._key, after) < 0 else None
        if match is None:
            return None
        try:
            return (match[1] or b"").decode().strip()
        except ValueError as error:
            raise Unusual from error


def _size(lines: Lines) -> int:
    """How many bytes there are. Raises OSError."""
    return sum(Path(file).stat().st_size for map_ in lines.maps for file in map_.files)


def _key(kind: RecordKind, column: str, id_: str) -> int:
    said = f"{kind} {column} {id_}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), "big")
