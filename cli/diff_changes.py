"""What changed in the rules, as points of a page: each thing with its facets, what uses it and what it can change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from .pages import Code, Point, Said, listed, said
from .reports import plural

if TYPE_CHECKING:
    from ..engine.impact.changes import Change, Facet
    from ..engine.impact.difference import Difference
    from ..engine.impact.things import Thing
    from ..engine.impact.verdict import Verdict
    from ..engine.reads import Key

SIGNS = {"added": "+", "removed": "−", "changed": "~"}
ON_ONE_LINE = 60
MOST_USERS = 8
MOST_VALUES = 12
_WITH_SCORE = ("line", "group", "block")


def point(change: Change) -> Point:
    """One change with everything about it."""
    thing = change.thing
    short = [facet for facet in change.facets if _is_short(facet)]
    first = [*heading(thing)]
    if change.kind == "changed" and short:
        first += [": ", *listed(map(_short, short), between="; ")]
    elif change.kind != "changed" and thing.text:
        first += [": ", Code(_shown_text(thing))]
    below = [item for facet in change.facets if not _is_short(facet) for item in _long(facet)]
    below += _uses(change)
    return Point(said(*first), tuple(below), SIGNS[change.kind])


def heading(thing: Thing) -> Said:
    """What a thing is and where it stands: line `pricing` of engagement of leads."""
    name = said(f"{thing.what} ", Code(thing.name))
    return said(*name, f" in {thing.where}") if thing.what in _WITH_SCORE else name


def _shown_text(thing: Thing) -> str:
    """What is written of it, without the name that stands before it already."""
    if thing.what in ("signal", "param", "list", "table", "measure"):
        return thing.text.partition(" = ")[2] or thing.text
    return thing.text


# --- facets -------------------------------------------------------------------------


def _is_short(facet: Facet) -> bool:
    if facet.gone or facet.come:
        return False
    return len(facet.was or "") + len(facet.now or "") <= ON_ONE_LINE


def _short(facet: Facet) -> Said:
    """`points +8 → +14`."""
    if facet.was is None:
        return said(f"{facet.name} ", Code(facet.now or ""), " is new")
    if facet.now is None:
        return said(f"no {facet.name} any more (was ", Code(facet.was), ")")
    return said(f"{facet.name} ", Code(facet.was), " → ", Code(facet.now))


def _long(facet: Facet) -> Iterator[Point]:
    """Before and after below each other; of values those that are gone and those that came."""
    if not (facet.gone or facet.come):
        if facet.was is not None:
            yield Point(said(f"{facet.name} was ", Code(facet.was)), sign="−")
        if facet.now is not None:
            yield Point(said(f"{facet.name} is ", Code(facet.now)), sign="+")
        return
    for values, word, sign in ((facet.gone, "removed", "−"), (facet.come, "added", "+")):
        if values:
            named = listed((said(Code(value)) for value in values), MOST_VALUES)
            yield Point(said(f"{facet.name} {word}: ", *named), sign=sign)


# --- what follows from it -----------------------------------------------------------


def _uses(change: Change) -> Iterator[Point]:
    if change.users:
        verb = {"added": "used by", "removed": "was used by"}.get(change.kind, "changes")
        names = (said(f"{user.what} ", Code(user.name)) for user in change.users)
        yield Point(said(f"{verb} ", *listed(names, MOST_USERS)))
    if change.is_cosmetic:
        yield Point(said("changes no result"))
    elif change.reaches:
        yield Point(said("can change ", ", ".join(_words(change.reaches))))


def _words(keys: Iterable[Key]) -> list[str]:
    """Results in order: those of leads, then those of accounts, disqualifications in one word."""
    found = sorted(keys, key=lambda key: (key.level != "lead", key.kind == "stage", key.name))
    return list(
        dict.fromkeys(
            f"which {key.level}s are disqualified" if key.kind == "disqualify" else key.words for key in found
        )
    )


def counted(found: Difference) -> str:
    """How many changes of each kind."""
    kinds = [change.kind for change in found.changes]
    if set(kinds) == {"changed"} or len(kinds) == 1:
        return plural(len(kinds), "change")
    counts = [f"{kinds.count(kind)} {kind}" for kind in ("added", "removed", "changed") if kind in kinds]
    return f"{plural(len(kinds), 'change')}: {', '.join(counts)}"


def verdict_text(said_: Verdict, found: Difference) -> str:
    """The verdict in a sentence."""
    match said_.word:
        case "identical":
            return "No difference in meaning."
        case "cosmetic":
            return "Cosmetic: no result of anybody changes, whatever the data."
        case "additive":
            return (
                "Additive: all results that there were stay as they are, whatever the data; new ones come in addition."
            )
        case "breaking":
            return f"Breaking: {'; '.join(said_.reasons)}."
    reached = plural(len(_words(found.reaches)), "result")
    return f"Not provable from the rules alone: {reached} can change, for whom only data can tell."


def can_and_cannot(found: Difference) -> tuple[list[str], list[str]]:
    """The results that can change, and those that provably stay for everyone."""
    return _words(found.reaches), _words(found.untouched)
