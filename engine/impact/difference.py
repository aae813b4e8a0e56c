"""The semantic difference of two rulesets: every thing that was added, removed or changed, and what that can reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property

from ...grammar.late_methods import dataclass
from ..compiling import Compiled
from ..reads import Key
from .changes import Change, Facet, facets, is_only_shown
from .inventory import Inventory, inventory
from .matching import match
from .places import order_facets, place_facets
from .reach import Reach
from .things import Item, Thing
from .uses import Uses


@dataclass(frozen=True)
class Affected:
    """A rule that stands as it stood and means something else, because of what it uses."""

    was: Thing
    now: Thing


@dataclass(frozen=True)
class Difference:
    """Two rulesets and what is different: `changes` in written order, and rules that changed through what they use.

    `renamed` are the ids of lines and groups that have another one now.
    """

    old: Compiled
    new: Compiled
    changes: tuple[Change, ...]
    affected: tuple[Affected, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def reaches(self) -> frozenset[Key]:
        """All results that can differ."""
        return frozenset[Key]().union(*(change.reaches for change in self.changes))

    @cached_property
    def untouched(self) -> tuple[Key, ...]:
        """The results of both rulesets that are the same for everyone, whatever the data."""
        old, new = (Reach.results(side.model) for side in (self.old, self.new))
        return tuple(key for key in new if key in old and key not in self.reaches)


def difference(old: Compiled, new: Compiled) -> Difference:
    """What is different in meaning; how rules are laid out, and comments, are no difference.

    >>> from ..compiling import compile_at
    >>> abm, raised = compile_at("abm")[0], compile_at("abm", params={"mqa_threshold": 60})[0]
    >>> difference(abm, abm).changes
    ()
    >>> [(change.thing.name, change.facets[0].was, change.facets[0].now) for change in difference(abm, raised).changes]
    [('mqa_threshold', '55', '60')]
    """
    return _Comparison(inventory(old), inventory(new)).difference()


class _Comparison:
    """Compares two inventories."""

    def __init__(self, old: Inventory, new: Inventory) -> None:
        self.old, self.new = old, new
        self.pairs = match(old.things, new.things)
        self.back = {now: was for was, now in self.pairs.items()}
        self.uses_before, self.uses_now = Uses(old), Uses(new)
        self.reach = Reach(old.ruleset.model, new.ruleset.model)

    def difference(self) -> Difference:
        """All changes, and what is affected by them."""
        found = [*self._added_and_changed(), *self._removed()]
        changed = {change.now for change in found}
        affected = tuple(
            Affected(was, now)
            for was, now in self.pairs.items()
            if now not in changed and was.meaning != now.meaning and not now.is_vocabulary
        )
        found += self._unexplained(found)
        return Difference(self.old.ruleset, self.new.ruleset, tuple(found), affected, self._renamed())

    def _renamed(self) -> dict[str, str]:
        items = ((was, now) for was, now in self.pairs.items() if isinstance(was, Item) and isinstance(now, Item))
        return {was.id: now.id for was, now in items if was.id and was.id != now.id}

    # --- changes ------------------------------------------------------------------------

    def _added_and_changed(self) -> Iterator[Change]:
        for now in self.new.things:
            was = self.back.get(now)
            if was is None:
                yield self._change(None, now)
            elif different := self._facets(was, now):
                yield self._change(was, now, different)

    def _removed(self) -> Iterator[Change]:
        for was in self.old.things:
            if was not in self.pairs:
                yield self._change(was, None)

    def _facets(self, was: Thing, now: Thing) -> tuple[Facet, ...]:
        moved = place_facets(was, now, self.pairs)
        return (*facets(was, now), *moved, *order_facets(was, now, self.pairs, self.old.things, self.new.things))

    def _change(self, was: Thing | None, now: Thing | None, different: tuple[Facet, ...] = ()) -> Change:
        users = tuple(self._users(was, now, different))
        touched = frozenset(self._touched(was, now, different, users))
        kind = "added" if was is None else "removed" if now is None else "changed"
        return Change(kind, was, now, different, users, touched, self.reach.of(touched))  # type: ignore[arg-type]

    def _users(self, was: Thing | None, now: Thing | None, different: tuple[Facet, ...]) -> Iterator[Thing]:
        """The rules that use it, without those that mean the same before and after."""
        if different and is_only_shown(different):
            return
        if now is None:
            assert was is not None
            yield from self.uses_before.users(was)
            return
        for user in self.uses_now.users(now):
            before = self.back.get(user)
            if not now.is_vocabulary or before is None or before.meaning != user.meaning:
                yield user

    def _touched(
        self, was: Thing | None, now: Thing | None, different: tuple[Facet, ...], users: tuple[Thing, ...]
    ) -> Iterator[Key]:
        """The places of the graphs where it changes something."""
        thing = now or was
        assert thing is not None
        if different and is_only_shown(different):
            return
        if thing.what == "setting":
            yield from self.reach.everything
        elif thing.what == "reasons":
            keys = (key for key in self.reach.everything if key.kind == "disqualify")
            yield from (key for key in keys if key.level == thing.key[0])
        elif thing.what in ("field", "event type"):
            yield from data_places(was, now, different)
        elif thing.is_vocabulary:
            yield from (user.node for user in users if user.node is not None and self._differs(user.node))
        elif thing.what == "ignore line" and thing.node is not None and thing.node.level == "lead":
            yield from self.reach.everything
        else:
            nodes = {side.node for side in (was, now) if side is not None and side.node is not None}
            same = was is not None and now is not None and was.meaning == now.meaning
            yield from (node for node in nodes if not (same and not self._differs(node)))

    def _differs(self, node: Key) -> bool:
        return self.reach.means_something_else(node)

    # --- what nothing explains ------------------------------------------------------------

    def _unexplained(self, found: list[Change]) -> Iterator[Change]:
        """Definitions that are not the same, although nothing that was compared accounts for it."""
        explained = {key for change in found for key in change.touched}
        for key in sorted(self.reach.changed() - explained, key=str):
            now = next((thing for thing in self.new.things if thing.node == key), None)
            was = next((thing for thing in self.old.things if thing.node == key), None)
            facet = Facet("meaning", "as it was", "something else, by what it is built from")
            touched = frozenset({key})
            yield Change("changed", was, now, (facet,), touched=touched, reaches=self.reach.of(touched))


def data_places(was: Thing | None, now: Thing | None, different: tuple[Facet, ...]) -> Iterator[Key]:
    """Where data are read differently: nowhere for properties that are new, which no old rule can read.

    A field that becomes known to the schema can have values where it was derived before.
    """
    thing = now or was
    assert thing is not None and thing.node is not None
    if thing.what == "field":
        yield from (thing.node, Key("derived", thing.node.level, thing.node.name))
    elif was is None or now is None or any(facet.name in was.facets for facet in different):
        yield thing.node
