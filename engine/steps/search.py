"""The search for what would have to happen: it asks the rules for ways, and tries them out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from ..interpreter.evaluation import Evaluation
from ..interpreter.rows import Row
from ..interpreter.selections import conjuncts
from ..model import Compare, Expr
from ..records import Population
from .conditions import CONDITIONS
from .numbers import NUMBERS
from .reaching import helpful, smallest
from .spots import Spot
from .step import Pairs, Step, Steps
from .trials import MOVING, Trials

MANY, MANY_BELOW = 40, 12
"""How many ways are looked at to a goal itself, and to what is below it."""
TRIALS = 600
"""How many trials are made at most."""
MORE = 20
"""So many more may be made to find out whether nothing can be done about a goal."""
SHARE = 0.9
"""The share of them that may go into what is below the goals themselves."""


class Search:
    """What makes conditions hold and numbers larger, for one lead or account; each question is answered once."""

    def __init__(self, base: Evaluation, population: Population, trials: int = TRIALS) -> None:
        self.trials = Trials(base, population)
        self.was_cut = False
        self._most = self._limit = trials
        self._depth = 0
        self._answers: dict[
            tuple[int, str, Spot], tuple[Expr, Sequence[Steps]]
        ] = {}  # the expression keeps its identity
        self._counts: dict[tuple[str | None, Pairs], int] = {}

    @property
    def is_over(self) -> bool:
        """Whether as many trials were made as are allowed; whoever asks stops then, and `was_cut`."""
        if self.trials.spent < self._limit:
            return False
        self.was_cut = True
        return True

    def may_try(self, way: Steps) -> bool:
        """Whether a way may be tried: as long as trials are left; and what was tried before costs none."""
        return self.trials.was_made(way) or not self.is_over

    # --- what is --------------------------------------------------------------------------------------------------

    def evaluation(self, spot: Spot) -> Evaluation:
        return self.trials.after(spot.given)

    def row(self, spot: Spot) -> Row:
        row = self.evaluation(spot).row(spot.level, spot.id)
        assert row is not None
        return row

    def is_there(self, spot: Spot) -> bool:
        """Whether there is such a lead: someone new is not without a step of theirs."""
        return self.evaluation(spot).row(spot.level, spot.id) is not None

    def holds(self, expr: Expr, spot: Spot) -> bool:
        evaluation = self.evaluation(spot)
        row = evaluation.row(spot.level, spot.id)
        return row is not None and evaluation.holds(expr, row)

    def number(self, expr: Expr, spot: Spot) -> float | None:
        evaluation = self.evaluation(spot)
        row = evaluation.row(spot.level, spot.id)
        return None if row is None else evaluation.number(expr, row)

    # --- what could be ----------------------------------------------------------------------------------------------

    def ways(self, expr: Expr, spot: Spot) -> Sequence[Steps]:
        return self._once("ways", expr, spot, self._find_ways)

    def raises(self, expr: Expr, spot: Spot) -> Sequence[Steps]:
        return self._once("raises", expr, spot, self._find_raises)

    def best(self, expr: Expr, spot: Spot) -> Sequence[Steps]:
        return self._once("best", expr, spot, self._find_best)

    def reach(self, goals: Iterable[Expr], spot: Spot) -> Sequence[Steps]:
        """Ways to make all of several conditions hold: none where one of them has none."""
        unmet = [goal for goal in apart(goals) if not self.holds(goal, spot)]
        if not unmet:
            return (spot.given,)
        if not all(map(_is_moved_by_events, unmet)):
            return ()
        pools = self._pools(unmet, spot, all_or_none=True)
        if not all(pools):
            return ()
        ways = dict.fromkeys(way for pool in pools for way in pool)
        return smallest(self, unmet, spot, ways, nested=self._depth > 0)

    def has_ways(self, goal: Expr, spot: Spot) -> bool:
        """Whether anything is found that could bring a goal nearer, if need be with a few more trials."""
        self._limit = max(self._limit, self.trials.spent + MORE)
        return bool(self._pool(goal, spot))

    def helpful(self, goals: Sequence[Expr], spot: Spot) -> list[Steps]:
        """What brings the goals nearer, by itself: that first which does most of what is missing in few steps."""
        ways = dict.fromkeys(way for pool in self._pools(goals, spot) for way in pool)
        return [each.steps for each in helpful(self, goals, spot, ways)]

    def rank(self, steps: Steps) -> tuple[object, ...]:
        """The order of sets: fewer steps, then fewer people who are not there yet, then events of a more usual kind."""
        new = len({step.newcomer for step in steps} - {None})
        usual = sum(math.log(1 + self._usual(step)) for step in steps)
        return len(steps), new, -round(usual, 6), [step.key for step in steps]

    def _usual(self, step: Step) -> int:
        """How many events of the data are of the same kind."""
        kind = step.type, step.properties
        if kind not in self._counts:
            events = (event for event in self.trials.base.world.events if event.type == step.type)
            same = [event for event in events if dict(step.properties).items() <= event.properties.items()]
            self._counts[kind] = len(same)
        return self._counts[kind]

    def _once(
        self, question: str, expr: Expr, spot: Spot, find: Callable[[Expr, Spot], Sequence[Steps]]
    ) -> Sequence[Steps]:
        key = id(expr), question, spot
        if key not in self._answers:
            if self.is_over:  # whoever asks again may try more
                return ()
            self._answers[key] = expr, find(expr, spot)
        return self._answers[key][1]

    def _find_ways(self, expr: Expr, spot: Spot) -> Sequence[Steps]:
        if self.holds(expr, spot):
            return (spot.given,)
        find = CONDITIONS.get(type(expr))
        return self._first(find(self, expr, spot)) if find is not None and self.is_there(spot) else ()

    def _find_raises(self, expr: Expr, spot: Spot) -> Sequence[Steps]:
        find = NUMBERS.get(type(expr))
        return self._first(find(self, expr, spot)) if find is not None and self.is_there(spot) else ()

    def _find_best(self, expr: Expr, spot: Spot) -> Sequence[Steps]:
        """Those that raise the number most, of as many steps: what is less and less usual is left out."""
        before = self._number(expr, spot)
        gains = {
            way: self._number(expr, spot._replace(given=way)) - before
            for way in self.raises(expr, spot)
            if self.may_try(way)
        }
        ranked = sorted(
            (way for way, gain in gains.items() if gain > 0), key=lambda way: (len(way), -gains[way], self.rank(way))
        )
        return [
            way
            for place, way in enumerate(ranked)
            if not any(self._beats(other, way, gains) for other in ranked[:place])
        ]

    def _beats(self, one: Steps, other: Steps, gains: Mapping[Steps, float]) -> bool:
        return gains[one] >= gains[other] and self.rank(one) <= self.rank(other)

    def _first(self, ways: Iterable[Steps]) -> Sequence[Steps]:
        """As many as are looked at: of what is asked for the sake of something else, fewer."""
        distinct = dict.fromkeys(islice(self._while_allowed(ways), MANY))
        return tuple(islice(distinct, MANY if self._depth <= 1 else MANY_BELOW))

    def _while_allowed(self, ways: Iterable[Steps]) -> Iterator[Steps]:
        """No more of them once as many trials were made as are allowed."""
        for way in ways:
            yield way
            if self.is_over:
                return

    def _number(self, expr: Expr, spot: Spot) -> float:
        value = self.number(expr, spot)
        return -math.inf if value is None else value

    def _pools(self, goals: Sequence[Expr], spot: Spot, all_or_none: bool = False) -> list[Sequence[Steps]]:
        """For each goal what could bring it nearer; none of them may use up what the others need, but what one leaves.

        With `all_or_none` no further goal is looked at once there is nothing for one of them.
        """
        share, before = int(self._most * SHARE / max(1, len(goals))), self.trials.spent
        pools: list[Sequence[Steps]] = []
        for number, goal in enumerate(goals, 1):
            if self._depth == 0:
                self._limit = before + number * share
            self._depth += 1
            pools.append(self._pool(goal, spot))
            self._depth -= 1
            if all_or_none and not pools[-1]:
                break
        if self._depth == 0:
            self._limit = self._most
        return pools

    def _pool(self, goal: Expr, spot: Spot) -> Sequence[Steps]:
        """What could bring a goal nearer: for a number what raises it, for any other condition what makes it hold."""
        if not isinstance(goal, Compare) or goal.left.kind != "number":
            return self.ways(goal, spot)
        larger = self.raises(goal.left, spot) if goal.op in (">", ">=", "==", "!=") else ()
        smaller = self.raises(goal.right, spot) if goal.op in ("<", "<=", "==", "!=") else ()
        return [*larger, *smaller]


def _is_moved_by_events(goal: Expr) -> bool:
    """Whether further events could move anything of a goal."""
    return any(isinstance(part, MOVING) for part in goal.walk())


def apart(goals: Iterable[Expr]) -> Iterator[Expr]:
    """The conditions of which all must hold, one by one."""
    for goal in goals:
        yield from conjuncts(goal)
