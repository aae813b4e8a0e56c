"""A changelog entry from a semantic difference: Markdown, by what was added, changed and removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .diff_changes import point, verdict_text
from .page_markdown import escaped, text_of
from .pages import Point

if TYPE_CHECKING:
    from ..engine.impact.difference import Difference
    from ..engine.impact.verdict import Verdict

_PARTS = (("Added", "added"), ("Changed", "changed"), ("Removed", "removed"))


def changelog(found: Difference, verdict: Verdict) -> str:
    """The entry of the new version; the version that should come next where it has not risen."""
    return "\n".join(_lines(found, verdict)).rstrip("\n") + "\n"


def _lines(found: Difference, verdict: Verdict) -> Iterator[str]:
    yield f"## {escaped(f'{found.new.name} {_version(found, verdict)}')}"
    yield ""
    yield escaped(verdict_text(verdict, found))
    for title, kind in _PARTS:
        points = [point(change) for change in found.changes if change.kind == kind and not change.is_cosmetic]
        if points:
            yield from ("", f"### {title}", "", *(line for item in points for line in _entry(item)))
    quiet = [point(change) for change in found.changes if change.is_cosmetic]
    if quiet:
        yield from ("", "### Without effect", "", *(f"- {text_of(item.text)}" for item in quiet))


def _version(found: Difference, verdict: Verdict) -> str:
    from ..engine.impact.versions import means_something_else, next_version, rises

    old, new = found.old.version, found.new.version
    if means_something_else(verdict) and not rises(old, new):
        return next_version(old, verdict) or new
    return new


def _entry(item: Point) -> Iterator[str]:
    yield f"- {text_of(item.text)}"
    for below in item.below:
        yield f"  - {text_of(below.text)}"
