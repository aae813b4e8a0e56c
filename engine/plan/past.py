"""What a plan knows of the days before: the stages that were held, and for how long something has been so.

There are two ways to know it. A plan of results is *told*: it reads tables with a row for each entity and day, which
say how things were at the end of the day before. A plan of days makes these tables. It runs at the ends of many days at
once (see `across.py`) and *looks back* over the rows of an entity; where its days begin, it is told like the other.

A day is a whole number, counted from 1970 on the local calendar (decisions 38 and 39 say what the days mean).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from ...grammar.late_methods import dataclass
from ...grammar.nodes import Level
from ..model import Compare, Default, Expr, Not, Or, Part
from ..schema import Kind
from .scalars import Ref, both, is_known, only_if

if TYPE_CHECKING:
    from .book import Book

Knows = Literal["told", "looks back"]
"""How a plan knows of the days before."""

REMEMBERED: Mapping[Level, str] = {"lead": "remembered_lead", "account": "remembered_account"}
"""The tables that tell: `id`, `day`, and as they are asked for `stage`, `since` (the day since which it has been so),
`held …` (whether a stage that may be kept was held), `run …` (the day since which a condition has held), `reached …`
(the day on which a stage was first held)."""


What = Literal["run", "held", "since", "reached", "before", "since before"]


@dataclass(frozen=True)
class Look(Part):
    """A column that is found by looking back over the days of an entity. `told` is what is known of the day before the
    first of them."""

    what: What
    reads: tuple[Ref, ...]
    told: tuple[Ref, ...]


class Past:
    """The columns about the days before. `kept` are those that the next day must be told, by their names there.

    `doubts` are tests of those whose results can depend on the days before, as far as nothing is told of them; where a
    stay in a stage is asked for, that is anybody.
    """

    def __init__(self, book: Book, knows: Knows) -> None:
        self.knows = knows
        self.kept: dict[Level, dict[str, Ref]] = {"lead": {}, "account": {}}
        self.asked: set[Level] = set()
        self.doubts: dict[Level, list[Expr]] = {"lead": [], "account": []}
        self._book = book

    @property
    def day(self) -> Expr:
        """The local day of the instant."""
        return self._book.instant("day")

    def run(self, level: Level, number: int, condition: Ref) -> Ref:
        """The day since which a condition has held; missing if it does not. `number` is the condition's."""
        name = f"run {number}"
        before = self._told(level, name, "timestamp")
        if self.knows == "looks back":
            return self._keep(level, name, self._look("run", "timestamp", (condition,), (before,)))
        self.doubts[level].append(condition)
        since = Default(item=before, fallback=self.day, kind="timestamp")
        return self._keep(level, name, self._book.formula(level, "holds since", only_if(condition, since)))

    def held(self, level: Level, stage: str, condition: Expr, stays: Expr) -> Ref:
        """Whether a stage is held: its condition holds, or it was held the day before and `stays while` holds."""
        name = f"held {stage}"
        before = self._told(level, name, "bool")
        if self.knows == "told":
            self.doubts[level].append(both(stays, Not(item=condition)))
            held = Or(items=(condition, both(before, stays)), kind="bool")
            return self._keep(level, name, self._book.formula(level, f"holds {stage}", held))
        enters = self._book.formula(level, f"enters {stage}", condition)
        keeps = self._book.formula(level, f"may keep {stage}", stays)
        return self._keep(level, name, self._look("held", "bool", (enters, keeps), (before,)))

    def before(self, level: Level, stage: Ref | None) -> tuple[Ref, Ref]:
        """The stage at the end of the day before, and the day since which it was so. Who is told needs no `stage`."""
        self.asked.add(level)
        told = self._told_stage(level)
        if stage is None:
            return told
        before = self._look("before", "text", (stage,), told[:1])
        return before, self._look("since before", "timestamp", (self._since(level, stage),), told[1:])

    def since(self, level: Level, stage: Ref) -> Ref:
        """The day since which the stage has been so; missing without a stage."""
        self.asked.add(level)
        return self._since(level, stage)

    def reached(self, level: Level, stage: str, held: Ref) -> Ref:
        """The day on which a stage was first held; who is not there on a day begins anew."""
        name = f"reached {stage}"
        before = self._told(level, name, "timestamp")
        if self.knows == "looks back":
            return self._keep(level, name, self._look("reached", "timestamp", (held,), (before,)))
        first = Default(item=before, fallback=only_if(held, self.day), kind="timestamp")
        return self._keep(level, name, self._book.formula(level, name, first))

    def keep_stage(self, level: Level, stage: Ref) -> None:
        """The stage, and since when it is so, for the next day."""
        self._keep(level, "stage", stage)
        self._keep(level, "since", self._since(level, stage))

    def _since(self, level: Level, stage: Ref) -> Ref:
        told = self._told_stage(level)
        if self.knows == "looks back":
            return self._look("since", "timestamp", (stage,), told)
        same = Compare(op="==", left=told[0], right=stage, exact=True)
        return self._book.formula(level, "since", only_if(is_known(stage), only_if(same, told[1], self.day)))

    def _told_stage(self, level: Level) -> tuple[Ref, Ref]:
        return self._told(level, "stage", "text"), self._told(level, "since", "timestamp")

    def _keep(self, level: Level, name: str, made: Ref) -> Ref:
        self.kept[level][name] = made
        return made

    def _told(self, level: Level, name: str, kind: Kind) -> Ref:
        return self._book.told(level, name, kind)

    def _look(
        self,
        what: What,
        kind: Kind,
        reads: tuple[Ref, ...],
        told: tuple[Ref, ...],
    ) -> Ref:
        return self._book.look(Look(what, reads, told), kind)
