"""Whether a file is whole and what its name says: the engine would read half of a broken one without a word."""

from __future__ import annotations

import gzip
import mmap
import zlib
from typing import BinaryIO

from ...grammar.diagnostics import Diagnostic, finding
from .files import DataFile

_GZIP, _ZSTD, _ZIP, _PARQUET = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"PAR1"
_UTF16, _UTF32 = (b"\xff\xfe", b"\xfe\xff"), (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
_LOOKED_AT = 8192
_CHUNK = 1 << 20


def quick_look(file: DataFile) -> Diagnostic | None:
    """What the first bytes give away: not readable, packed otherwise than it is called, no text."""
    try:
        with file.path.open("rb") as raw:
            head = raw.read(_LOOKED_AT)
    except PermissionError:
        return _unreadable(file, "may not be read: permission denied", "allow it, or copy the file")
    except FileNotFoundError:
        return _unreadable(file, "is a link that leads nowhere", "mend the link, or take it away")
    except OSError as error:
        return _unreadable(file, f"cannot be opened: {(error.strerror or str(error)).lower()}")
    return _packing(file, head) or _contents(file, head)


def _packing(file: DataFile, head: bytes) -> Diagnostic | None:
    """Whether the first bytes are those of the packing that the name says."""
    if not head:
        return None
    for magic, packing, what in ((_GZIP, ".gz", "gzip"), (_ZSTD, ".zst", "zstd")):
        if head.startswith(magic) and file.packing != packing:
            return _unreadable(
                file, f"is packed with {what}, which its name does not say", f"name it `{file.name}{packing}`"
            )
    if file.packing == ".gz" and not head.startswith(_GZIP):
        return _unreadable(file, "is not packed with gzip, as its name says", "take `.gz` off its name")
    if file.packing == ".zst" and not (head.startswith(_ZSTD) or head[1:4] == b"\x2a\x4d\x18"):
        return _unreadable(file, "is not packed with zstd, as its name says", "take `.zst` off its name")
    return None


def _contents(file: DataFile, head: bytes) -> Diagnostic | None:
    """Whether what is inside is text, or Parquet."""
    if file.format == "parquet":
        return None if head.startswith(_PARQUET) else _unreadable(file, "is not a Parquet file")
    if file.packing == ".zst":
        return None
    if file.packing == ".gz":
        head = _unpacked_head(head)
    if head.startswith(_ZIP):
        return _unreadable(file, "is a ZIP archive or an Excel sheet, not text", "export it as CSV")
    if head.startswith(_PARQUET):
        return _unreadable(file, "is a Parquet file by another name", "name it `.parquet`")
    if head.startswith(_UTF16) or head.startswith(_UTF32):
        return _unreadable(file, "is written in UTF-16 or UTF-32", "save it as UTF-8")
    if b"\0" in head:
        return _unreadable(file, "is a binary file, not text")
    return None


def _unpacked_head(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(head, _LOOKED_AT)
    except zlib.error:
        return b""


def full_look(file: DataFile) -> Diagnostic | None:
    """Whether a packed file is whole, by its checksum (gzip) or its blocks (zstd)."""
    try:
        if file.packing == ".gz":
            _read_through(file)
        elif file.packing == ".zst":
            with file.path.open("rb") as raw:
                _walk_zstd(raw, file.path.stat().st_size)
    except (EOFError, zlib.error, OSError) as error:
        return damaged(file, error)
    return None


def damaged(file: DataFile, error: Exception) -> Diagnostic:
    """What is told of a file that cannot be unpacked to its end."""
    why = "it ends too early" if isinstance(error, EOFError) else str(error).lower()
    return _unreadable(file, f"is damaged: {why}", "fetch it again")


def _read_through(file: DataFile) -> None:
    with gzip.open(file.path, "rb") as unpacked:
        while unpacked.read(_CHUNK):
            pass


def _walk_zstd(raw: BinaryIO, size: int) -> None:
    """Go from frame to frame and from block to block; raises EOFError if one is cut off."""
    while raw.tell() < size:
        magic = _exactly(raw, 4)
        if magic[1:] == b"\x2a\x4d\x18" and 0x50 <= magic[0] <= 0x5F:
            _skip(raw, int.from_bytes(_exactly(raw, 4), "little"), size)
        elif magic == _ZSTD:
            _walk_frame(raw, size)
        else:
            raise zlib.error("there is something else between its zstd frames")


def _walk_frame(raw: BinaryIO, size: int) -> None:
    descriptor = _exactly(raw, 1)[0]
    single, checksum = descriptor >> 5 & 1, descriptor >> 2 & 1
    dictionary = (0, 1, 2, 4)[descriptor & 3]
    length = (single, 2, 4, 8)[descriptor >> 6]
    _skip(raw, (1 - single) + dictionary + length, size)
    last = False
    while not last:
        header = int.from_bytes(_exactly(raw, 3), "little")
        last, kind, block = bool(header & 1), header >> 1 & 3, header >> 3
        _skip(raw, 1 if kind == 1 else block, size)
    _skip(raw, 4 * checksum, size)


def _exactly(raw: BinaryIO, count: int) -> bytes:
    found = raw.read(count)
    if len(found) < count:
        raise EOFError
    return found


def _skip(raw: BinaryIO, count: int, size: int) -> None:
    if raw.tell() + count > size:
        raise EOFError
    raw.seek(count, 1)


def has_long_lines(file: DataFile) -> bool:
    """Whether a file may have lines of more than 2 MB: a whole MB of it has no line end, or no one can tell quickly."""
    if file.packing:
        return True
    size = file.path.stat().st_size
    if size <= 2 * _CHUNK:
        return False
    with file.path.open("rb") as raw, mmap.mmap(raw.fileno(), 0, access=mmap.ACCESS_READ) as held:
        starts = range(0, size - _CHUNK, _CHUNK)
        return any(held.rfind(b"\n", start, start + _CHUNK) < 0 for start in starts)


def _unreadable(file: DataFile, what: str, hint: str = "") -> Diagnostic:
    return finding("D103", f"`{file.name}` {what}", file.span, hint=hint)
