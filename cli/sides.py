"""The two sides of `scoreline diff`: folders, files, names that ship, revisions, and ranges of these."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..grammar.late_methods import dataclass
from .failures import fail

if TYPE_CHECKING:
    from ..engine.revisions import Repository


@dataclass(frozen=True)
class Side:
    """One ruleset: where it lies (or its name), and what a person calls it."""

    name: str
    shown: str


@dataclass(frozen=True)
class _Place:
    """A ruleset that is there."""

    name: str


@dataclass(frozen=True)
class _Revision:
    """`main`, `HEAD~3:rulesets/abm`: without a path it is that of the other side."""

    revision: str
    path: str | None = None


@dataclass(frozen=True)
class _Range:
    """`main..`, `main...feature`: three dots begin where the two went apart. An open end is HEAD."""

    start: str
    end: str
    from_base: bool


_Word = _Place | _Revision | _Range


def sides(old: str, new: str | None, folder: Path) -> tuple[Side, Side]:
    """Both sides of a comparison; what is read from a repository is laid out below the folder."""
    from ..engine.revisions import RevisionError

    try:
        return _sides(_word(old), None if new is None else _word(new), folder)
    except RevisionError as error:
        fail(str(error), error.hint)


def against(revision: str, ruleset: str, folder: Path) -> Side | None:
    """The side that `validate --against` names: a revision of the ruleset itself, or another one.

    None if the ruleset was not there yet.
    """
    from ..engine.revisions import NoRuleset, RevisionError

    word = _word(revision)
    if isinstance(word, _Range):
        fail(f"`--against {revision}` is a range", "name the one that was before: `--against main`")
    try:
        return _side(word, _Place(ruleset), folder / "old")
    except NoRuleset as error:
        if isinstance(word, _Revision) and word.path is None:
            return None
        fail(str(error), error.hint)
    except RevisionError as error:
        fail(str(error), error.hint)


# --- words --------------------------------------------------------------------------


def _word(word: str) -> _Word:
    """What a word names: a ruleset that is there before a revision of that name."""
    from ..engine.places import find

    if find(word)[0] is not None:
        return _Place(word)
    revision, colon, path = word.partition(":")
    if ".." in revision and not revision.startswith(("../", "./", "/")):
        if colon:
            fail(f"`{word}` is a range and a path", f"write `scoreline diff {revision} {path or 'PATH'}`")
        dots = "..." if "..." in revision else ".."
        start, _, end = revision.partition(dots)
        return _Range(start or "HEAD", end or "HEAD", dots == "...")
    if colon and revision:
        return _Revision(revision, path)
    return _Revision(word)


def _sides(old: _Word, new: _Word | None, folder: Path) -> tuple[Side, Side]:
    if isinstance(old, _Range) or isinstance(new, _Range):
        return _of_range(old, new, folder)
    if new is None and isinstance(old, _Place):
        hint = "name two, or a revision and a ruleset: `scoreline diff main rulesets/abm`"
        fail("there is only one ruleset to compare", hint)
    other = new if new is not None else _here()
    if isinstance(old, _Revision) and isinstance(other, _Revision) and old.path is None and other.path is None:
        here = _here()
        return _side(old, here, folder / "old"), _side(other, here, folder / "new")
    return _side(old, other, folder / "old"), _side(other, old, folder / "new")


def _of_range(old: _Word, new: _Word | None, folder: Path) -> tuple[Side, Side]:
    """Both ends of a range, of the ruleset that the other word names, or of the one here."""
    span, place = (old, new) if isinstance(old, _Range) else (new, old)
    assert isinstance(span, _Range)
    if isinstance(place, _Range | _Revision):
        fail("a range goes with the place of a ruleset", "write `scoreline diff main.. rulesets/abm`")
    place = place or _here()
    start = span.start
    if span.from_base:
        start = _repository(place)[0].merge_base(span.start, span.end)
    return _side(_Revision(start), place, folder / "old"), _side(_Revision(span.end), place, folder / "new")


def _here() -> _Place:
    """The ruleset in the folder where the command was called."""
    from ..engine.places import MANIFEST

    if not Path(MANIFEST).is_file():
        fail("which ruleset is meant?", "name its folder: `scoreline diff main.. rulesets/abm`")
    return _Place(".")


# --- sides --------------------------------------------------------------------------


def _side(word: _Place | _Revision, other: _Place | _Revision, folder: Path) -> Side:
    """One side; a revision without a path is of the ruleset of the other side."""
    from ..engine.revisions import Repository, lay_out

    if isinstance(word, _Place):
        return Side(word.name, word.name)
    if word.path is not None:
        repository = Repository.at(Path.cwd())
        path = repository.path(word.path)
    elif isinstance(other, _Revision):
        repository = Repository.at(Path.cwd())
        path = repository.path(other.path or "")
    else:
        repository, path = _revision_of(word.revision, other)
    commit = repository.commit(word.revision)
    place = lay_out(repository, commit, path, folder)
    short = commit[:7]
    shown = short if commit.startswith(word.revision) else f"{word.revision} ({short})"
    return Side(str(place), f"{shown}:{path}" if word.path is not None else shown)


def _revision_of(word: str, other: _Place) -> tuple[Repository, str]:
    """Where a revision is looked for. A word that is none may be a slip in the name of a ruleset: say both."""
    from ..engine.places import published, shipped
    from ..engine.revisions import RevisionError
    from ..engine.suggest import did_you_mean

    try:
        repository, path = _repository(other)
        repository.commit(word)
    except RevisionError as error:
        near = did_you_mean(word, [*shipped(), *published()], error.hint)
        fail(f"`{word}` is no ruleset, and {error}", near)
    return repository, path


def _repository(place: _Place) -> tuple[Repository, str]:
    """The repository in which a ruleset lies, and its path from the top."""
    from ..engine.places import find
    from ..engine.revisions import Repository

    found = find(place.name)[0]
    assert found is not None
    folder, name = (found, "") if found.is_dir() else (found.parent, found.name)
    repository = Repository.at(folder)
    return repository, (repository.prefix + name).rstrip("/")
