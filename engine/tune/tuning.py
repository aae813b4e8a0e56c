"""Runs the tuning: what each param does, what the outcomes suggest, and whether that pays on cases not learnt from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field

import numpy as np

from ...grammar.late_methods import dataclass
from ..backtest.areas import Estimate
from ..backtest.backtest import Drawn, cases_of, drawn
from ..backtest.question import CannotTest, Question
from ..backtest.report import Cases
from ..compiled import Compiled
from ..data import Dataset
from .evidence import Evidence, evidence
from .folds import FEWEST, Folds, folds
from .held_out import Gain, HeldOut, gain, held_out
from .learning import Learned, Problem, learn, problem
from .rescoring import Rescoring
from .scorecard import Floats, calibrated, losses
from .tunables import Responses, Tunable, responses, tunables
from .wishes import LineWish, of_lines, wishes

Progress = Callable[[str], None]


@dataclass(frozen=True)
class ParamFinding:
    """What the outcomes say of one param. `suggested` is its present value where nothing speaks for another.

    `bent` is the number of cases where the score does not simply follow the param; `often` the share of the folds in
    which it was moved to the same side.
    """

    tunable: Tunable
    suggested: float
    evidence: Evidence | None = None
    bent: int = 0
    often: float = 0.0

    @property
    def changes(self) -> bool:
        return self.suggested != self.tunable.now


@dataclass(frozen=True)
class Way:
    """One way of giving points, on cases not learnt from: its area and log-loss, what it gains over the present points,
    and over the suggested ones."""

    area: Estimate
    loss: float
    gain: Gain | None = None
    over: Gain | None = None


@dataclass(frozen=True)
class Tuning:
    """Everything that was found.

    `now` are the points as they are; `tuned` the suggested ones, scored by the engine; `summed` the same as if all
    points simply added up; `free` those without ranges; `by_line` a scorecard in which each line has points of its own.
    `alike` is the share of cases that the engine scores, with the suggestion, as the sum would.
    """

    ruleset: Compiled
    score: str
    cases: Cases
    folds: Folds
    params: tuple[ParamFinding, ...]
    now: Way
    tuned: Way | None
    summed: Way | None
    free: Way | None
    by_line: Way | None
    wishes: tuple[LineWish, ...] = ()
    alike: float = 1.0
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def suggested(self) -> dict[str, float]:
        """The params that would get another value."""
        return {item.tunable.name: item.suggested for item in self.params if item.changes}

    @property
    def pays(self) -> bool:
        """Whether the suggestion tells won from lost better on cases not learnt from, beyond chance."""
        gained = self.tuned.gain if self.tuned is not None else None
        return bool(self.suggested) and gained is not None and gained.pays


def tune(
    ruleset: Compiled,
    dataset: Dataset,
    question: Question,
    until: int,
    only: tuple[str, ...] = (),
    progress: Progress = lambda _said: None,
) -> Tuning:
    """Suggests values for the params that have a range, and says what they are worth on cases not learnt from.

    Raises CannotTest for what cannot be answered, RulesetError where a condition is wrong or the rules look ahead, and
    PlanError for rules that no engine computes.
    """
    from threadpoolctl import threadpool_limits

    found = drawn(ruleset, dataset, question, until, progress=progress)
    sample = found.sample
    _refuse_few(int(sample.won.sum()), len(sample))
    rescoring = Rescoring(ruleset, dataset, found.asked.score, sample, question.params)
    every = tunables(ruleset, rescoring, only)
    progress("scoring with other values …")
    answers = responses(every, rescoring)
    task = problem(answers, sample.points, sample.won, sample.cluster)
    cut = folds(sample, _reach(found, question))
    if not cut.items:
        raise CannotTest("the cases cannot be parted into some to learn from and some to predict")
    with threadpool_limits(1):  # the tables are small: several threads would only wait for each other
        return _tuned(found, question, task, every, answers, rescoring, cut, progress)


def _refuse_few(won: int, cases: int) -> None:
    if min(won, cases - won) < 2 * FEWEST:
        raise CannotTest(
            f"{won} won and {cases - won} lost are too few to learn from",
            f"it takes {2 * FEWEST} of each at least; `scoreline backtest` says what can be said",
        )


def _reach(found: Drawn, question: Question) -> int:
    """How long after a case its outcome is known."""
    return question.gap + (question.horizon if found.sample.design == "snapshots" else 0)


def _tuned(
    found: Drawn,
    question: Question,
    task: Problem,
    every: Sequence[Tunable],
    answers: Sequence[Responses],
    rescoring: Rescoring,
    cut: Folds,
    progress: Progress,
) -> Tuning:
    sample, ruleset = found.sample, rescoring.ruleset
    progress("learning …")
    learnt = [learn(task, fold.learn) for fold in cut.items]
    whole = learn(task, task.everybody)
    held = [item.strength for item in learnt]
    progress("scoring what was learnt …")
    present = _held_out(task, cut, [task.present] * len(cut.items))
    tuned = _held_out(task, cut, rescoring.scores([item.values for item in learnt]))
    by_line, _ = of_lines(sample)
    tunable_lines = {line for item in every if item.role == "points" for line in item.lines}
    each_line = _freer(by_line, cut, [None] * len(learnt), present, tuned) if by_line.names else None
    worth_it = each_line is not None and each_line.over is not None and each_line.over.pays
    return Tuning(
        ruleset=ruleset,
        score=sample.score,
        cases=cases_of(sample, question),
        folds=cut,
        params=tuple(_findings(every, answers, task, learnt, whole)),
        now=_way(present),
        tuned=_way(tuned, present) if answers else None,
        summed=_way(_held_out(task, cut, [item.score for item in learnt]), present) if answers else None,
        free=_freer(task.without_ranges(), cut, held, present, tuned) if task.names else None,
        by_line=each_line,
        wishes=tuple(wishes(ruleset, found.asked.score, sample, tunable_lines)) if worth_it else (),
        alike=float((np.abs(rescoring.score_of(whole.values) - whole.score) < 0.001).mean()),
        settings=question.params,
    )


# --- on cases not learnt from -------------------------------------------------------


def _held_out(task: Problem, cut: Folds, scores: Sequence[Floats]) -> HeldOut:
    """How well scores of all cases, one for each fold, tell the outcomes of those that the fold did not learn from."""
    tested, surprise = [], []
    for fold, score in zip(cut.items, scores, strict=True):
        a, b = calibrated(score[fold.learn], task.won[fold.learn])
        tested.append(score[fold.test])
        surprise.append(losses(a + b * score[fold.test], task.won[fold.test]))
    return held_out(cut.items, tested, surprise, task.won, task.cluster)


def _way(found: HeldOut, present: HeldOut | None = None, tuned: HeldOut | None = None) -> Way:
    return Way(
        found.area.estimate,
        found.loss,
        gain(found, present) if present is not None else None,
        gain(found, tuned) if tuned is not None else None,
    )


def _freer(task: Problem, cut: Folds, held: Sequence[float | None], present: HeldOut, tuned: HeldOut) -> Way:
    """The same scorecard with more freedom, as a sum, with the pull of each fold where that is known."""
    scores = [learn(task, fold.learn, pull).score for fold, pull in zip(cut.items, held, strict=True)]
    return _way(_held_out(task, cut, scores), present, tuned)


# --- params -------------------------------------------------------------------------


def _findings(
    every: Sequence[Tunable], answers: Sequence[Responses], task: Problem, learnt: Sequence[Learned], whole: Learned
) -> Iterator[ParamFinding]:
    proof = evidence(task.freedom.gives, task.present, task.freedom.now, task.won, task.cluster)
    by_name = dict(zip(task.names, proof, strict=True))
    bent = {item.tunable.name: item.bent for item in answers}
    for item in every:
        value = whole.values.get(item.name, item.now)
        often = np.mean([_side(each.values.get(item.name, item.now), item) == _side(value, item) for each in learnt])
        yield ParamFinding(item, value, by_name.get(item.name), bent.get(item.name, 0), float(often))


def _side(value: float, item: Tunable) -> int:
    return int(value > item.now) - int(value < item.now)
