"""Files that are as they were: what was found in them once need not be looked for again.

What is kept says which files it is of, and counts only as long as each of them is the same: its size, its times, its
place on the disk. Of files that may still be written nothing is kept; and never any data.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from ..grammar.diagnostics import Diagnostic
from ..grammar.late_methods import dataclass
from .data.answers import Answers
from .data.layout import KINDS
from .data.sources import Sources
from .recall import is_switched_off, this_code
from .shelf import Shelf

ANSWERS = Shelf("answers")
MOST_ANSWERS = 2_000
"""Of one folder; where there are more, those that were given before go."""
STILL_WRITTEN = 2_000_000_000
"""A file that was changed so many nanoseconds ago may be changed again without being older, or larger."""

Stamp = tuple[tuple[object, ...], ...]
"""The files of a folder, each with what is another as soon as it is written."""


@dataclass(frozen=True)
class Files:
    """The files of a data folder that sources name."""

    folder: Path
    sources: Sources

    def stamp(self) -> Stamp | None:
        """The files as they are now; None where they cannot be told."""
        from .data.errors import DataError
        from .data.files import find_files

        odd: list[Diagnostic] = []
        try:
            files = [
                file
                for kind in KINDS
                for source in self.sources.of(kind)
                for file in find_files(self.folder, source, odd)
            ]
            found = [(file.name, *_of(file.path.stat())) for file in files]
        except (DataError, OSError):
            return None
        return (*found, *((item.message, 0, 0, 0, 0, 0) for item in odd))

    def are_still(self, stamp: Stamp, now: int) -> bool:
        """Whether they are as this stamp says, and are not being written; `now` is in nanoseconds since 1970."""
        changed = (cast(int, each) for _, _, _, *times, _ in stamp for each in times)
        return all(each <= now - STILL_WRITTEN for each in changed) and stamp == self.stamp()

    def key(self, *asked: object) -> str:
        """The name under which something is kept of them."""
        about = (this_code(), str(self.folder.absolute()), repr(self.sources), *asked)
        return hashlib.sha256(repr(about).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Unchanged:
    """The files of a folder that were read: what is made of all of them can be kept.

    `stamp` is theirs from before they were read, `asked` says how that was done; `now` is in nanoseconds since 1970.
    """

    files: Files
    stamp: Stamp
    asked: tuple[object, ...]
    now: int

    def key(self, *of: object) -> str:
        """The name under which something is kept that is made of them."""
        return self.files.key(*self.asked, self.stamp, *of)

    def are_still(self) -> bool:
        """Whether they are as they were, and are not being written."""
        return self.files.are_still(self.stamp, self.now)


def _of(about: os.stat_result) -> tuple[object, ...]:
    return about.st_size, about.st_ino, about.st_mtime_ns, about.st_ctime_ns, about.st_dev


@dataclass(kw_only=True)
class KeptAnswers(Answers):
    """Answers about the files of a folder, those of earlier processes with them."""

    files: Files
    stamp: Stamp
    before: int

    def keep(self, now: int) -> None:
        """Keep them, unless there are no new ones or the files have changed."""
        if len(self.given) > self.before and self.files.are_still(self.stamp, now):
            newest = list(self.given.items())[self.before if len(self.given) > MOST_ANSWERS else 0 :]
            ANSWERS.keep(self.files.key(), (self.stamp, dict(newest)))


def answers_about(data: str | Path | Mapping[str, object], sources: Sources | None) -> Answers:
    """What is known of these data, if they are the files of a folder."""
    if not isinstance(data, str | Path) or is_switched_off():
        return Answers()
    files = Files(Path(data), sources or Sources())
    stamp = files.stamp() if files.folder.is_dir() else None
    if stamp is None:
        return Answers()
    found: Any = ANSWERS.recall(files.key(), lambda tree: tree)
    given = found[1] if isinstance(found, tuple) and found[0] == stamp else {}
    return KeptAnswers(given=given, files=files, stamp=stamp, before=len(given))
