"""Thrift's compact protocol, in which Parquet files say what is where: its structs, read and written.

A struct is its fields by their numbers, each with the type that it came with; what they mean is nothing to this module.
"""

from __future__ import annotations

from typing import Final, TypeAlias, Union

from ..grammar.late_methods import dataclass

BOOLS: Final = (1, 2)
BYTE: Final = 3
NUMBERS: Final = (4, 5, 6)
DOUBLE: Final = 7
BINARY: Final = 8
LIST: Final = 9
STRUCT: Final = 12

_LONG = 15
"""Stands for a list whose length follows in a number of its own."""


@dataclass(frozen=True)
class Items:
    """The items of a list, all of one type."""

    type: int
    values: list[Value]


Value: TypeAlias = Union[int, bytes, Items, "Struct", None]
Struct: TypeAlias = dict[int, tuple[int, Value]]


def read(data: bytes) -> Struct:
    """The struct that these bytes begin with. Raises ValueError where they have a type that footers do not."""
    found = _Reader(data).value(STRUCT)
    assert isinstance(found, dict)
    return found


def written(value: Value, type_: int = STRUCT) -> bytes:
    """The bytes of a value.

    >>> read(written({1: (6, -3), 20: (8, b"text"), 21: (1, None), 22: (9, Items(5, [1, 2]))}))
    {1: (6, -3), 20: (8, b'text'), 21: (1, None), 22: (9, Items(type=5, values=[1, 2]))}
    """
    out = bytearray()
    _write(out, type_, value)
    return bytes(out)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def value(self, type_: int) -> Value:
        if type_ in BOOLS:
            return None
        if type_ in NUMBERS:
            number = self._number()
            return (number >> 1) ^ -(number & 1)
        if type_ == BYTE:
            return self._byte()
        if type_ == DOUBLE:
            return self._bytes(8)
        if type_ == BINARY:
            return self._bytes(self._number())
        if type_ == LIST:
            return self._items()
        if type_ == STRUCT:
            return self._struct()
        raise ValueError(f"a type of values that Parquet files do not have: {type_}")

    def _struct(self) -> Struct:
        fields: Struct = {}
        number = 0
        while head := self._byte():
            type_ = head & 15
            further = self.value(NUMBERS[0]) if head < 16 else number + (head >> 4)
            assert isinstance(further, int)
            number = further
            fields[number] = type_, self.value(type_)
        return fields

    def _items(self) -> Items:
        head = self._byte()
        count = self._number() if head >> 4 == _LONG else head >> 4
        type_ = head & 15
        of = BYTE if type_ in BOOLS else type_
        return Items(type_, [self.value(of) for _ in range(count)])

    def _byte(self) -> int:
        self._place += 1
        return self._data[self._place - 1]

    def _bytes(self, count: int) -> bytes:
        self._place += count
        return self._data[self._place - count : self._place]

    def _number(self) -> int:
        """Seven bits a byte, the lowest ones first."""
        number = shift = 0
        while (byte := self._byte()) & 128:
            number |= (byte & 127) << shift
            shift += 7
        return number | byte << shift


def _write(out: bytearray, type_: int, value: Value) -> None:
    if isinstance(value, dict):
        _write_struct(out, value)
    elif isinstance(value, Items):
        _write_items(out, value)
    elif isinstance(value, bytes):
        if type_ == BINARY:
            _write_number(out, len(value))
        out += value
    elif value is not None and type_ == BYTE:
        out.append(value)
    elif value is not None:
        _write_number(out, value << 1 if value >= 0 else (-value << 1) - 1)


def _write_struct(out: bytearray, fields: Struct) -> None:
    before = 0
    for number, (type_, value) in fields.items():
        if before < number <= before + 15:
            out.append((number - before) << 4 | type_)
        else:
            out.append(type_)
            _write(out, NUMBERS[0], number)
        _write(out, type_, value)
        before = number
    out.append(0)


def _write_items(out: bytearray, items: Items) -> None:
    count = len(items.values)
    out.append(min(count, _LONG) << 4 | items.type)
    if count >= _LONG:
        _write_number(out, count)
    of = BYTE if items.type in BOOLS else items.type
    for value in items.values:
        _write(out, of, value)


def _write_number(out: bytearray, number: int) -> None:
    while number >= 128:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
