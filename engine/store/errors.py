"""What can be wrong with a store, in words."""

from __future__ import annotations

from pathlib import Path

import duckdb


class StoreError(Exception):
    """A store that cannot be used: what is wrong, and a way out. `is_usage`: another file was meant."""

    def __init__(self, message: str, hint: str = "", *, is_usage: bool = False) -> None:
        super().__init__(message)
        self.hint = hint
        self.is_usage = is_usage


class StoreBusy(StoreError):
    """Somebody else has the store open; it may be free in a moment."""


class StoreFull(StoreError):
    """There is no room on the disk."""


def in_words(error: duckdb.Error, path: Path) -> StoreError | None:
    """What the engine says of a file, for people; None where it is not about the file."""
    said = str(error).splitlines()[0]
    low = str(error).lower()
    if "could not set lock" in low or "already attached" in low:
        return StoreBusy(f"`{path}` is in use by another run", "wait until it has ended")
    if "no space left" in low or "file too large" in low or "disk quota" in low:
        return StoreFull(f"there is no room on the disk for `{path}`", "free some: what was kept before is still there")
    if "not a valid duckdb database" in low:
        return StoreError(f"`{path}` is no store: it is no DuckDB file", OTHER_FILE, is_usage=True)
    if "newer version" in low or "older version" in low or "storage version" in low or "version number" in low:
        return StoreError(
            f"`{path}` was written by another version of DuckDB", "update DuckDB: `pip install -U duckdb`"
        )
    if "could not read enough bytes" in low:
        return StoreError(f"`{path}` is damaged: it ends too early", "put a copy of it in its place")
    if "permission denied" in low or "read-only file system" in low:
        return StoreError(f"`{path}` may not be written: permission denied", "check the permissions of file and folder")
    if "no such file or directory" in low:
        return StoreError(f"there is no folder `{path.parent}`", "make it, or name another file", is_usage=True)
    if "is a directory" in low:
        return StoreError(f"`{path}` is a folder", "give the store a file: `--store scores.duckdb`", is_usage=True)
    if isinstance(error, (duckdb.SerializationException, duckdb.FatalException)) or "corrupt" in low:
        return StoreError(f"`{path}` is damaged: {said}", "put a copy of it in its place")
    return None


OTHER_FILE = "give the store a file of its own: `--store scores.duckdb`"
