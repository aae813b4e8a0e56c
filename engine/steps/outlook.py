"""What would have to happen next, for one lead or account: the smallest sets of steps, tried out for good."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product

from ...grammar.late_methods import dataclass
from ..interpreter import ladders
from ..interpreter.evaluation import Evaluation
from ..interpreter.rows import Row
from ..model import Expr, Not, Or, Stage
from ..records import Population
from .obstacles import CERTAIN, Reason, obstacles
from .reaching import SETS, least, various
from .search import TRIALS, Search, apart
from .spots import Spot
from .step import Steps, in_order

ALTERNATIVES = 6
"""How many ways to meet goals with `or` are looked at, each by itself."""
HELPS = 5
"""How many single steps are named that help, where no set is found."""


@dataclass(frozen=True)
class Outlook:
    """`goals` are the conditions that do not hold yet. After each of the `sets` all of them hold; without any one of
    its steps they do not. `helps` are ways that bring some goal nearer, where no set was found.

    `obstacles` are conditions that no event of now can meet. `trials` were made; `complete` is false where there would
    have been more to try.
    """

    goals: tuple[Expr, ...]
    sets: tuple[Steps, ...]
    helps: tuple[Steps, ...]
    obstacles: tuple[tuple[Expr, Reason], ...]
    trials: int
    complete: bool
    search: Search

    def after(self, steps: Steps) -> Evaluation:
        """The results after some of the steps."""
        return self.search.trials.exactly(steps)


def outlook(
    evaluation: Evaluation, population: Population, row: Row, goals: Sequence[Expr], trials: int = TRIALS
) -> Outlook:
    """The smallest sets of steps after which all goals hold for a lead or an account."""
    search, spot = Search(evaluation, population, trials), Spot(row.level, row.entity.id)
    unmet = tuple(goal for goal in apart(goals) if not search.holds(goal, spot))
    every = list(alternatives(unmet)) if unmet else []
    found = least(search, (way for goals in every for way in search.reach(goals, spot)))
    kept = (steps for steps in various(found) if _keeps_its_promise(search, unmet, spot, steps))
    sets = tuple(islice(kept, SETS))
    stuck = tuple(_stuck(search, unmet, spot)) if not sets else ()
    helps = () if sets else tuple(various(way for goals in every for way in search.helpful(goals, spot))[:HELPS])
    return Outlook(unmet, sets, helps, stuck, search.trials.spent, not search.was_cut, search)


def _stuck(search: Search, goals: Sequence[Expr], spot: Spot) -> Iterator[tuple[Expr, Reason]]:
    """What no event can bring. That none of those that were tried does says little where there were more to try."""
    for goal in goals:
        for part, why in obstacles(search, goal, spot):
            if why in CERTAIN or not search.was_cut:
                yield part, why


def alternatives(goals: Sequence[Expr]) -> Iterator[list[Expr]]:
    """What must hold, for each way in which goals with `or` can be met."""
    either = [list(goal.items) if isinstance(goal, Or) else [goal] for goal in goals]
    for chosen in islice(product(*either), ALTERNATIVES):
        yield list(apart(chosen))


def goals_of(evaluation: Evaluation, row: Row, name: str) -> list[Expr]:
    """What must hold so that a stage is held: its condition, what `in order` asks for, and not to be disqualified."""
    ladder = evaluation.model.stages(row.level)
    assert ladder is not None
    lines = evaluation.model.disqualifications(row.level)
    free: list[Expr] = [Not(line.condition) for line in lines if ladders.disqualifies(evaluation, line, row)]
    wanted: list[Stage] = []
    for stage in ladder.stages:
        if stage.name == name or ladder.in_order:
            wanted.append(stage)
        if stage.name == name:
            break
    return [*free, *(stage.condition for stage in wanted)]


def _keeps_its_promise(search: Search, goals: Sequence[Expr], spot: Spot, steps: Steps) -> bool:
    """Whether all goals hold after the steps, and not without any one of them, `ignore` included."""
    fewer = {in_order([*steps[:place], *steps[place + 1 :]]) for place in range(len(steps))}
    return _hold(search, goals, spot, steps) and not any(_hold(search, goals, spot, some) for some in fewer)


def _hold(search: Search, goals: Sequence[Expr], spot: Spot, steps: Steps) -> bool:
    evaluation = search.trials.exactly(steps)
    row = evaluation.row(spot.level, spot.id)
    return row is not None and all(evaluation.holds(goal, row) for goal in goals)
