"""Texts that are not on disk yet, as an editor holds them, and what was parsed of them before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from ..grammar.diagnostics import Diagnostic
from ..grammar.late_methods import dataclass
from ..grammar.nodes import File
from ..grammar.parser import Memory, parse
from ..grammar.source import Source, Span
from .folder import FAILURES, read_text


@dataclass(frozen=True)
class Buffers:
    """The unsaved texts by their real paths; every other file is read from disk.

    With a `memory` a line that was parsed before in the same place is not parsed again.
    """

    unsaved: Mapping[Path, str] = field(default_factory=dict)
    memory: Memory | None = None

    def read(self, path: Path, shown: str, span: Span | None = None) -> tuple[Source | None, list[Diagnostic]]:
        """The text of a file; else the finding why it cannot be read."""
        text = self.unsaved.get(_real(path)) if self.unsaved else None
        return (Source(shown, text), []) if text is not None else read_text(path, shown, span)

    def parse(self, source: Source) -> tuple[File, list[Diagnostic]]:
        """The nodes of a file of rules, and what is wrong with it."""
        return parse(source, self.memory)


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except FAILURES:
        return path


ON_DISK = Buffers()
