"""Scores: their ranges, their blocks, and the lines in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace
from typing import TypeVar

from ...grammar import nodes as n
from ...grammar.late_methods import dataclass
from ...grammar.printer import to_text
from .. import model as m
from ..suggest import did_you_mean
from .conditions import refuse_empty
from .decaying import decay_by_default
from .disqualifying import disqualification
from .extending import name_of
from .ids import Ids
from .lines import read_line
from .modifiers import bounds_of_block, fixed
from .place import Place
from .scope import Refused, Scope
from .selections import selection

DEEPEST = 20
_Made = TypeVar("_Made")


@dataclass
class ScoreReader:
    """Reads one score. `disqualifications` are the `disqualify` lines found in it, in file order; `dropped` is how many
    items were wrong so far."""

    scope: Scope
    node: n.ScoreDef
    ids: Ids
    disqualifications: list[m.Disqualification] = field(default_factory=list)
    dropped: int = 0

    def read(self) -> m.Score:
        """The score without those of its parts that are wrong: these are noted."""
        node = self.node
        low, high = self._try(lambda: self._range(node.range)) or (None, None)
        items = self._items(node.body, Place(node.name))
        limits = self._try(lambda: self._limits(items)) or ()
        return m.Score(node.level, node.name, items, low, high, limits, span=node.span)

    def _limits(self, items: tuple[m.Line | m.Block, ...]) -> tuple[m.Bound, ...]:
        """The bounds in the head, per period (decision 87); what bounds the whole score is its range."""
        for node in self.node.bounds:
            if node.per is None:
                message = "a score is bounded by its range"
                hint = f"write `score {self.node.name} for {self.node.level} 0..100:`"
                self.scope.refuse("T145", message, node.span, "not per day, week or month", hint)
        return bounds_of_block(self.node.bounds, items, self.dropped == 0, self.scope)

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
        place = self._in_body(body, place)
        items: list[m.Line | m.Block] = []
        for item in body.items:
            try:
                made = self._item(item, place, last=item is body.items[-1])
            except Refused:
                self.dropped += 1
                continue
            if made is not None:
                items.append(made)
        return tuple(items)

    def _in_body(self, body: n.Body, place: Place) -> Place:
        """The place with what the body says for all of its items: `counting since`, and a decay by default."""
        since, decay = body.counting_since, body.decay
        if since is not None:
            start = self._try(lambda: selection(since, self._scope(place)))
            place = place if start is None else replace(place, since=(*place.since, start))
        if decay is not None:
            place = replace(place, decay=self._try(lambda: decay_by_default(decay, self._scope(place))))
        return place

    def _scope(self, place: Place) -> Scope:
        return replace(self.scope, since=place.since)

    def _item(self, item: n.Item, place: Place, last: bool) -> m.Line | m.Block | None:
        if isinstance(item, n.Otherwise) and not (place.inside == "first of" and last):
            hint = "move it to the end" if place.inside == "first of" else "give a line the condition `always`"
            self.scope.refuse("T146", "`otherwise` is the last line of a `first of`", item.span, "not here", hint)
        if place.inside == "best of":
            self._refuse_in_best(item)
        if isinstance(item, n.Line | n.Otherwise):
            return self._line(item, place)
        if isinstance(item, n.Remove):
            self._refuse_removal(item)
        if place.depth >= DEEPEST:
            message, hint = f"blocks stand more than {DEEPEST} deep inside one another", "take some of them apart"
            self.scope.refuse("G106", message, item.span, "too deep", hint)
        return self._block(item, replace(place, depth=place.depth + 1, inside=""))

    def _line(self, item: n.Line | n.Otherwise, place: Place) -> m.Line | None:
        scope = self._scope(place)
        if not isinstance(item.effect, n.Disqualify):
            return read_line(item, place, self.ids, scope)
        self.disqualifications.append(disqualification(item, place, self.ids, scope))
        return None

    def _block(self, item: n.Item, place: Place) -> m.Block:
        if isinstance(item, n.Group):
            self.ids.claim(item.name, item, self.scope)
            before = self.dropped
            items = self._items(item.body, place)
            is_whole = self.dropped == before
            limits = self._try(lambda: bounds_of_block(item.bounds, items, is_whole, self.scope)) or ()
            return m.Block("group", items, item.name, bounds=limits, span=item.span)
        if isinstance(item, n.FirstOf):
            items = self._items(item.body, replace(place, inside="first of", chosen_by="first of"))
            return m.Block("first", items, span=item.span)
        if isinstance(item, n.BestOf):
            items = self._items(item.body, replace(place, inside="best of", chosen_by="best of"))
            return m.Block("best", items, span=item.span)
        assert isinstance(item, n.When)
        condition = self._try(lambda: self._scope(place).condition(item.condition))
        gates = (*place.gates, condition) if condition is not None else place.gates
        items = self._items(item.body, replace(place, gates=gates))
        return m.Block("when", items, condition=condition, span=item.span)

    def _refuse_in_best(self, item: n.Item) -> None:
        """`best of` compares totals: of additive lines and of groups (decision 2)."""
        if isinstance(item, n.Line) and isinstance(item.effect, n.Times | n.SetTo):
            message = f"`{to_text(item.effect)}` gives no points that `best of` could compare"
            hint = "put the lines on which it works into a `group`"
            self.scope.refuse("T145", message, item.effect.span, "inside `best of`", hint)
        if isinstance(item, n.When | n.FirstOf | n.BestOf):
            message, hint = "`best of` chooses among lines and groups", "put this block into a `group`"
            self.scope.refuse("T145", message, item.span, "neither a line nor a group", hint)

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
