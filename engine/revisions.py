"""Rulesets as they are at a revision of a git repository: their files are laid out in a folder, and nothing is run.

Git is called with lists of arguments, never through a shell; words that look like options are refused. What is read
are the blobs of one commit: no filter, no hook and no attribute of the repository has a say in it.
"""

from __future__ import annotations

import os
import posixpath
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from ..grammar.late_methods import dataclass
from ..grammar.source import Source
from .folder import MAX_BYTES
from .layers import DEEPEST
from .manifest import read_manifest
from .places import MANIFEST

SECONDS = 60
MOST_FILES = 5_000
"""How many files one ruleset may have in a repository."""

_DATA = (".parquet", ".ndjson", ".jsonl", ".gz", ".zst")
"""What no ruleset reads, though data may lie beside it."""

_LINK = "120000"
_FILE = ("100644", "100755", "100664")
_LFS = b"version https://git-lfs.github.com/spec/"
_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE", "GIT_PREFIX")
"""What hooks set, and what would lead to another repository than that of the folder."""

_QUIET = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "LC_ALL": "C",
    "GIT_PAGER": "cat",
}


class RevisionError(Exception):
    """A revision or a path in it that cannot be read; `hint` is the way out."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class NoRuleset(RevisionError):
    """The revision is there, and the ruleset was not."""


@dataclass(frozen=True)
class Entry:
    """One file of a commit."""

    mode: str
    blob: str
    size: int


@dataclass(frozen=True)
class Repository:
    """A repository, and the path from its top to the folder from which it was asked for ('' or `rulesets/abm/`)."""

    top: Path
    prefix: str

    @staticmethod
    def at(folder: Path) -> Repository:
        """The repository that holds a folder. Raises RevisionError if there is none."""
        lines = _git(folder, "rev-parse", "--show-toplevel", "--show-prefix").split("\n")
        if not lines[0]:
            raise RevisionError(f"`{folder}` is in a bare repository, which has no files", "clone it first")
        return Repository(Path(lines[0]), lines[1])

    def commit(self, revision: str) -> str:
        """The full id of the commit that a revision names. Raises RevisionError for what is none."""
        if not may_be_revision(revision):
            raise RevisionError(f"`{revision}` is no revision", "write a branch, a tag, a commit or `HEAD~3`")
        try:
            return _git(self.top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        except RevisionError as error:
            raise RevisionError(*self._unknown(revision, error)) from None

    def merge_base(self, one: str, other: str) -> str:
        """The commit from which two revisions went apart."""
        commits = self.commit(one), self.commit(other)
        try:
            return _git(self.top, "merge-base", *commits)
        except RevisionError:
            hint = self._unshallow() or "compare them with `..`"
            raise RevisionError(f"`{one}` and `{other}` have no common past here", hint) from None

    def path(self, path: str) -> str:
        """A path from the top: as git reads it, `./` and `../` begin in the folder from which was asked."""
        begin = self.prefix if path.startswith(("./", "../")) or path in (".", "..") else ""
        found = posixpath.normpath(posixpath.join(begin, path)) if path else "."
        if found.startswith(("../", "/")) or found == ".." or "\0" in found:
            hint = "write its path from the top: `main:rulesets/abm`"
            raise RevisionError(f"`{path}` lies outside of the repository", hint)
        return "" if found == "." else found

    def _unknown(self, revision: str, error: RevisionError) -> tuple[str, str]:
        if str(error).strip():
            return str(error), error.hint
        hint = self._unshallow() or "`git branch -a` and `git log` show what there is"
        return f"this repository has no revision `{revision}`", hint

    def _unshallow(self) -> str:
        """The way out of a clone without its past, as CI makes them; '' for a whole one."""
        is_shallow = (self.top / ".git" / "shallow").is_file()
        return (
            "the clone is shallow: `git fetch --unshallow`, in CI a checkout of the whole history" if is_shallow else ""
        )


def may_be_revision(word: str) -> bool:
    """Whether a word could name a revision: no option, no range, no path in one.

    >>> may_be_revision("HEAD~3"), may_be_revision("--output=x"), may_be_revision("main..")
    (True, False, False)
    """
    return bool(word) and not word.startswith("-") and not any(sign in word for sign in ("..", ":", "\0", "\n"))


# --- laying out ---------------------------------------------------------------------


def lay_out(repository: Repository, commit: str, path: str, folder: Path) -> Path:
    """Write a ruleset of a commit, and those that it builds on, below a folder; gives its own place there.

    `path` is from the top. Raises RevisionError if there is no ruleset.
    """
    return _Layout(repository, commit, folder).ruleset(path)


@dataclass
class _Layout:
    repository: Repository
    commit: str
    folder: Path

    def ruleset(self, path: str, depth: int = 0) -> Path:
        """One ruleset, then the one that it extends."""
        files = self._files(path)
        if not files:
            raise NoRuleset(f"there was no `{path or '.'}` at {self.commit[:10]}", self._hint(path))
        is_ruleset = path.endswith(".rules") if path in files else posixpath.join(path, MANIFEST) in files
        if not is_ruleset:
            message = f"`{path or '.'}` is no ruleset at {self.commit[:10]}"
            raise NoRuleset(message, f"name a folder with a `{MANIFEST}`, or a `.rules` file")
        self._write(files)
        place = self._place(path)
        base = self._base(place, path) if path not in files else None
        if base is not None and depth < DEEPEST and self._files(posixpath.join(base, MANIFEST)):
            self.ruleset(base, depth + 1)
        return place

    def _hint(self, path: str) -> str:
        elsewhere = posixpath.join(self.repository.prefix, path)
        if self.repository.prefix and self._files(elsewhere):
            return f"paths begin at the top of the repository: `{elsewhere}`, or `./{path}`"
        return "its path may have been another one then: `git log --follow` shows it"

    def _base(self, place: Path, path: str) -> str | None:
        """The path of the ruleset that the one there extends, if that is a path inside the repository."""
        try:
            source = Source(MANIFEST, (place / MANIFEST).read_text("utf-8-sig"))
        except (OSError, ValueError):
            return None
        manifest, _ = read_manifest(source, place.name)
        if manifest is None or manifest.extends is None or PurePosixPath(manifest.extends[0]).is_absolute():
            return None
        found = posixpath.normpath(posixpath.join(path, manifest.extends[0]))
        return None if found.startswith("../") or found in ("..", path) else found

    def _files(self, path: str) -> dict[str, Entry]:
        """The files at or below a path, by their paths from the top."""
        options = ("ls-tree", "-r", "-z", "-l", "--full-tree", self.commit)
        listed = _git(self.repository.top, *options, "--", *([path] if path else []))
        found = {path: entry for path, entry in _entries(listed.split("\0")) if not path.endswith(_DATA)}
        if len(found) > MOST_FILES:
            message = f"`{path or '.'}` has {len(found):,} files, more than a ruleset"
            raise RevisionError(message, "name the ruleset's own folder")
        return found

    def _write(self, files: dict[str, Entry]) -> None:
        kept = {path: self._followed(path, entry, files) for path, entry in files.items()}
        small = {path: entry for path, entry in kept.items() if entry is not None and entry.size <= MAX_BYTES}
        contents = dict(_blobs(self.repository.top, sorted({entry.blob for entry in small.values()})))
        for path, entry in kept.items():
            if entry is None:
                continue
            place = self._place(path)
            place.parent.mkdir(parents=True, exist_ok=True)
            if entry.size > MAX_BYTES:  # nobody reads it, and the loader says that it is too large
                with place.open("wb") as file:
                    file.truncate(entry.size)
                continue
            if contents[entry.blob].startswith(_LFS):
                hint = "compare with a checkout of that revision"
                raise RevisionError(f"`{path}` is kept in Git LFS, which is not read here", hint)
            place.write_bytes(contents[entry.blob])

    def _followed(self, path: str, entry: Entry, files: dict[str, Entry]) -> Entry | None:
        """The file itself, or the one of the same ruleset to which a link leads; None for anything else."""
        if entry.mode in _FILE:
            return entry
        if entry.mode != _LINK or entry.size > 4096:
            return None
        target = dict(_blobs(self.repository.top, [entry.blob]))[entry.blob].decode("utf-8", "replace")
        found = files.get(posixpath.normpath(posixpath.join(posixpath.dirname(path), target)))
        return found if found is not None and found.mode in _FILE else None

    def _place(self, path: str) -> Path:
        """Where a path of the repository is laid out: always below the folder."""
        place = self.folder / path
        plain, stays = PurePosixPath(path), place.resolve().is_relative_to(self.folder.resolve())
        if ".." in plain.parts or plain.is_absolute() or not stays:
            raise RevisionError(f"`{path}` is no path inside a repository")
        return place


def _entries(listed: Iterable[str]) -> Iterator[tuple[str, Entry]]:
    """`mode type blob size TAB path`, one a file."""
    for line in listed:
        head, _, path = line.partition("\t")
        parts = head.split()
        if len(parts) == 4 and parts[1] == "blob":
            yield path, Entry(parts[0], parts[2], int(parts[3]))


def _blobs(top: Path, names: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """The contents of blobs, as they are stored."""
    if not names:
        return
    out = _run(top, ("cat-file", "--batch"), "".join(f"{name}\n" for name in names).encode())
    start = 0
    for name in names:
        begin = out.find(b"\n", start) + 1
        parts = out[start:begin].split()
        if len(parts) != 3 or not parts[2].isdigit():
            raise RevisionError(f"git cannot give the file {name[:10]}", "the clone may be a partial one: `git fetch`")
        end = begin + int(parts[2])
        yield name, out[begin:end]
        start = end + 1


# --- git ----------------------------------------------------------------------------


def _git(folder: Path, *arguments: str) -> str:
    return _run(folder, arguments).decode("utf-8", "surrogateescape").removesuffix("\n")


def _run(folder: Path, arguments: Sequence[str], given: bytes = b"") -> bytes:
    """What git says. Raises RevisionError with git's own words where it fails."""
    program = shutil.which("git")
    if program is None:
        raise RevisionError("git is not installed, so no revision can be read", "name two folders instead")
    environment = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE} | _QUIET
    try:
        done = subprocess.run(
            [program, *arguments],
            cwd=folder,
            env=environment,
            input=given,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RevisionError(f"git did not answer within {SECONDS} seconds") from None
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode("utf-8", "replace").strip()
    if "not a git repository" in said:
        raise RevisionError(f"`{folder}` is in no git repository", "name two folders, or go to the repository")
    if "dubious ownership" in said:
        message = "git does not trust this repository: it belongs to somebody else"
        raise RevisionError(message, "see `safe.directory` in `git help config`")
    raise RevisionError(said.removeprefix("fatal: ").split("\n")[0])
