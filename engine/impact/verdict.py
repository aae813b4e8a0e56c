"""What can be proven of a difference: that it breaks something, that it only adds, or that no result changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from ...grammar.late_methods import dataclass
from .changes import Change, Facet
from .difference import Difference
from .things import Thing

Word = Literal["identical", "cosmetic", "additive", "breaking", "not provable"]


@dataclass(frozen=True)
class Verdict:
    """The verdict, with what proves it: for `breaking` each thing that others may rely on and that is no longer so.

    - `identical`: nothing is different.
    - `cosmetic`: every result of every lead and account stays as it is, whatever the data.
    - `additive`: so do all results that there were; new ones come in addition.
    - `breaking`: a result, a stage, a label, a param or a kind of data that others may rely on is gone or narrower.
    - `not provable`: results that there were can change; for whom, only data can tell.
    """

    word: Word
    reasons: tuple[str, ...] = ()


def verdict(found: Difference) -> Verdict:
    """What is certain about a difference from the rules alone."""
    if not found.changes:
        return Verdict("identical")
    if broken := tuple(_broken(found)):
        return Verdict("breaking", broken)
    if found.reaches:
        return Verdict("not provable", tuple(f"{key.words} can change" for key in sorted(found.reaches, key=str)))
    if any(change.kind == "added" or change.thing.what == "event type" for change in found.changes):
        return Verdict("additive", ("all results that there were stay as they are",))
    return Verdict("cosmetic", ("no result of anybody changes, whatever the data",))


def _broken(found: Difference) -> Iterator[str]:
    for change in found.changes:
        if change.kind == "removed" and change.was is not None:
            yield from _gone(change.was)
        elif change.kind == "added" and change.now is not None and change.now.facets.get("required"):
            yield f"records without `{change.now.name}` are rejected now"
        elif change.kind == "changed":
            yield from _narrower(change)


def _gone(was: Thing) -> Iterator[str]:
    if was.what in ("score", "measure", "grade", "ladder"):
        yield f"the {was.what if was.what != 'ladder' else 'ladder of'} {was.name} is gone"
    elif was.what == "stage":
        yield f"the stage {was.name} is gone"
    elif was.what == "param":
        yield f"the param {was.name} is gone: `--set {was.name}=…` fails"


def _narrower(change: Change) -> Iterator[str]:
    was, now = change.was, change.now
    assert was is not None and now is not None
    if now.what == "grade":
        yield from _labels(was, now)
    elif now.what == "measure" and _kind(was) != _kind(now):
        yield f"the measure {now.name} is of another kind: {_kind(was)} before, {_kind(now)} now"
    elif now.what in ("field", "event type"):
        for facet in change.facets:
            yield from _less_data(now, facet)


def _labels(was: Thing, now: Thing) -> Iterator[str]:
    gone = [name for name in was.facets if name not in now.facets]
    if gone:
        yield f"{now.name} no longer has {', '.join(gone)}"


def _kind(thing: Thing) -> str:
    value = getattr(thing.part, "value", None)
    return str(getattr(value, "kind", ""))


def _less_data(now: Thing, facet: Facet) -> Iterator[str]:
    name = now.name if now.what == "field" else f"{facet.name} of {now.name}"
    if facet.name == "required" and facet.now:
        yield f"records without `{name}` are rejected now"
    elif facet.gone:
        yield f"{name} can no longer be {', '.join(facet.gone)}"
    elif facet.was is not None and facet.now is not None:
        yield f"{name} is of another type: {facet.was} before, {facet.now} now"
