"""Learning values from some cases: how strongly they are held, which of the thresholds move, and which points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...grammar.late_methods import dataclass
from .folds import Fold, dealt
from .scorecard import COST, STRENGTHS, Floats, Freedom, Scorecard, calibrated, fit, losses, rounded
from .tunables import Responses

ROUNDS = 2


@dataclass(frozen=True)
class Problem:
    """All cases, and how the score answers to each param: points as a sum, thresholds value by value.

    `names` are the params of the columns of `freedom`, `steps` what they are rounded to.
    """

    present: Floats
    won: NDArray[np.bool_]
    cluster: NDArray[np.int64]
    names: tuple[str, ...]
    steps: Floats
    freedom: Freedom
    shapes: tuple[Responses, ...] = ()

    @property
    def everybody(self) -> NDArray[np.int64]:
        """All cases."""
        return np.arange(len(self.present))

    def without_ranges(self) -> Problem:
        """The same where points may have any value."""
        nowhere = np.full(len(self.names), np.inf)
        return replace(self, freedom=replace(self.freedom, low=-nowhere, high=nowhere))


@dataclass(frozen=True)
class Learned:
    """Values that were learnt: those that differ from the present ones, and the score of all cases if all adds up."""

    values: Mapping[str, float]
    score: Floats
    strength: float


def problem(found: Sequence[Responses], present: Floats, won: NDArray[np.bool_], cluster: NDArray[np.int64]) -> Problem:
    """The problem of the params that play a part in the score."""
    straight = [item for item in found if item.tunable.role == "points"]
    points = [item.tunable for item in straight]
    freedom = Freedom(
        np.column_stack([item.gives for item in straight]) if straight else np.zeros((len(present), 0)),
        np.array([item.now for item in points]),
        np.array([item.low for item in points]),
        np.array([item.high for item in points]),
        np.array([item.width for item in points]),
    )
    names, steps = tuple(item.name for item in points), np.array([item.step for item in points])
    shapes = tuple(item for item in found if item.tunable.role == "shape")
    return Problem(present, won, cluster, names, steps, freedom, shapes)


def learn(task: Problem, cases: NDArray[np.int64], strength: float | None = None) -> Learned:
    """The values that some of the cases ask for, and, where it is not given, the strength of the pull."""
    if strength is None:
        strength = chosen_strength(task.present[cases], task.freedom.of(cases), task.won[cases], task.cluster[cases])
    moved: dict[str, tuple[float, Floats]] = {}
    for _ in range(ROUNDS):
        base = _base(task, moved)
        card = _card(task, base, cases, strength)
        before = dict(moved)
        for item in task.shapes:
            _move(item, task, card, cases, moved, strength)
        if moved == before:
            break
    base = _base(task, moved)
    part, won = task.freedom.of(cases), task.won[cases]
    values = rounded(_card(task, base, cases, strength).values, part, task.steps, base[cases], won)
    changed = np.abs(values - task.freedom.now) > 1e-9
    found = {name: value for name, (value, _) in moved.items()}
    found |= {name: float(value) for name, value, is_new in zip(task.names, values, changed, strict=True) if is_new}
    return Learned(found, task.freedom.score(base, values), strength)


def chosen_strength(present: Floats, freedom: Freedom, won: NDArray[np.bool_], cluster: NDArray[np.int64]) -> float:
    """How strongly to hold the values: as predicts left-out cases best, and of equals the strongest."""
    folds = dealt(won, cluster, 1)
    if not folds or not len(freedom.now):
        return STRENGTHS[-1]
    tried = [(_left_out(present, freedom, won, folds, strength), -strength) for strength in STRENGTHS]
    return -min(tried)[1]


def _left_out(
    present: Floats, freedom: Freedom, won: NDArray[np.bool_], folds: Sequence[Fold], strength: float
) -> float:
    """The mean log-loss of the cases when they are left out."""
    found = []
    for fold in folds:
        card = fit(present[fold.learn], freedom.of(fold.learn), won[fold.learn], strength)
        score = freedom.of(fold.test).score(present[fold.test], card.values)
        found.append(losses(card.odds(score), won[fold.test]))
    return round(float(np.concatenate(found).mean()), 9)


def _base(task: Problem, moved: Mapping[str, tuple[float, Floats]]) -> Floats:
    return np.asarray(sum((change for _, change in moved.values()), start=task.present))


def _card(task: Problem, base: Floats, cases: NDArray[np.int64], strength: float) -> Scorecard:
    if not task.names:
        a, b = calibrated(base[cases], task.won[cases])
        return Scorecard(task.freedom.now, a, b)
    return fit(base[cases], task.freedom.of(cases), task.won[cases], strength)


def _move(
    item: Responses,
    task: Problem,
    card: Scorecard,
    cases: NDArray[np.int64],
    moved: dict[str, tuple[float, Floats]],
    strength: float,
) -> None:
    """Gives a threshold the value that fits best with all else as it is, if that gains more than it costs.

    The best of several values is better by luck alone: it costs twice what a change of points costs.
    """
    tunable, won = item.tunable, task.won[cases]
    others = {name: change for name, change in moved.items() if name != tunable.name}
    score = task.freedom.score(_base(task, others), card.values)[cases]

    def loss(value: float, change: Floats | float) -> float:
        shifted = score + change
        a, b = calibrated(shifted, won)
        pull = strength / 2 * ((value - tunable.now) / tunable.width) ** 2
        return float(losses(a + b * shifted, won).sum()) + pull

    at_present = loss(tunable.now, 0.0)
    tried = [(loss(value, change[cases]), value, change) for value, change in item.tried]
    best = min(tried, key=lambda each: each[:2], default=None)
    moved.pop(tunable.name, None)
    if best is not None and at_present - best[0] > 2 * COST:
        moved[tunable.name] = best[1], best[2]
