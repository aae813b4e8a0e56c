"""Reading text files in Python, line by line: slow, exact, and able to say where everything stood.

The engine reads whole files at once. Only where it stumbles over a file (bytes that are no UTF-8, rows with too many
cells, a quote that never closes) or where someone asks for the line of a record is the file read here.
"""

from __future__ import annotations

import csv
import gzip
import importlib
import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import IO, cast

from ...grammar.diagnostics import finding
from ...grammar.late_methods import dataclass
from .errors import DataError
from .files import DataFile
from .integrity import damaged

LONGEST = 64_000_000
"""Longer lines and cells are rejected."""

_HEADER_LINES = 100
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Line:
    """A line with its end; `problem` says why it cannot be read, and the text is then a likeness of it."""

    text: str
    problem: str | None = None


@dataclass(frozen=True)
class Row:
    """A row of a CSV: the line on which it begins, its cells, its text, and why it cannot be read."""

    line: int
    cells: tuple[str, ...]
    text: str
    problem: str | None = None


def open_unpacked(file: DataFile) -> IO[bytes]:
    """The bytes of a file, unpacked."""
    if file.packing == ".gz":
        return cast(IO[bytes], gzip.open(file.path, "rb"))
    return _open_zstd(file) if file.packing == ".zst" else file.path.open("rb")


def _open_zstd(file: DataFile) -> IO[bytes]:
    """With whatever there is: Python 3.14, zstandard or pyarrow."""
    for name, opener in (("compression.zstd", "open"), ("zstandard", "open")):
        try:
            return cast(IO[bytes], getattr(importlib.import_module(name), opener)(file.path, "rb"))
        except ImportError:
            continue
    try:
        stream = importlib.import_module("pyarrow").input_stream(str(file.path), compression="zstd")
        return io.BytesIO(stream.read())  # it cannot read lines
    except ImportError:
        message = f"`{file.name}` has lines that cannot be read, and nothing here can look at them one by one"
        hint = "unpack it, or install pyarrow (`pip install 'scoreline[frames]'`)"
        raise DataError([finding("D103", message, file.span, hint=hint)]) from None


def lines_of(file: DataFile) -> Iterator[Line]:
    """All lines, blank ones too. Raises DataError where a packed file is damaged."""
    first = True
    try:
        with open_unpacked(file) as raw:
            while chunk := raw.readline(LONGEST + 1):
                problem = None
                if len(chunk) > LONGEST:
                    problem = f"longer than {LONGEST // 1_000_000} MB"
                    _skip_line(raw, chunk)
                if first:
                    chunk, first = chunk.removeprefix(_BOM), False
                yield _decoded(chunk, problem)
    except (EOFError, zlib.error, OSError) as error:
        raise DataError([damaged(file, error)]) from error


def _skip_line(raw: IO[bytes], chunk: bytes) -> None:
    while chunk and not chunk.endswith(b"\n"):
        chunk = raw.readline(LONGEST)


def _decoded(chunk: bytes, problem: str | None) -> Line:
    try:
        return Line(chunk.decode("utf-8"), problem)
    except UnicodeDecodeError:
        return Line(chunk.decode("utf-8", errors="replace"), problem or "not UTF-8 text: save the file as UTF-8")


def rows_of(file: DataFile, delimiter: str, width: int, header: bool) -> Iterator[Row]:
    """All rows below the header; those without exactly `width` cells, or with broken quotes, have a problem."""
    lines = list(lines_of(file))
    place = 0
    with _long_cells():
        while place < len(lines):
            row, place = _next_row(lines, place, delimiter, width)
            if row is None:
                continue
            if header:
                header = False
                continue
            yield row


def _next_row(lines: Sequence[Line], place: int, delimiter: str, width: int) -> tuple[Row | None, int]:
    """The row that begins on a line, and where the next one begins; None for a blank line."""
    if not lines[place].text.strip("\r\n") and width > 1:
        return None, place + 1
    taken = _Taken(lines, place)
    try:
        cells = next(csv.reader(taken, delimiter=delimiter, strict=True), [])
    except csv.Error:
        return Row(place + 1, (), lines[place].text.rstrip("\r\n"), "broken quotes or line ends"), place + 1
    used = lines[place : taken.place]
    text = "".join(line.text for line in used).rstrip("\r\n")
    problem = next((line.problem for line in used if line.problem), None)
    if problem is None and len(cells) != width and (cells or width > 1):
        problem = f"{len(cells)} cell{'' if len(cells) == 1 else 's'} where the header has {width}"
    return Row(place + 1, tuple(cells), text, problem), taken.place


@dataclass
class _Taken:
    """The texts of lines from a place on, counting those that were taken."""

    lines: Sequence[Line]
    place: int

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.place >= len(self.lines):
            raise StopIteration
        self.place += 1
        return self.lines[self.place - 1].text


@contextmanager
def _long_cells() -> Iterator[None]:
    """Cells may be as long as lines: the limit of the csv module is smaller, and is for the whole process."""
    before = csv.field_size_limit(LONGEST)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def header_of(lines: Iterable[str], delimiter: str | None) -> tuple[list[str], str]:
    """The names of the columns, and the delimiter: as given, or the one that parts the header best."""
    text = ""
    with _long_cells():
        for line in islice(lines, _HEADER_LINES):
            text += line
            chosen = delimiter or max(",;\t|", key=text.count)
            try:
                cells = next(csv.reader(text.splitlines(keepends=True), delimiter=chosen, strict=True), [])
            except csv.Error:
                continue  # a name with a line break in quotes goes on in the next line
            if any(cell.strip() for cell in cells):
                return [cell.strip() for cell in cells], chosen
            text = ""
    return [], delimiter or ","
