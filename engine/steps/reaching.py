"""The smallest sets of steps that reach several goals at once: tried in the order of what they promise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations_with_replacement

from ...grammar.late_methods import dataclass
from ..model import Compare, Expr
from .spots import Searching, Spot
from .step import Step, Steps, in_order

LARGEST = 4
"""How many steps a set has at most."""
WAYS = 16
"""How many ways are combined."""
SETS = 5
"""How many sets are looked for."""
TRIES, NESTED = 100, 6
"""How many sets of several ways are tried, and how many for the sake of another goal."""
CLOSE = 0.7
"""Ways may help each other: sets are tried that promise so much of what is missing."""
SURE = 1.2
"""What promises more than this is as good as what promises this."""

Gaps = tuple[float, ...]
"""How far each goal is away: 0 where it is reached."""


@dataclass(frozen=True)
class Helpful:
    """A way with the share of each gap that it closes."""

    steps: Steps
    gains: Gaps
    reaches: bool

    @property
    def worth(self) -> float:
        """How much of all gaps together it closes."""
        return sum(min(gain, 1.0) for gain in self.gains)


def smallest(
    search: Searching, goals: Sequence[Expr], spot: Spot, ways: Iterable[Steps], nested: bool = False
) -> list[Steps]:
    """Sets made of the ways after which all goals hold, the smallest first; none of their steps is superfluous.

    Where they are `nested`, for the sake of another goal, fewer of them will do.
    """
    tries = NESTED if nested else TRIES
    every = helpful(search, goals, spot, ways)
    found = least(search, (_spare(search, goals, spot, each.steps) for each in every if each.reaches))
    if found and nested:  # several ways to a part are needed, not all
        return found
    parts = [each for each in every if not each.reaches]
    for steps in _promising(search, parts[:WAYS], len(spot.given)):
        if tries <= 0 or len(various(found)) >= SETS or search.is_over:
            break
        if not any(_contains(steps, smaller) for smaller in found):
            tries -= 1
            if not any(gaps_of(search, goals, spot._replace(given=steps))):
                found = least(search, [*found, _spare(search, goals, spot, steps)])
    return found


def helpful(search: Searching, goals: Sequence[Expr], spot: Spot, ways: Iterable[Steps]) -> list[Helpful]:
    """The ways that bring any goal nearer: those of fewer steps first, then those that do most.

    What another way of the same people and kinds of events does as well comes last.
    """
    gaps = gaps_of(search, goals, spot)
    found: list[Helpful] = []
    for way in ways:
        if not search.may_try(way):
            continue
        left = gaps_of(search, goals, spot._replace(given=way))
        if any(now < gap for now, gap in zip(left, gaps, strict=True)):
            gains = tuple(_closed(gap, now) for gap, now in zip(gaps, left, strict=True))
            found.append(Helpful(way, gains, not any(left)))
    found.sort(key=lambda each: (len(each.steps), -each.worth, search.rank(each.steps)))
    first: dict[object, float] = {}
    for each in found:
        first.setdefault(_signature(each.steps), each.worth)
    return sorted(found, key=lambda each: first.pop(_signature(each.steps), None) is None)


def _signature(steps: Steps) -> tuple[tuple[str, ...], ...]:
    """Who does what kind of thing; people who are new are told apart by what must be known of them."""
    who = (str(step.newcomer.fields) if step.newcomer else f"{step.contact_id} {step.account_id}" for step in steps)
    return tuple(sorted((whom, step.type or "") for whom, step in zip(who, steps, strict=True)))


def _closed(gap: float, now: float) -> float:
    return (gap - now) / gap if gap else min(0.0, -now)


# --- how far away -----------------------------------------------------------------------------------------------------


def gaps_of(search: Searching, goals: Sequence[Expr], spot: Spot) -> Gaps:
    """For a number how much it lacks, for any other condition 1 while it does not hold."""
    return tuple(0.0 if search.holds(goal, spot) else _gap(search, goal, spot) for goal in goals)


def _gap(search: Searching, goal: Expr, spot: Spot) -> float:
    if not isinstance(goal, Compare):
        return 1.0
    left, right = search.number(goal.left, spot), search.number(goal.right, spot)
    if left is None or right is None:
        return 1.0
    return abs(right - left) or SLIGHT


SLIGHT = 1e-9
"""The gap of what is equal and must be more."""

# --- what to try ------------------------------------------------------------------------------------------------------


def _promising(search: Searching, helpful: Sequence[Helpful], given: int) -> Iterator[Steps]:
    """Sets of two and more ways that together promise to close all gaps, the smallest and most usual first."""
    for size in range(2, LARGEST + 1):
        tried: dict[Steps, float] = {}
        for chosen in combinations_with_replacement(helpful, size):
            promised = min(map(sum, zip(*(each.gains for each in chosen), strict=True)))
            if promised >= CLOSE:
                steps = _together(chosen)
                if len(steps) - given <= LARGEST:
                    tried[steps] = max(promised, tried.get(steps, 0.0))
        yield from sorted(tried, key=lambda steps: (len(steps), -min(tried[steps], SURE), search.rank(steps)))


def _together(chosen: Sequence[Helpful]) -> Steps:
    """All of the ways; what several ask for happens once, but a way that is taken twice happens twice."""
    wanted: Counter[Step] = Counter()
    for each, times in Counter(chosen).items():
        wanted |= Counter({step: count * times for step, count in Counter(each.steps).items()})
    return in_order(wanted.elements())


def _contains(steps: Steps, smaller: Steps) -> bool:
    return Counter(smaller) <= Counter(steps)


# --- what is superfluous ----------------------------------------------------------------------------------------------


def _spare(search: Searching, goals: Sequence[Expr], spot: Spot, steps: Steps) -> Steps:
    """The set without the steps that it does not need."""
    for place in reversed(range(len(steps))):
        fewer = in_order([*steps[:place], *steps[place + 1 :]])
        if not any(gaps_of(search, goals, spot._replace(given=fewer))):
            return _spare(search, goals, spot, fewer)
    return steps


def least(search: Searching, found: Iterable[Steps]) -> list[Steps]:
    """The best first, without the sets that contain another one."""
    kept: list[Steps] = []
    for steps in sorted(dict.fromkeys(found), key=search.rank):
        if not any(_contains(steps, other) for other in kept):
            kept.append(steps)
    return kept


def various(found: Iterable[Steps]) -> list[Steps]:
    """Of those sets in which the same people do the same kinds of things only the first."""
    kept: dict[object, Steps] = {}
    for steps in found:
        kept.setdefault(_signature(steps), steps)
    return list(kept.values())
