"""Files of a ruleset: found inside its folder only, and read as text without ever failing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import field
from pathlib import Path
from typing import Literal

from ..grammar.diagnostics import Diagnostic, finding
from ..grammar.late_methods import dataclass
from ..grammar.source import Source, Span

MAX_BYTES = 5_000_000
FAILURES = (OSError, ValueError, RuntimeError)
"""What a path can raise: denied or broken, with a NUL character in it, or links that go round in circles."""


def inside(root: Path, shown: str) -> Path | Literal["outside", "missing"]:
    """The file of that path, links followed, if it lies in the folder.

    >>> inside(Path("."), "../elsewhere.csv")
    'outside'
    """
    try:
        base = root.resolve()
        path = (base / shown).resolve()
        if not path.is_relative_to(base):
            return "outside"
        return path if path.is_file() else "missing"
    except FAILURES:
        return "missing"


def read_text(
    path: Path, shown: str, span: Span | None = None, most: int = MAX_BYTES
) -> tuple[Source | None, list[Diagnostic]]:
    """A text file as a source that is shown under a name; else the finding why it cannot be read."""
    place = span or Span(shown, 1, 1, 1, 1)
    try:
        if path.stat().st_size > most:
            hint = "keep data out of rulesets: `--data` reads them"
            return None, [finding("R106", f"`{shown}` is larger than {most // 1_000_000} MB", place, hint=hint)]
        source = Source(shown, path.read_text("utf-8-sig"))
        if (noted := _NOTED.get()) is not None:
            noted.texts[path.absolute()] = source
        return source, []
    except UnicodeDecodeError as error:
        message = f"`{shown}` is not UTF-8 text (byte {error.start + 1})"
        return None, [finding("R106", message, place, hint="save it as UTF-8")]
    except FAILURES as error:
        return None, [finding("R107", f"`{shown}` cannot be read: {reason(error)}", place)]


def reason(error: Exception) -> str:
    """Why a file cannot be read, in the words of the system."""
    return (error.strerror or str(error)).lower() if isinstance(error, OSError) else str(error)


# --- what was looked at ---------------------------------------------------------------


@dataclass
class Noted:
    """The texts that were read, by their paths, and the files that were looked for and not there."""

    texts: dict[Path, Source] = field(default_factory=dict)
    absent: set[Path] = field(default_factory=set)


_NOTED: ContextVar[Noted | None] = ContextVar("noted", default=None)


@contextmanager
def noting() -> Iterator[Noted]:
    """Whatever is read inside is noted: as long as all of it is the same, the outcome is too."""
    noted = Noted()
    token = _NOTED.set(noted)
    try:
        yield noted
    finally:
        _NOTED.reset(token)


def is_there(path: Path) -> bool:
    """Whether there is such a file; noted where it is not."""
    found = path.is_file()
    if not found and (noted := _NOTED.get()) is not None:
        noted.absent.add(path.absolute())
    return found
