"""Where `scoreline report` may write: a folder that is free, or one that holds an earlier report and nothing else.

The site is made beside that folder and takes its place when it is whole.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from .failures import fail
from .out_folder import WAY_OUT, check_place

MARK = "scoreline-report.json"
"""The file by which a report knows its own folder: the names of all that it wrote there."""


def check_site(out: Path, data: str, ruleset: Path) -> None:
    """Refuse a folder in which a report would replace what is not its own."""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        fail(f"`{out}` is a {'link' if out.is_symlink() else 'file'}", "give a folder to --out")
    check_place(out, data, ruleset)
    if not out.exists():
        return
    if out.resolve().parent == out.resolve():
        fail(f"`{out}` is the whole disk", WAY_OUT.replace("results", "site"))
    written = _written(out)
    there = sorted(_names(out))
    foreign = [name for name in there if name not in (written or ())]
    if not foreign:
        return
    if written is None:
        fail(f"`{out}` is there already, and no report made it (it has no {MARK})", WAY_OUT.replace("results", "site"))
    fail(
        f"`{out / foreign[0]}` is not of the report that is there, and would be lost", "take it out of the folder first"
    )


@contextlib.contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """A new folder to fill; at the end it takes the place of the one that was there, or is gone if that failed."""
    out = out.absolute()
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    part.mkdir()
    try:
        yield part
        _mark(part)
        _take_place(part, out)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _take_place(part: Path, out: Path) -> None:
    old = out.with_name(f".{out.name}.{os.getpid()}.old")
    if not out.exists():
        part.rename(out)
        return
    out.rename(old)
    try:
        part.rename(out)
    except BaseException:
        old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _mark(folder: Path) -> None:
    names = sorted([*_names(folder), MARK])
    with (folder / MARK).open("w", encoding="utf-8", newline="") as file:
        json.dump({"made_by": "scoreline report", "files": names}, file, indent=1)
        file.write("\n")


def _names(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def _written(folder: Path) -> set[str] | None:
    """The files that the report in a folder says that it wrote; None where there is no report."""
    try:
        found = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    files = found.get("files") if isinstance(found, dict) else None
    return {name for name in files if isinstance(name, str)} if isinstance(files, list) else None
