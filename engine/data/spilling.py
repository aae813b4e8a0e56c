"""An engine that keeps to a limit of memory: what does not fit waits in files, which go when it is closed."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

_SIZE = re.compile(r"\d+(?:\.\d+)?\s*(?:[KMGT]i?B|%)", re.IGNORECASE)
SIZES = "write a number and a unit, such as 800MB, 2GiB or 50%"


def is_size(text: str) -> bool:
    """Whether a text is an amount of memory.

    >>> [is_size(text) for text in ("800MB", "1.5 GiB", "50%", "800", "-1GB", "much")]
    [True, True, True, False, False, False]
    """
    return _SIZE.fullmatch(text.strip()) is not None and float(re.split(r"[^\d.]", text.strip())[0]) > 0


@contextmanager
def spilling(memory_limit: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose tables and intermediate results take no more memory than this."""
    with tempfile.TemporaryDirectory(prefix="scoreline-", ignore_cleanup_errors=True) as folder:
        connection = duckdb.connect()
        try:
            connection.execute("SET memory_limit = ?", [memory_limit.strip()]).fetchall()
            connection.execute("SET temp_directory = ?", [folder]).fetchall()
            yield connection
        finally:
            connection.close()


@contextmanager
def in_any_order(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Let tables be made without regard to the order of their rows: that takes less time and memory."""
    connection.execute("SET preserve_insertion_order = false").fetchall()
    try:
        yield
    finally:
        connection.execute("RESET preserve_insertion_order").fetchall()
