"""One Parquet file out of many: their row groups, as they are, one behind the other.

The engine writes a Parquet file from one query. What is worked out portion by portion would have to be held, or be read
and packed once more, to go into one file; so each portion is written as a file of its own, and its bytes are appended
here. Only where they lie is written anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from .thrift import LIST, NUMBERS, STRUCT, Items, Struct, Value, read, written

_MAGIC = b"PAR1"
_LENGTH = 4
"""A file ends with its footer, the length of that, and the magic word, which it also begins with."""

_AT_ONCE = 1 << 20

# The numbers of fields, as parquet.thrift has them.
_SCHEMA, _ROWS, _GROUPS = 2, 3, 4
_COLUMNS, _GROUP_ROWS, _GROUP_AT, _ORDINAL = 1, 3, 5, 7
_COLUMN_AT, _ABOUT, _PAGE_INDEX = 2, 3, (4, 5, 6, 7)
_PAGES_AT, _INDEX_AT, _DICTIONARY_AT, _BLOOM_AT = 9, 10, 11, 14


class JoinedParquet:
    """A Parquet file that grows by the row groups of others with the same columns, at least one; a `with` ends it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._out: IO[bytes] = path.open("wb")
        self._out.write(_MAGIC)
        self._footer: Struct = {}
        self._groups: list[Value] = []

    def __enter__(self) -> Self:
        return self

    @contextmanager
    def part(self) -> Iterator[Path]:
        """Where to write the next part, which is then appended and removed."""
        path = self._path.with_name(f"{self._path.name}.next")
        try:
            yield path
            self.append(path)
        finally:
            path.unlink(missing_ok=True)

    def append(self, part: Path) -> None:
        """The row groups of another file."""
        with part.open("rb") as file:
            footer, end = _footer_of(file)
            if not self._footer:
                self._footer = footer
            elif footer[_SCHEMA] != self._footer[_SCHEMA]:
                raise ValueError(f"{part} has other columns than what it is appended to")
            further = self._out.tell() - len(_MAGIC)
            self._groups += [_moved(group, further) for group in _structs(footer[_GROUPS][1])]
            file.seek(len(_MAGIC))
            _copy(file, self._out, end - len(_MAGIC))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._out as out:
            if error is None:
                rows = sum(_number(group, _GROUP_ROWS) for group in _structs(Items(STRUCT, self._groups)))
                counted: Struct = {_ROWS: (NUMBERS[2], rows), _GROUPS: (LIST, Items(STRUCT, self._groups))}
                footer = written({**self._footer, **counted})
                out.write(footer + len(footer).to_bytes(_LENGTH, "little") + _MAGIC)


def _footer_of(file: IO[bytes]) -> tuple[Struct, int]:
    """What a file says of itself, and where it begins to."""
    end = file.seek(-_LENGTH - len(_MAGIC), os.SEEK_END)
    tail = file.read()
    if tail[_LENGTH:] != _MAGIC:
        raise ValueError("this is no Parquet file, or an encrypted one")
    begin = file.seek(end - int.from_bytes(tail[:_LENGTH], "little"))
    return read(file.read(end - begin)), begin


def _moved(group: Struct, further: int) -> Struct:
    """A row group that lies further behind; numbered ones would count from the beginning of their file."""
    columns = [_moved_column(each, further) for each in _structs(group[_COLUMNS][1])]
    moved = {**group, _COLUMNS: (LIST, Items(STRUCT, list(columns)))}
    return _shifted({number: field for number, field in moved.items() if number != _ORDINAL}, (_GROUP_AT,), further)


def _moved_column(column: Struct, further: int) -> Struct:
    """A column of such a group; without an index of its pages, in which places are written as well."""
    (about,) = _structs(Items(STRUCT, [column[_ABOUT][1]]))
    places = (_PAGES_AT, _INDEX_AT, _DICTIONARY_AT, _BLOOM_AT)
    moved = {**column, _ABOUT: (STRUCT, _shifted(about, places, further))}
    kept = {number: field for number, field in moved.items() if number not in _PAGE_INDEX}
    return _shifted(kept, (_COLUMN_AT,), further)


def _shifted(struct: Struct, places: tuple[int, ...], further: int) -> Struct:
    """With these places moved; 0 is none."""
    moved = dict(struct)
    for place in places:
        if place in moved and (at := _number(moved, place)):
            moved[place] = moved[place][0], at + further
    return moved


def _structs(items: Value) -> list[Struct]:
    assert isinstance(items, Items)
    return [each for each in items.values if isinstance(each, dict)]


def _number(struct: Struct, field: int) -> int:
    found = struct[field][1]
    assert isinstance(found, int)
    return found


def _copy(source: IO[bytes], target: IO[bytes], count: int) -> None:
    """So many bytes."""
    while some := source.read(min(count, _AT_ONCE)):
        target.write(some)
        count -= len(some)
