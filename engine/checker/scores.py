"""Scores: their ranges, their blocks, and the lines in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from ...grammar import nodes as n
from ...grammar.printer import to_text
from .. import model as m
from ..suggest import did_you_mean
from .conditions import refuse_empty
from .decaying import decay_by_default
from .disqualifying import disqualification
from .extending import name_of
from .ids import Ids
from .lines import read_line
from .modifiers import bounds, fixed
from .place import Place
from .scope import Refused, Scope

DEEPEST = 20
_Made = TypeVar("_Made")


@dataclass
class ScoreReader:
    """Reads one score. `disqualifications` are the `disqualify` lines found in it, in file order."""

    scope: Scope
    node: n.ScoreDef
    ids: Ids
    disqualifications: list[m.Disqualification] = field(default_factory=list)

    def read(self) -> m.Score:
        """The score without those of its parts that are wrong: these are noted."""
        node = self.node
        low, high = self._try(lambda: self._range(node.range)) or (None, None)
        if node.bounds:
            text = to_text(node.bounds[0])
            self._try(lambda: self.scope.later(f"`{text}` in the head of a score", node.bounds[0].span))
        items = self._items(node.body, Place(node.name))
        return m.Score(node.level, node.name, items, low, high, span=node.span)

    def _try(self, read: Callable[[], _Made]) -> _Made | None:
        """A part of the score; None if it is wrong, and the rest is read on without it."""
        try:
            return read()
        except Refused:
            return None

    def _range(self, node: n.RangeOf | None) -> tuple[float | None, float | None]:
        if node is None:
            return None, None
        low, high = (
            fixed(end, "the end of a range", self.scope) if end is not None else None for end in (node.low, node.high)
        )
        refuse_empty(low, high, node, self.scope)
        return _value(low), _value(high)

    # --- blocks -------------------------------------------------------------------------

    def _items(self, body: n.Body, place: Place) -> tuple[m.Line | m.Block, ...]:
        """The items of a body; what is wrong is noted and left out."""
        counting = body.counting_since
        if counting is not None:
            self._try(lambda: self.scope.later("`counting since`", counting.span))
        own = body.decay
        if own is not None:
            place = replace(place, decay=self._try(lambda: decay_by_default(own, self.scope)))
        items: list[m.Line | m.Block] = []
        for item in body.items:
            try:
                made = self._item(item, place, last=item is body.items[-1])
            except Refused:
                continue
            if made is not None:
                items.append(made)
        return tuple(items)

    def _item(self, item: n.Item, place: Place, last: bool) -> m.Line | m.Block | None:
        if isinstance(item, n.Otherwise) and not (place.is_first_of and last):
            hint = "give a line the condition `always`" if not place.is_first_of else "move it to the end"
            self.scope.refuse("T146", "`otherwise` is the last line of a `first of`", item.span, "not here", hint)
        if isinstance(item, n.Line | n.Otherwise):
            return self._line(item, place)
        if isinstance(item, n.Remove):
            self._refuse_removal(item)
        if place.depth >= DEEPEST:
            message, hint = f"blocks stand more than {DEEPEST} deep inside one another", "take some of them apart"
            self.scope.refuse("G106", message, item.span, "too deep", hint)
        return self._block(item, replace(place, depth=place.depth + 1, is_first_of=False))

    def _line(self, item: n.Line | n.Otherwise, place: Place) -> m.Line | None:
        if not isinstance(item.effect, n.Disqualify):
            return read_line(item, place, self.ids, self.scope)
        self.disqualifications.append(disqualification(item, place, self.ids, self.scope))
        return None

    def _block(self, item: n.Item, place: Place) -> m.Block:
        if isinstance(item, n.Group):
            self.ids.claim(item.name, item, self.scope)
            limits = self._try(lambda: bounds(item.bounds, self.scope)) or ()
            return m.Block("group", self._items(item.body, place), item.name, bounds=limits, span=item.span)
        if isinstance(item, n.FirstOf):
            items = self._items(item.body, replace(place, is_first_of=True, is_chosen=True))
            return m.Block("first", items, span=item.span)
        if isinstance(item, n.BestOf):
            hint = "give each line its own points, or write `first of` with the largest first"
            self._try(lambda: self.scope.later("`best of`", item.span, hint))
            self._items(item.body, replace(place, is_chosen=True))
            raise Refused
        assert isinstance(item, n.When)
        condition = self._try(lambda: self.scope.condition(item.condition))
        gates = (*place.gates, condition) if condition is not None else place.gates
        items = self._items(item.body, replace(place, gates=gates))
        return m.Block("when", items, condition=condition, span=item.span)

    def _refuse_removal(self, item: n.Remove) -> None:
        """What is left to remove has its id in no base: only lines with a written id, and groups, can be removed."""
        if not self.scope.book.complete:
            raise Refused  # the base could not be read, and that has a finding of its own
        names = [name for node in self.node.walk() if isinstance(node, n.Item) and (name := name_of(node)) is not None]
        self.scope.refuse(
            "R108",
            f"`remove {item.id}` takes a line of a base ruleset out, and none has that id in `{self.node.name}`",
            item.span,
            "no such line in a base",
            did_you_mean(item.id, names, "a line of the ruleset itself is deleted where it stands"),
        )


def _value(end: m.Expr | None) -> float | None:
    return end.value if isinstance(end, m.Const) and isinstance(end.value, float) else None
