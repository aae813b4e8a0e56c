"""The folder in the user's own cache, for what can be made again: the parser's tables, compiled rulesets.

What lies there is believed. So the folder is used only where nobody else can write to it.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path


def own_folder(name: str = "") -> Path | None:
    """The folder `scoreline` in `$XDG_CACHE_HOME` or `~/.cache`, or one inside of it; None where none is safe."""
    try:
        home = Path(os.environ.get("XDG_CACHE_HOME", ""))
        folder = (home if home.is_absolute() else Path.home() / ".cache") / "scoreline"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _only_mine(folder):
            return None
        inside = folder / name
        inside.mkdir(mode=0o700, exist_ok=True)
        return inside if _only_mine(inside) else None
    except (OSError, RuntimeError):
        return None


def _only_mine(folder: Path) -> bool:
    found = folder.stat()
    return stat.S_ISDIR(found.st_mode) and is_only_mine(found)


def is_only_mine(found: os.stat_result) -> bool:
    """Whether a file or folder is this user's, and nobody else may write to it."""
    if os.name == "nt":  # the folders of users are closed to others there, and modes say nothing
        return True
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
