"""What a change is: of one thing, with the facets that differ, what uses it, and the results that it can change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Literal

from ...grammar.late_methods import dataclass
from ..reads import Key
from .things import COSMETIC, Item, Thing

Kind = Literal["added", "removed", "changed"]
ORDERED = ("cases", "entries")
"""Facets whose values count in their order."""


@dataclass(frozen=True)
class Facet:
    """One facet that differs: its texts before and after (None: it was not there), or the values gone and come."""

    name: str
    was: str | None = None
    now: str | None = None
    gone: tuple[str, ...] = ()
    come: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Change:
    """A thing that was added or removed, or that says something else.

    `users` are the rules that use it and mean something else by it, `touched` the places of the graph that it changes
    itself, and `reaches` all results that can differ by it: none for what is only shown or called differently.
    """

    kind: Kind
    was: Thing | None
    now: Thing | None
    facets: tuple[Facet, ...] = ()
    users: tuple[Thing, ...] = ()
    touched: frozenset[Key] = frozenset()
    reaches: frozenset[Key] = field(default=frozenset())

    @property
    def thing(self) -> Thing:
        """The thing as it is now, or as it was last."""
        found = self.now or self.was
        assert found is not None
        return found

    @property
    def is_cosmetic(self) -> bool:
        """Whether no result can differ by it."""
        return not self.touched and self.kind == "changed"


def facets(was: Thing, now: Thing) -> Iterator[Facet]:
    """What differs between two versions of a thing, apart from where it stands; its file if nothing else does."""
    found = list(_said(was, now))
    yield from found
    if not found and _file(was) != _file(now):
        yield Facet("file", _file(was), _file(now))


def _said(was: Thing, now: Thing) -> Iterator[Facet]:
    if isinstance(was, Item) and isinstance(now, Item) and now.has_written_id and was.id != now.id:
        yield Facet("id", was.id if was.has_written_id else None, now.id)
    for name in dict.fromkeys([*was.facets, *now.facets]):
        before, after = was.facets.get(name), now.facets.get(name)
        if before == after:
            continue
        if isinstance(before, tuple) or isinstance(after, tuple):
            yield from _values(name, before, after)
        else:
            yield Facet(name, before, after)


def _values(name: str, before: object, after: object) -> Iterator[Facet]:
    old, new = (side if isinstance(side, tuple) else () for side in (before, after))
    gone, come = tuple(x for x in old if x not in new), tuple(x for x in new if x not in old)
    if gone or come:
        yield Facet(name, gone=gone, come=come)
    elif name in ORDERED:
        yield Facet(f"order of {name}", ", ".join(old), ", ".join(new))


def _file(thing: Thing) -> str:
    """The file in which a thing is written, whichever ruleset of a chain it belongs to."""
    return thing.place.path.rpartition("/")[2] if thing.written else ""


def is_only_shown(found: tuple[Facet, ...]) -> bool:
    """Whether facets are only about how a thing is called, shown and filed."""
    return all(facet.name in COSMETIC or facet.name == "file" for facet in found)
