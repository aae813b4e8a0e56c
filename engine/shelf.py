"""A shelf of files in the user's own cache folder: bytes or trees by a key, damaged ones are missing, old ones go.

Nothing here is ever needed: what cannot be read or written is as if it was not there.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from ..grammar.late_methods import dataclass
from ..grammar.own_folder import is_only_mine, own_folder
from .freezing import FAILURES, freeze, thaw

T = TypeVar("T")

MARK = b"scoreline shelf 1\n"
MOST_FILES = 200
MOST_BYTES = 200_000_000
"""How much a shelf holds; what was not asked for the longest goes first."""
MOST_BYTES_OF_ONE = 100_000_000
_DIGEST = 32
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_AS_IT_IS = getattr(os, "O_BINARY", 0)  # Windows would change line ends


@dataclass(frozen=True)
class Shelf:
    """The files of one kind, in a folder of their own."""

    name: str

    def get(self, key: str) -> bytes | None:
        """The bytes under a key, if they are whole and this user's own."""
        folder = own_folder(self.name)
        if folder is None:
            return None
        try:
            content = _read(folder / key)
        except OSError:
            return None
        digest, kept = content[len(MARK) : len(MARK) + _DIGEST], content[len(MARK) + _DIGEST :]
        if not content.startswith(MARK) or hashlib.sha256(kept).digest() != digest:
            return None
        return kept

    def keep(self, key: str, tree: object) -> None:
        """Keep a tree under a key, unless it is too deep to be kept."""
        try:
            self.put(key, freeze(tree))
        except FAILURES:
            return

    def recall(self, key: str, build: Callable[[Any], T]) -> T | None:
        """What `build` makes of the tree under a key; None where there is none, or nothing can be made of it."""
        kept = self.get(key)
        try:
            return None if kept is None else build(thaw(kept))
        except FAILURES:
            return None

    def put(self, key: str, kept: bytes) -> None:
        """Keep bytes under a key: written beside and renamed, so that nobody sees half of them."""
        folder = own_folder(self.name)
        if folder is None or len(kept) > MOST_BYTES_OF_ONE:
            return
        beside = folder / f"{key}.{os.getpid()}.part"
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _AS_IT_IS
            with os.fdopen(os.open(beside, flags, 0o600), "wb") as file:
                file.write(MARK + hashlib.sha256(kept).digest() + kept)
            beside.replace(folder / key)
        except OSError:
            beside.unlink(missing_ok=True)
        _make_room(folder)


def _read(path: Path) -> bytes:
    """A plain file of this user; it counts as asked for now. Raises OSError."""
    with os.fdopen(os.open(path, os.O_RDONLY | _NO_LINK | _AS_IT_IS), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or not is_only_mine(found) or found.st_size > 2 * MOST_BYTES_OF_ONE:
            raise PermissionError(path)
        content = file.read()
    os.utime(path)
    return content


def _make_room(folder: Path) -> None:
    """Remove the oldest files beyond what a shelf holds."""
    try:
        found = sorted(((path.stat(), path) for path in folder.iterdir()), key=lambda item: -item[0].st_mtime_ns)
        total = 0
        for number, (about, path) in enumerate(found, 1):
            total += about.st_size
            if number > MOST_FILES or total > MOST_BYTES:
                path.unlink(missing_ok=True)
    except OSError:
        return  # somebody else makes room
